// Workers, and stopping them.
import { getJson, postJson } from "./http.js";
import type { CommandOutcome, Listing, Stopped, Worker } from "./types.js";

export async function listWorkers(): Promise<Worker[]> {
  return (await getJson<Listing<Worker>>("/api/workers")).items;
}

export function stopWorker(worker: string): Promise<CommandOutcome> {
  const path = `/api/workers/${encodeURIComponent(worker)}/command`;
  return postJson(path, { name: "emergency_stop" });
}

export function stopAllWorkers(): Promise<Stopped> {
  return postJson("/api/emergency_stop");
}
