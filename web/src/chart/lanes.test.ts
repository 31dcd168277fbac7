import { expect, test } from "vitest";
import type { Action } from "../api/types.js";
import { lanesOf } from "./lanes.js";

function action(kind: string, outcome: Action["outcome"] = "done"): Action {
  return {
    action_id: kind,
    attempt: "e.1",
    vessel: "warmed",
    revision: 1,
    phase: "hold",
    item: "",
    action: kind,
    detail: "Tube number",
    nominal_s: null,
    began_process_s: 60,
    began_wall_s: 1060,
    ended_process_s: null,
    ended_wall_s: null,
    outcome,
    reason: "",
    args: {},
    result: null,
  };
}

test("samples and questions are marked, doses are not", () => {
  const [, lane] = lanesOf(["control", "warmed"], [], [action("dose"), action("sample")], "process");
  expect(lane?.marks).toEqual([{ at: 60, label: "warmed: Tube number" }]);
});

test("a mark says what went otherwise than planned, on the axis that is shown", () => {
  const [lane] = lanesOf(["warmed"], [], [action("sample", "skipped")], "wall");
  expect(lane?.marks).toEqual([{ at: 1060, label: "warmed: Tube number (skipped)" }]);
});

test("a phase that was entered at an unknown time is on no clock", () => {
  const visit = {
    attempt: "e.1",
    vessel: "warmed",
    phase: "hold",
    visit: 1,
    entered_process_s: 5,
    entered_wall_s: null,
    left_process_s: null,
    left_wall_s: null,
    reason: "",
  };
  expect(lanesOf(["warmed"], [visit], [], "wall")[0]?.bands).toEqual([]);
  expect(lanesOf(["warmed"], [visit], [], "process")[0]?.bands).toEqual([
    { from: 5, to: null, label: "hold" },
  ]);
});
