// Comparisons for people: shares as percent, values with their units, what is in force and how long.
import type { Calibration, CalibrationSession, Comparable, SessionRecord } from "../api/types.js";
import { stretch } from "../show/time.js";
import { unitText } from "../show/units.js";

const NARROW = "\u202f";
const MINUS = "\u2212";
const DAY_S = 86_400;
/** So long before its end a calibration is worth a word. */
const SOON_S = 7 * DAY_S;
/** What of a kind of device is a share, which people say in percent. */
const SHARES: Record<string, Side> = { stirrer: "raw", oxygen: "actual" };

export type Side = "raw" | "actual";
export type Standing = { is: "none" | "good" | "soon" | "expired"; words: string };

/** A kind of device with the units of both sides, as a device, a calibration and a session have them. */
export interface Kind {
  kind: string;
  raw_unit: string;
  actual_unit: string;
}

export function kindOf(one: CalibrationSession): Kind {
  return { kind: one.session.kind, raw_unit: one.raw_unit, actual_unit: one.actual_unit };
}

/** `%` for shares. */
export function unitOf(of: Kind, side: Side): string {
  if (SHARES[of.kind] === side) return "%";
  return side === "raw" ? of.raw_unit : of.actual_unit;
}

/** A canonical value in the unit that people see. */
export function shownValue(of: Kind, side: Side, value: number): number {
  return SHARES[of.kind] === side ? value * 100 : value;
}

/** What a person wrote in that unit, in canonical units. */
export function canonicalValue(of: Kind, side: Side, value: number): number {
  return SHARES[of.kind] === side ? value / 100 : value;
}

/** `0.1812 mL`, four digits, with a space that does not break. */
export function measure(of: Kind, side: Side, value: number): string {
  const unit = unitOf(of, side);
  const text = digits(shownValue(of, side, value));
  return unit ? `${text}${NARROW}${unitText(unit)}` : text;
}

/** Four digits, of a residual with its sign. */
export function digits(value: number, signed = false): string {
  if (!Number.isFinite(value)) return "–";
  const near = Math.abs(value) < 1e-9 ? 0 : value;
  const text = String(Number(near.toPrecision(4))).replace("-", MINUS);
  return signed && near > 0 ? `+${text}` : text;
}

/** How the two sides of a comparison are called, with their units. */
export function sideNames(of: Kind): Record<Side, string> {
  const [raw, actual] = NAMES[of.kind] ?? ["Shown", "Actual"];
  return { raw: withUnit(raw, unitOf(of, "raw")), actual: withUnit(actual, unitOf(of, "actual")) };
}

const NAMES: Record<string, [raw: string, actual: string]> = {
  pump: ["On for", "Moved"],
  od: ["Photodiode", "OD600"],
  stirrer: ["Duty", "Speed"],
  temperature: ["Thermometer", "Reference"],
  ph: ["Probe", "pH"],
  scale: ["Load cell", "Weight"],
  oxygen: ["Probe", "Dissolved oxygen"],
  level: ["Probe", "Volume"],
};

/** `polynomial of degree 3`. */
export function wayText(method: string, degree: number): string {
  if (method === "own") return "the plugin's own";
  return method === "polynomial" ? `polynomial of degree ${degree}` : method;
}

/** What a device goes by, and for how long. */
export function standing(device: Comparable, nowS: number): Standing {
  if (!device.in_force) return { is: "none", words: "not calibrated" };
  const leftS = device.expires_wall_s === null ? null : device.expires_wall_s - nowS;
  if (leftS === null) return { is: "good", words: "in force" };
  if (leftS <= 0) return { is: "expired", words: `expired ${stretch(-leftS)} ago` };
  return { is: leftS < SOON_S ? "soon" : "good", words: `expires in ${stretch(leftS)}` };
}

/** Values as people list them, `2, 5, 10`; null where one of them is no number. */
export function readValues(text: string, of: Kind, side: Side): number[] | null {
  const words = text.split(/[,;\s]+/).filter(Boolean);
  const values = words.map(Number);
  return values.every(Number.isFinite) ? values.map((each) => canonicalValue(of, side, each)) : null;
}

/** Cell-free medium, then a culture in ever thicker dilutions up to the culture itself. */
export function dilutionSeries(density: number, factor: number, steps: number): number[] {
  const thinned = Array.from({ length: steps }, (_, n) => density / factor ** (steps - 1 - n));
  return [0, ...thinned.map((each) => Number(each.toPrecision(4)))];
}

/** `feed_pump-2026-11-28T0930`, as the command line proposes it. */
export function nameFor(device: string, wallS: number): string {
  const [day, time] = new Date(wallS * 1000).toISOString().split("T");
  return `${device}-${day}T${(time ?? "").slice(0, 5).replace(":", "")}`;
}

/** Of one device, the newest first; the one in force is told by itself. */
export function historyOf(device: Comparable, calibrations: Calibration[]): Calibration[] {
  return calibrations
    .filter((each) => isOf(device, each))
    .sort((one, other) => (other.made_wall_s ?? 0) - (one.made_wall_s ?? 0));
}

export function isOf(device: Comparable, one: { worker: string; reactor: string; device: string }): boolean {
  return one.worker === device.worker && one.reactor === device.reactor && one.device === device.device;
}

/** Over how much the newest values spread; null where there are too few to say so. */
export function spreadOf(values: number[]): number | null {
  return values.length < 3 ? null : Math.max(...values) - Math.min(...values);
}

/** A reactor for people; a worker's only one is called as the worker is. */
export function placeOf(worker: string, reactor: string): string {
  return worker === reactor ? worker : `${worker}/${reactor}`;
}

/** A session after what a worker just answered; a copy may still be on its way. */
export function answered(one: CalibrationSession, session: SessionRecord): CalibrationSession {
  return { ...one, session };
}

function withUnit(name: string, unit: string): string {
  return unit ? `${name} (${unitText(unit)})` : name;
}
