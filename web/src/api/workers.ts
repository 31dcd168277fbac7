// Workers, and stopping them.
import { getJson, postJson } from "./http.js";
import type { CommandOutcome, Listing, Machine, MachineWish, Stopped, Worker } from "./types.js";

export async function listWorkers(): Promise<Worker[]> {
  return (await getJson<Listing<Worker>>("/api/workers")).items;
}

export function stopWorker(worker: string): Promise<CommandOutcome> {
  return postJson(`/api/workers/${encodeURIComponent(worker)}/stop`);
}

/** Nothing starts by that: vessels stay paused until they are resumed. */
export function releaseWorker(worker: string): Promise<CommandOutcome> {
  return postJson(`/api/workers/${encodeURIComponent(worker)}/release`);
}

/** A reactor on which nothing runs tries its devices; the results come with the workers. */
export function testReactor(worker: string, reactor: string): Promise<CommandOutcome> {
  const query = `reactor=${encodeURIComponent(reactor)}`;
  return postJson(`/api/workers/${encodeURIComponent(worker)}/self-test?${query}`);
}

/** As it is now: the worker is asked. */
export function getMachine(worker: string): Promise<Machine> {
  return getJson(`/api/workers/${encodeURIComponent(worker)}/machine`);
}

/** For administrators, where the worker's settings allow it. */
export function tellMachine(
  worker: string,
  deed: MachineWish["do"],
  whileRunning: boolean,
): Promise<CommandOutcome> {
  const body = { do: deed, while_running: whileRunning };
  return postJson(`/api/workers/${encodeURIComponent(worker)}/machine`, body);
}

export function stopAllWorkers(): Promise<Stopped> {
  return postJson("/api/emergency_stop");
}
