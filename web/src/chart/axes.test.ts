import { expect, test } from "vitest";
import { yRange } from "./axes.js";

test("a declared minimum holds, unless a value lies below it", () => {
  expect(yRange(0.2, 0.8, 0)[0]).toBe(0);
  expect(yRange(-0.1, 0.8, 0)[0]).toBe(-0.1);
});

test("noise around a constant is not blown up to the whole height", () => {
  const [low, high] = yRange(29.98, 30.02);
  expect(high - low).toBeGreaterThan(1);
});

test("without any value there is an axis all the same", () => {
  expect(yRange(null, null)).toEqual([0, 1]);
  expect(yRange(null, null, 5, null)).toEqual([5, 6]);
});
