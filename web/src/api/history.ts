// What happened in an experiment, and what is to come.
import { pathOf } from "./experiments.js";
import { getJson } from "./http.js";
import type { Action, Listing, PhaseVisit, TimetableRow, Volume } from "./types.js";

export function listActions(experiment: string, cursor?: string): Promise<Listing<Action>> {
  return getJson(`${pathOf(experiment)}/actions`, { limit: 50, cursor });
}

export async function listComing(experiment: string, forS: number): Promise<TimetableRow[]> {
  const path = `${pathOf(experiment)}/coming`;
  return (await getJson<Listing<TimetableRow>>(path, { for_s: forS, limit: 200 })).items;
}

export async function listPhases(experiment: string): Promise<PhaseVisit[]> {
  return (await getJson<Listing<PhaseVisit>>(`${pathOf(experiment)}/phases`)).items;
}

export async function listVolumes(experiment: string): Promise<Volume[]> {
  return (await getJson<Listing<Volume>>(`${pathOf(experiment)}/volumes`)).items;
}
