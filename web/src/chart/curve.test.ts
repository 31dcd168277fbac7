import { expect, test } from "vitest";
import type { Curve } from "../api/types.js";
import { CurveBuffer, firstAfter } from "./curve.js";

function curve(at_s: number[], resolution_s = 0): Curve {
  const values = at_s.map((at) => at / 10);
  return {
    vessel: "control",
    signal: "od600",
    unit: "",
    clock: "process",
    resolution_s,
    at_s,
    mean: values,
    minimum: values,
    maximum: values,
  };
}

test("a live value that is known already is not drawn twice", () => {
  const buffer = new CurveBuffer();
  buffer.load(curve([0, 10, 20]));
  expect(buffer.append(20, 2)).toBe(false);
  expect(buffer.append(30, 3)).toBe(true);
  expect(buffer.at).toEqual([0, 10, 20, 30]);
});

test("what came live while a curve was fetched stays behind its end", () => {
  const buffer = new CurveBuffer();
  buffer.load(curve([0, 10]));
  buffer.append(15, 1.5);
  buffer.append(40, 4);
  buffer.load(curve([0, 10, 20], 10));
  expect(buffer.at).toEqual([0, 10, 20, 40]);
});

test("a curve that has nothing to show leaves live values alone", () => {
  const buffer = new CurveBuffer();
  buffer.append(5, 0.5);
  buffer.load(undefined);
  expect(buffer.at).toEqual([5]);
});

test("trimming keeps one point outside, from which the line comes", () => {
  const buffer = new CurveBuffer();
  buffer.load(curve([0, 10, 20, 30]));
  buffer.trim(15);
  expect(buffer.at).toEqual([10, 20, 30]);
  expect(buffer.mean).toHaveLength(3);
});

test("the value at a moment is that of the point before it", () => {
  const buffer = new CurveBuffer();
  buffer.load(curve([0, 10, 20]));
  expect(buffer.valueAt(-1)).toBeNull();
  expect(buffer.valueAt(14)).toBe(1);
  expect(buffer.valueAt(99)).toBe(2);
});

test("the first moment after another is found among equals", () => {
  expect(firstAfter([1, 2, 2, 3], 2)).toBe(3);
  expect(firstAfter([], 2)).toBe(0);
});
