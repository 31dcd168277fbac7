import { expect, test } from "vitest";
import { tickText, ticksOf } from "./ticks.js";

test("an axis has round values that take in the data", () => {
  expect(ticksOf(0.18, 1.81, 4)).toEqual([0, 0.5, 1, 1.5, 2]);
  expect(ticksOf(2, 20, 4)).toEqual([0, 5, 10, 15, 20]);
  expect(ticksOf(-3, 3, 3)).toEqual([-4, -2, 0, 2, 4]);
});

test("one value alone still has an axis", () => {
  const ticks = ticksOf(5, 5, 4);
  expect(ticks[0]).toBeLessThanOrEqual(5);
  expect(ticks.at(-1)).toBeGreaterThan(5);
  expect(ticksOf(0, 0, 4).length).toBeGreaterThan(1);
});

test("a tick is written as short as it can be", () => {
  expect(tickText(0.30000000000000004)).toBe("0.3");
  expect(tickText(-2)).toBe("\u22122");
});
