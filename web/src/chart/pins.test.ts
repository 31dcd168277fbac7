import { expect, test } from "vitest";
import type { Note, PhaseVisit, Run } from "../api/types.js";
import { type Known, momentOf, pinsOf } from "./pins.js";

const known: Known = {
  vessels: ["control", "warmed"],
  runs: [{ vessel: "control", began_wall_s: 1000 }, { vessel: "warmed", began_wall_s: 1100 }] as Run[],
  // The clock was put right by 50 s before this phase.
  phases: [{ vessel: "control", entered_process_s: 600, entered_wall_s: 1650 }] as PhaseVisit[],
  actions: [],
};

function note(vessel: string | null, pinned_wall_s: number | null): Note {
  return { id: 1, experiment: "e", vessel, text: "foam", actor: "ada", at_wall_s: 0, pinned_wall_s, changed_wall_s: null, version: "1" };
}

test("a note stands at its moment, on either clock", () => {
  expect(pinsOf([note(null, 1010)], known, "wall")[0]).toMatchObject({ at: 1010, label: "foam", colour: null });
  expect(pinsOf([note(null, 1010)], known, "process")[0]?.at).toBe(10);
  expect(pinsOf([note("warmed", 1110)], known, "process")[0]).toMatchObject({ at: 10, label: "warmed: foam", colour: 1 });
});

test("a clock that was put right is followed", () => {
  expect(pinsOf([note(null, 1660)], known, "process")[0]?.at).toBe(610);
  expect(momentOf(610, known, "process")).toBe(1660);
  expect(momentOf(10, known, "process")).toBe(1010);
});

test("what is pinned to no moment is on no chart, nor is anything before a start", () => {
  expect(pinsOf([note(null, null)], known, "wall")).toEqual([]);
  const nothing: Known = { vessels: ["control"], runs: [], phases: [], actions: [] };
  expect(pinsOf([note(null, 1010)], nothing, "process")).toEqual([]);
  expect(momentOf(5, nothing, "process")).toBeNull();
});
