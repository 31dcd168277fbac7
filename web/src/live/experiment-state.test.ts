import { expect, test } from "vitest";
import type { Event, ExperimentDetail } from "../api/types.js";
import { type ExperimentState, foldEvent, foldReadings, isHint } from "./experiment-state.js";

const KEY = "e1.1:warmed:hold#1:daily sample@600:0";

function empty(): ExperimentState {
  const told = { id: "e1", state: "running", wanted: "running", runs: [] as ExperimentDetail["runs"] };
  const experiment = told as unknown as ExperimentDetail;
  return { experiment, latest: {}, actions: [], phases: [], questions: [], alerts: [], doses: [], notes: [], events: [] };
}

function event(kind: string, data: Record<string, unknown>): Event {
  const run = { run: "e1.1:warmed", process_s: 600, wall_s: 1600 };
  return {
    id: 7,
    kind,
    at_wall_s: 1600,
    experiment: "e1",
    vessel: "warmed",
    data: { ...run, ...data },
  };
}

test("an action begins, ends, and stays one action", () => {
  const began = event("action", { entry: "action_began", key: KEY, action: "sample", detail: "Tube" });
  const ended = event("action", {
    entry: "action_ended",
    key: KEY,
    action: "sample",
    outcome: "skipped",
    reason: "unanswered",
  });
  const state = [began, ended].reduce(foldEvent, empty());
  expect(state.actions).toHaveLength(1);
  expect(state.actions[0]).toMatchObject({
    vessel: "warmed",
    phase: "hold",
    item: "daily sample",
    detail: "Tube",
    outcome: "skipped",
    reason: "unanswered",
    began_process_s: 600,
  });
});

test("a question comes, and goes with its answer", () => {
  const asked = foldEvent(empty(), event("question", { entry: "question", key: KEY, text: "Ready?" }));
  expect(asked.questions.map((each) => each.text)).toEqual(["Ready?"]);
  const answered = foldEvent(asked, event("question", { entry: "answer", key: KEY, answer: "yes" }));
  expect(answered.questions).toEqual([]);
});

test("a question whose action ended without an answer goes too", () => {
  const asked = foldEvent(empty(), event("question", { entry: "question", key: KEY, text: "Ready?" }));
  const over = event("action", { entry: "action_ended", key: KEY, outcome: "skipped" });
  expect(foldEvent(asked, over).questions).toEqual([]);
});

test("a phase that is told twice was entered once", () => {
  const entered = event("phase", { entry: "phase_entered", phase: "hold", visit: 1 });
  const left = event("phase", { entry: "phase_left", phase: "hold", visit: 1, reason: "until" });
  const state = [entered, entered, left].reduce(foldEvent, empty());
  expect(state.phases).toHaveLength(1);
  expect(state.phases[0]).toMatchObject({ left_process_s: 600, reason: "until" });
});

test("an alert goes when it is acknowledged", () => {
  const alert = { id: 3, text: "hot", severity: "critical", acknowledged_by: "", resolved_wall_s: null };
  const raised = foldEvent(empty(), event("alert", alert));
  expect(raised.alerts).toHaveLength(1);
  const seen = foldEvent(raised, event("alert", { ...alert, acknowledged_by: "ada" }));
  expect(seen.alerts).toEqual([]);
});

test("an experiment's state follows its events and keeps what they do not tell", () => {
  const state = foldEvent(empty(), event("experiment", { state: "paused", strange: 1 }));
  expect(state.experiment).toEqual({ id: "e1", state: "paused", wanted: "running", runs: [] });
});

test("an older reading does not replace a newer one", () => {
  const at = (at_process_s: number, value: number) => ({
    experiment: "e1",
    vessel: "warmed",
    at_process_s,
    at_wall_s: null,
    values: { od600: value },
  });
  const state = [at(10, 0.5), at(5, 0.4)].reduce(foldReadings, empty());
  expect(state.latest["warmed"]?.["od600"]?.value).toBe(0.5);
});

function waiting(): ExperimentState {
  const state = empty();
  const run = { waits_at: null, waits_for: [] } as unknown as ExperimentDetail["runs"][number];
  const vessels = ["control", "warmed", "treated"];
  const runs = vessels.map((vessel) => ({ ...run, vessel }));
  return { ...state, experiment: { ...state.experiment, runs } };
}

function arrives(vessel: string): Event {
  const awaits = ["control", "warmed", "treated"].filter((each) => each !== vessel);
  return { ...event("phase", { entry: "arrived", phase: "harvest", awaits }), vessel };
}

function waitsFor({ experiment }: ExperimentState): Record<string, string[] | null> {
  return Object.fromEntries(
    experiment.runs.map((run) => [run.vessel, run.waits_at === null ? null : run.waits_for]),
  );
}

test("who comes to a door waits for those that have not come, until it enters", () => {
  const first = foldEvent(waiting(), arrives("warmed"));
  expect(waitsFor(first)).toEqual({ control: null, warmed: ["control", "treated"], treated: null });
  const second = foldEvent(first, arrives("control"));
  expect(waitsFor(second)).toEqual({ control: ["treated"], warmed: ["treated"], treated: null });
  const entered = event("phase", { entry: "phase_entered", phase: "harvest", visit: 1 });
  expect(waitsFor(foldEvent(second, entered))).toEqual({
    control: ["treated"],
    warmed: null,
    treated: null,
  });
});

test("waiting before a phase, or standing in one, is no stay in it", () => {
  const held = event("phase", { entry: "held", phase: "harvest", visit: 1 });
  expect([arrives("warmed"), held].reduce(foldEvent, waiting()).phases).toEqual([]);
});

test("of doses only those are looked at again of which nobody saw the end", () => {
  expect(isHint(event("dose", { entry: "dose_ended", outcome: "done" }))).toBe(false);
  expect(isHint(event("dose", { entry: "dose_ended", outcome: "unknown" }))).toBe(true);
  expect(isHint(event("dose", { entry: "dose_resolved", volume_ml: 0 }))).toBe(true);
  expect(isHint(event("remark", { id: 1 }))).toBe(true);
  expect(isHint(event("action", { entry: "action_ended" }))).toBe(false);
});
