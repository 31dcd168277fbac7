// What happened in an experiment, and what is to come.
import { pathOf } from "./experiments.js";
import { getAll, getJson, postJson } from "./http.js";
import type { Action, Dose, Listing, PhaseVisit, Resolution, Resolved, TimetableRow, Volume } from "./types.js";

export function listActions(experiment: string, cursor?: string): Promise<Listing<Action>> {
  return getJson(`${pathOf(experiment)}/actions`, { limit: 50, cursor });
}

export async function listComing(experiment: string, forS: number): Promise<TimetableRow[]> {
  const path = `${pathOf(experiment)}/coming`;
  return (await getJson<Listing<TimetableRow>>(path, { for_s: forS, limit: 200 })).items;
}

export function listPhases(experiment: string): Promise<PhaseVisit[]> {
  return getAll(`${pathOf(experiment)}/phases`);
}

export async function listVolumes(experiment: string): Promise<Volume[]> {
  return (await getJson<Listing<Volume>>(`${pathOf(experiment)}/volumes`)).items;
}

/** Doses of which nobody saw the end, and nobody has said what moved. */
export async function listUnresolved(experiment: string): Promise<Dose[]> {
  return (await getJson<Listing<Dose>>(`${pathOf(experiment)}/doses`, { unresolved: true, limit: 50 })).items;
}

/** Say what really moved; nothing is pumped again. */
export function resolveDose(experiment: string, said: Resolution): Promise<Resolved> {
  return postJson(`${pathOf(experiment)}/doses/resolve`, said);
}
