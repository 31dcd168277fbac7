// /api/maintenance: what keeps the store safe, how it fares, and a run of it now.
import { getJson, postJson } from "./http.js";
import type { Listing, Maintenance, MaintenanceRun } from "./types.js";

const PAGE = 20;

export function getMaintenance(): Promise<Maintenance> {
  return getJson("/api/maintenance");
}

/** Newest first; the next page goes on at a cursor. */
export function listRuns(cursor?: string): Promise<Listing<MaintenanceRun>> {
  return getJson("/api/maintenance/runs", { limit: PAGE, cursor });
}

/** All steps if none is named; it goes on by itself. */
export function runNow(steps: string[] = []): Promise<MaintenanceRun> {
  return postJson("/api/maintenance/runs", { steps });
}
