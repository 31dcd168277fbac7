import { expect, test } from "vitest";
import type { Event } from "../api/types.js";
import { eventText } from "./event-text.js";

function event(entry: string, data: Record<string, unknown>): Event {
  return { id: 1, kind: "phase", experiment: "e", vessel: "a", at_wall_s: 0, process_s: 0, data: { entry, ...data } } as unknown as Event;
}

test.each([
  ["arrived", { phase: "joint", awaits: ["b", "c"] }, "waits before joint for b, c"],
  ["arrived", { phase: "joint", awaits: [] }, "waits before joint"],
  ["held", { phase: "grow" }, "the clock of grow stands"],
  ["freed", { phase: "grow", reason: "its condition is no longer true" }, "the clock of grow goes on, its condition is no longer true"],
  ["phase_leaving", { phase: "grow", reason: "duration" }, "leaves grow, duration"],
  ["phase_left", { phase: "grow", reason: "duration" }, "left grow, duration"],
])("%s is told in words", (entry, data, text) => {
  expect(eventText(event(entry, data))).toBe(text);
});
