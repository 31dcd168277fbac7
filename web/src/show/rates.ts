// Shares of a whole, and lengths held against what was expected of them.
import type { Attempt, Tally } from "../api/types.js";
import { stretch } from "./time.js";

const NARROW = "\u202f";

/** `67 %`, or a dash where there is nothing to take a share of. */
export function percent(share: number | null): string {
  return share === null ? "–" : `${Math.round(share * 100)}${NARROW}%`;
}

export type Kind = "completed" | "failed" | "cancelled" | "under_way";
export const KINDS: readonly Kind[] = ["completed", "failed", "cancelled", "under_way"];
export const KIND_WORDS: Record<Kind, string> = {
  completed: "completed",
  failed: "failed",
  cancelled: "cancelled",
  under_way: "under way",
};

/** `2 completed, 1 failed`; what there is none of is left out. */
export function counts(tally: Tally): string {
  const some = KINDS.filter((kind) => tally[kind] > 0);
  return some.map((kind) => `${tally[kind]} ${KIND_WORDS[kind]}`).join(", ") || "none yet";
}

/** `3 h on average, 150 % of the estimate`. */
export function lasted(tally: Tally): string {
  if (tally.mean_duration_s === null) return "none has completed";
  const words = `${stretch(tally.mean_duration_s)} on average`;
  return tally.mean_ratio === null ? words : `${words}, ${percent(tally.mean_ratio)} of the estimate`;
}

/** `45 min to 1 h 15 min, by a rehearsal`, or why there is no estimate. */
export function expectation(attempt: Attempt): string {
  const { expected_least_s: leastS, expected_most_s: mostS, expected_basis: basis } = attempt;
  if (leastS === null || mostS === null) return basis || "no estimate";
  const bounds = [...new Set([stretch(leastS), stretch(mostS)])].join(" to ");
  return basis ? `${bounds}, by ${basis}` : bounds;
}

/** How a length and the bounds of its estimate lie to the middle of that estimate, which is 1. */
export interface Held {
  lasted: number;
  least: number;
  most: number;
}

/** Of one that completed and began with an estimate. */
export function held(attempt: Attempt): Held | null {
  const { expected_least_s: leastS, expected_most_s: mostS, duration_s: durationS, state } = attempt;
  if (state !== "completed" || durationS === null || leastS === null || mostS === null) return null;
  const middleS = (leastS + mostS) / 2;
  if (middleS <= 0) return null;
  return { lasted: durationS / middleS, least: leastS / middleS, most: mostS / middleS };
}

/** Whether it ended within its bounds. */
export function isWithin({ lasted: at, least, most }: Held): boolean {
  return at >= least && at <= most;
}
