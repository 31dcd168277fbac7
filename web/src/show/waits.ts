// When something that waits may start, in words.
import type { Entry } from "../api/types.js";
import { moment, stretch } from "./time.js";

/** `in 2 h to 5 h`, `Thu 14:05`, `not before Thu 14:05`, `not by itself`. */
export function mayStart(entry: Entry, nowS: number): string {
  const { earliest_wall_s: soon, latest_wall_s: late } = entry;
  if (soon === null) return "does not start by itself";
  if (late === null) return soon <= nowS ? "nobody can say" : `not before ${moment(soon, nowS)}`;
  if (late <= nowS + 60) return "now";
  if (late - soon < 60) return moment(soon, nowS);
  return `in ${stretch(Math.max(0, soon - nowS))} to ${stretch(late - nowS)}`;
}
