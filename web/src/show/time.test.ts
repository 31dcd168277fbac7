import { expect, test } from "vitest";
import { elapsed, stretch } from "./time.js";

test("a stretch of time is told in two words at most", () => {
  expect(stretch(40)).toBe("40 s");
  expect(stretch(720)).toBe("12 min");
  expect(stretch(3600 * 4 + 300)).toBe("4 h 05 min");
  expect(stretch(86_400 * 10)).toBe("10 d");
  expect(stretch(86_400 * 3 + 3600 * 4 + 59)).toBe("3 d 4 h");
  expect(stretch(null)).toBe("–");
});

test("elapsed time counts days from the second on", () => {
  expect(elapsed(300)).toBe("0:05");
  expect(elapsed(84_600)).toBe("23:30");
  expect(elapsed(86_400 * 2)).toBe("2 d");
  expect(elapsed(86_400 * 2 + 21_600)).toBe("2 d 06:00");
});
