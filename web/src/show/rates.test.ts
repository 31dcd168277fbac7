import { expect, test } from "vitest";
import type { Attempt, Tally } from "../api/types.js";
import { counts, expectation, held, isWithin, lasted, percent } from "./rates.js";

const TALLY: Tally = {
  name: "Hold",
  attempts: 4,
  under_way: 0,
  completed: 2,
  failed: 1,
  cancelled: 1,
  success_rate: 2 / 3,
  last_began_wall_s: 0,
  last_success_wall_s: 0,
  mean_duration_s: 10_800,
  mean_expected_s: 7200,
  mean_ratio: 1.5,
  estimated: 2,
  within: 1,
};
const ATTEMPT = {
  state: "completed",
  duration_s: 7200,
  expected_least_s: 3600,
  expected_most_s: 6000,
  expected_basis: "a rehearsal",
} as Attempt;

test("a share of nothing is no number", () => {
  expect(percent(2 / 3)).toBe("67\u202f%");
  expect(percent(0)).toBe("0\u202f%");
  expect(percent(null)).toBe("–");
});

test("what there is none of is not counted up", () => {
  expect(counts(TALLY)).toBe("2 completed, 1 failed, 1 cancelled");
  expect(counts({ ...TALLY, completed: 0, failed: 0, cancelled: 0 })).toBe("none yet");
});

test("a mean length is held against the estimate where there was one", () => {
  expect(lasted(TALLY)).toBe("3 h on average, 150\u202f% of the estimate");
  expect(lasted({ ...TALLY, mean_ratio: null })).toBe("3 h on average");
  expect(lasted({ ...TALLY, mean_duration_s: null })).toBe("none has completed");
});

test("an estimate tells its bounds and what it rests on", () => {
  expect(expectation(ATTEMPT)).toBe("1 h to 1 h 40 min, by a rehearsal");
  expect(expectation({ ...ATTEMPT, expected_most_s: 3600 })).toBe("1 h, by a rehearsal");
  const unknown = { ...ATTEMPT, expected_least_s: null, expected_most_s: null };
  expect(expectation({ ...unknown, expected_basis: "nobody knows how long it lasts" })).toBe("nobody knows how long it lasts");
  expect(expectation({ ...unknown, expected_basis: "" })).toBe("no estimate");
});

test("a length lies within its bounds, or beside them", () => {
  expect(held(ATTEMPT)).toEqual({ lasted: 1.5, least: 0.75, most: 1.25 });
  expect(isWithin(held(ATTEMPT)!)).toBe(false);
  expect(isWithin(held({ ...ATTEMPT, duration_s: 6000 })!)).toBe(true);
});

test("what has not completed, or had no estimate, is held against nothing", () => {
  expect(held({ ...ATTEMPT, state: "failed" })).toBeNull();
  expect(held({ ...ATTEMPT, expected_most_s: null })).toBeNull();
  expect(held({ ...ATTEMPT, expected_least_s: 0, expected_most_s: 0 })).toBeNull();
});
