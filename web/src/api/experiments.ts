// /api/experiments: list, look closely, submit, steer.
import { getJson, getText, postJson } from "./http.js";
import type {
  Brought,
  Experiment,
  ExperimentDetail,
  Listing,
  NewExperiment,
  Press,
  Provenance,
  State,
} from "./types.js";

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

export function getProvenance(experiment: string): Promise<Provenance> {
  return getJson(`${pathOf(experiment)}/provenance`);
}

export function getProfileText(experiment: string): Promise<string> {
  return getText(`${pathOf(experiment)}/profile`);
}

export function submitExperiment(wanted: NewExperiment, key: string): Promise<Experiment> {
  return postJson("/api/experiments", wanted, key);
}

export function pressButton(experiment: string, press: Press): Promise<Brought> {
  return postJson(`${pathOf(experiment)}/press`, press);
}

export function steerExperiment(experiment: string, verb: Verb): Promise<Experiment> {
  return postJson(`${pathOf(experiment)}/${verb}`);
}
