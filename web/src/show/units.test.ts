import { expect, test } from "vitest";
import { number, quantity } from "./units.js";

test("a value is written as its unit is usually written", () => {
  expect(quantity(36.98, "°C")).toBe("37.0\u202f°C");
  expect(quantity(0.613, "1/h")).toBe("0.61\u202fh⁻¹");
  expect(quantity(0.7912, "")).toBe("0.791");
});

test("what is not known is a dash, without a unit", () => {
  expect(quantity(null, "°C")).toBe("–");
  expect(quantity(Number.NaN, "mL")).toBe("–");
});

test("nothing is never less than nothing", () => {
  expect(number(-0.001, 2)).toBe("0.00");
  expect(number(-1.5, 1)).toBe("\u22121.5");
});
