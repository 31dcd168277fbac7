// /api/experiments: list, look closely, submit, steer.
import { getJson, getText, postJson } from "./http.js";
import type { Experiment, ExperimentDetail, Listing, NewExperiment, State } from "./types.js";

export type Verb = "pause" | "resume" | "cancel";

export function pathOf(experiment: string): string {
  return `/api/experiments/${encodeURIComponent(experiment)}`;
}

export function listExperiments(
  query: { state?: State[]; limit?: number; cursor?: string } = {},
): Promise<Listing<Experiment>> {
  return getJson("/api/experiments", query);
}

export function getExperiment(experiment: string): Promise<ExperimentDetail> {
  return getJson(pathOf(experiment));
}

export function getProfileText(experiment: string): Promise<string> {
  return getText(`${pathOf(experiment)}/profile`);
}

export function submitExperiment(wanted: NewExperiment, key: string): Promise<Experiment> {
  return postJson("/api/experiments", wanted, key);
}

export function steerExperiment(experiment: string, verb: Verb): Promise<Experiment> {
  return postJson(`${pathOf(experiment)}/${verb}`);
}
