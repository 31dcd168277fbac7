import { expect, test } from "vitest";
import type { Calibration, Comparable } from "../api/types.js";
import {
  dilutionSeries,
  digits,
  historyOf,
  measure,
  nameFor,
  readValues,
  sideNames,
  standing,
} from "./comparing.js";

const PUMP = { kind: "pump", raw_unit: "s", actual_unit: "mL" };
const STIRRER = { kind: "stirrer", raw_unit: "", actual_unit: "rpm" };
const NOW = 1_764_320_000;

function device(in_force: string, expires_wall_s: number | null): Comparable {
  return { worker: "w", reactor: "r", device: "feed_pump", in_force, expires_wall_s } as Comparable;
}

test("each number has its unit, and shares are percent", () => {
  expect(measure(PUMP, "actual", 0.18123)).toBe("0.1812\u202fmL");
  expect(measure(STIRRER, "raw", 0.4)).toBe("40\u202f%");
  expect(sideNames(STIRRER)).toEqual({ raw: "Duty (%)", actual: "Speed (rpm)" });
  expect(sideNames({ kind: "od", raw_unit: "V", actual_unit: "" }).actual).toBe("OD600");
});

test("a residual has a sign, and nothing is not less than nothing", () => {
  expect(digits(0.00213, true)).toBe("+0.00213");
  expect(digits(-0.5, true)).toBe("\u22120.5");
  expect(digits(-1e-17, true)).toBe("0");
});

test("values to compare at are read in the unit beside the field", () => {
  expect(readValues("2, 5 10", PUMP, "raw")).toEqual([2, 5, 10]);
  expect(readValues("20; 50", STIRRER, "raw")).toEqual([0.2, 0.5]);
  expect(readValues("2, five", PUMP, "raw")).toBeNull();
  expect(readValues("", PUMP, "raw")).toEqual([]);
});

test("a dilution series begins with medium and ends with the culture", () => {
  expect(dilutionSeries(8, 2, 4)).toEqual([0, 1, 2, 4, 8]);
});

test.each([
  ["", null, "none", "not calibrated"],
  ["a", null, "good", "in force"],
  ["a", NOW + 90 * 86_400, "good", "expires in 90 d"],
  ["a", NOW + 3 * 86_400, "soon", "expires in 3 d"],
  ["a", NOW - 3600, "expired", "expired 1 h ago"],
])("%s that ends at %s is %s", (name, expires, is, words) => {
  expect(standing(device(name, expires), NOW)).toEqual({ is, words });
});

test("a name says device and moment", () => {
  expect(nameFor("feed_pump", NOW)).toBe("feed_pump-2025-11-28T0853");
});

test("the history of a device is its own, newest first", () => {
  const of = (name: string, made_wall_s: number, more = {}) =>
    ({ worker: "w", reactor: "r", device: "feed_pump", name, made_wall_s, ...more }) as Calibration;
  const all = [of("old", 1), of("new", 2), of("other", 3, { reactor: "r2" })];
  expect(historyOf(device("new", null), all).map((each) => each.name)).toEqual(["new", "old"]);
});
