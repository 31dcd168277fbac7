// /api/statistics and /api/attempts: what became of all that was started.
import { getJson } from "./http.js";
import type { Attempt, AttemptStep, Listing, Statistics } from "./types.js";

export type By = Statistics["by"];

/** Whose attempts, and since when. */
export interface Asked {
  by: By;
  /** Of the profile, vessel or user; empty: of all. */
  name: string;
  sinceWallS: number;
}

const PAGE = 25;

/** Whoever began one last comes first; the next page goes on at a cursor. */
export function getStatistics({ by, sinceWallS }: Asked, cursor?: string): Promise<Statistics> {
  return getJson("/api/statistics", { by, since_wall_s: sinceWallS, limit: PAGE, cursor });
}

/** Newest first. */
export function listAttempts({ by, name, sinceWallS }: Asked, cursor?: string): Promise<Listing<Attempt>> {
  return getJson("/api/attempts", { [by]: name || null, since_wall_s: sinceWallS, limit: PAGE, cursor });
}

/** In the order in which they began. */
export function listSteps(attempt: string, cursor?: string): Promise<Listing<AttemptStep>> {
  return getJson(`/api/attempts/${encodeURIComponent(attempt)}/steps`, { limit: 100, cursor });
}
