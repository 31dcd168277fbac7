// /api/queue: what waits and why; move, hold, release, look before a start.
import { pathOf } from "./experiments.js";
import { getJson, patchJson, postJson } from "./http.js";
import type { Experiment, Preflight, Queue } from "./types.js";

export function getQueue(): Promise<Queue> {
  return getJson("/api/queue");
}

export function holdQueue(note: string): Promise<Queue> {
  return postJson("/api/queue/hold", { note });
}

export function releaseQueue(): Promise<Queue> {
  return postJson("/api/queue/release");
}

/** `to` is `first`, `last`, or the experiment before which it is to stand. */
export function moveEntry(experiment: string, to: string): Promise<Experiment> {
  return postJson(`${pathOf(experiment)}/move`, { to });
}

export function holdEntry(experiment: string, note: string): Promise<Experiment> {
  return postJson(`${pathOf(experiment)}/hold`, { note });
}

export function releaseEntry(experiment: string): Promise<Experiment> {
  return postJson(`${pathOf(experiment)}/release`);
}

export function copyEntry(experiment: string): Promise<Experiment> {
  return postJson(`${pathOf(experiment)}/copy`);
}

export function getPreflight(experiment: string): Promise<Preflight> {
  return getJson(`${pathOf(experiment)}/preflight`);
}

/** Start in spite of a check's complaint. */
export function acceptCheck(experiment: Experiment, check: string): Promise<Experiment> {
  const accepted = [...new Set([...experiment.accepted, check])];
  return patchJson(pathOf(experiment.id), { accepted }, experiment.version);
}
