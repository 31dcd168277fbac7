// /api/audit: who did what, when, from where.
import { pathOf } from "./experiments.js";
import { getJson } from "./http.js";
import type { Deed, Listing } from "./types.js";

export interface Asked {
  /** Its id; empty: of everything, for administrators. */
  experiment: string;
  actor: string;
  deed: string;
}

const PAGE = 50;

/** Newest first; the next page goes on at a cursor. */
export function listDeeds({ experiment, actor, deed }: Asked, cursor?: string): Promise<Listing<Deed>> {
  const path = experiment ? `${pathOf(experiment)}/audit` : "/api/audit";
  return getJson(path, { actor: actor || null, deed: deed || null, limit: PAGE, cursor });
}
