// What somebody asked for, in words.
import type { Deed } from "../api/types.js";
import { date } from "./time.js";

export type Came = { is: "done" | "refused" | "failed" | "unknown"; words: string };

/** `hold experiment`. */
export function deedText(name: string): string {
  return name.replaceAll("_", " ");
}

/** `note: new pumps`, `args.job: stirring`; what is empty is left out, and 0 is not: nothing may be what moved. */
export function detailOf(deed: Deed): [name: string, value: string][] {
  return Object.entries(deed.detail).flatMap(([name, value]) => flat(name, value));
}

export function came({ status }: Deed): Came {
  if (status === null) return { is: "unknown", words: "nobody saw what came of it" };
  if (status < 400) return { is: "done", words: "" };
  return status < 500 ? { is: "refused", words: `HTTP ${status}` } : { is: "failed", words: `HTTP ${status}` };
}

function flat(name: string, value: unknown): [string, string][] {
  if (value === null || value === undefined || value === "") return [];
  if (Array.isArray(value)) return value.length === 0 ? [] : [[name, value.map(String).join(", ")]];
  if (typeof value === "object") {
    return Object.entries(value).flatMap(([inner, each]) => flat(name === "args" ? inner : `${name}.${inner}`, each));
  }
  return [withUnit(name, value)];
}

// Names in the API end in their units.
const UNITS: [ending: string, unit: string][] = [
  ["_g_ml", "g/mL"],
  ["_ml", "mL"],
  ["_s", "s"],
];

function withUnit(name: string, value: unknown): [string, string] {
  if (typeof value !== "number") return [name, String(value)];
  if (name.endsWith("_wall_s")) return [name.slice(0, -"_wall_s".length), date(value)];
  const found = UNITS.find(([ending]) => name.endsWith(ending));
  if (found === undefined) return [name, String(value)];
  const [ending, unit] = found;
  return [name.slice(0, -ending.length), `${value}\u202f${unit}`];
}
