// An experiment as its page shows it: a fold over what the stream tells.
import type {
  Action,
  Alert,
  Dose,
  Event,
  ExperimentDetail,
  Latest,
  Note,
  Outcome,
  PhaseVisit,
  Question,
  ReadingsEvent,
} from "../api/types.js";

export interface ExperimentState {
  experiment: ExperimentDetail;
  /** By vessel, then by signal. */
  latest: Record<string, Record<string, Latest>>;
  /** Newest first. */
  actions: Action[];
  phases: PhaseVisit[];
  questions: Question[];
  alerts: Alert[];
  /** Of which nobody saw the end, and nobody has said what moved. */
  doses: Dose[];
  notes: Note[];
  /** Newest last; only those that came while the page was open. */
  events: Event[];
}

const ACTIONS_MAX = 500;
const EVENTS_MAX = 200;

type Data = Record<string, unknown>;

/** Whether an event only hints at something that is to be fetched. */
const HINTS = new Set(["run", "experiment", "remark", "silence"]);

export function isHint({ kind, data }: Event): boolean {
  if (HINTS.has(kind)) return true;
  if (kind === "dose") return data["outcome"] === "unknown" || data["entry"] === "dose_resolved";
  return data["entry"] === "arrived"; // it waits for others before a door
}

/** The state after an event; what an event says of runs and states is fetched, not guessed. */
export function foldEvent(before: ExperimentState, event: Event): ExperimentState {
  const state = { ...before, events: [...before.events, event].slice(-EVENTS_MAX) };
  switch (event.kind) {
    case "action":
      return {
        ...state,
        actions: foldAction(state.actions, event),
        questions: withoutEnded(state.questions, event.data),
      };
    case "phase":
      return {
        ...state,
        phases: foldPhase(state.phases, event),
        experiment: foldWaiting(state.experiment, event),
      };
    case "question":
      return { ...state, questions: foldQuestion(state.questions, event) };
    case "alert":
      return { ...state, alerts: foldAlert(state.alerts, event) };
    case "experiment":
      return { ...state, experiment: foldExperiment(state.experiment, event.data) };
    default:
      return state;
  }
}

/** The newest values, older ones left out. */
export function foldReadings(state: ExperimentState, readings: ReadingsEvent): ExperimentState {
  const known = state.latest[readings.vessel] ?? {};
  const fresh = { ...known };
  for (const [signal, value] of Object.entries(readings.values)) {
    const before = known[signal];
    if (before !== undefined && before.process_s > readings.at_process_s) continue;
    fresh[signal] = {
      vessel: readings.vessel,
      signal,
      process_s: readings.at_process_s,
      wall_s: readings.at_wall_s,
      value,
      unit: before?.unit ?? "",
    };
  }
  return { ...state, latest: { ...state.latest, [readings.vessel]: fresh } };
}

export function byVessel(latest: Latest[]): ExperimentState["latest"] {
  const found: ExperimentState["latest"] = {};
  for (const each of latest) (found[each.vessel] ??= {})[each.signal] = each;
  return found;
}

function foldAction(actions: Action[], event: Event): Action[] {
  const data = event.data;
  const id = text(data["key"]);
  const known = actions.find((each) => each.action_id === id);
  const action: Action = { ...(known ?? newAction(id, event)) };
  if (data["action"] !== undefined) action.action = text(data["action"]);
  if (data["detail"] !== undefined) action.detail = text(data["detail"]);
  if (data["entry"] === "action_began") {
    action.began_process_s = amount(data["process_s"]);
    action.began_wall_s = amount(data["wall_s"]);
  } else {
    action.ended_process_s = amount(data["process_s"]);
    action.ended_wall_s = amount(data["wall_s"]);
    action.outcome = text(data["outcome"]) as Outcome;
    action.reason = text(data["reason"]);
  }
  if (known !== undefined) return actions.map((each) => (each === known ? action : each));
  return [action, ...actions].slice(0, ACTIONS_MAX);
}

function newAction(id: string, event: Event): Action {
  const [attempt = "", vessel = "", visit = "", ...parts] = id.split(":");
  const rest = parts.join(":");
  return {
    action_id: id,
    attempt,
    vessel: event.vessel ?? vessel,
    revision: 1,
    phase: visit.includes("#") ? visit.slice(0, visit.lastIndexOf("#")) : null,
    item: rest.slice(0, Math.max(0, rest.lastIndexOf("@"))),
    action: "",
    detail: "",
    nominal_s: amount(event.data["nominal_s"]),
    began_process_s: null,
    began_wall_s: null,
    ended_process_s: null,
    ended_wall_s: null,
    outcome: null,
    reason: "",
    args: {},
    result: null,
  };
}

function foldPhase(phases: PhaseVisit[], event: Event): PhaseVisit[] {
  const { data } = event;
  const attempt = attemptOf(data);
  const phase = text(data["phase"]);
  const visit = amount(data["visit"]) ?? 1;
  const process_s = amount(data["process_s"]) ?? 0;
  const wall_s = amount(data["wall_s"]);
  const isThis = (each: PhaseVisit) =>
    each.attempt === attempt &&
    each.vessel === event.vessel &&
    each.phase === phase &&
    each.visit === visit;
  if (data["entry"] === "phase_left") {
    const left = { left_process_s: process_s, left_wall_s: wall_s, reason: text(data["reason"]) };
    return phases.map((each) => (isThis(each) ? { ...each, ...left } : each));
  }
  if (data["entry"] !== "phase_entered" || phases.some(isThis)) return phases;
  const entered: PhaseVisit = {
    attempt,
    vessel: event.vessel ?? "",
    phase,
    visit,
    entered_process_s: process_s,
    entered_wall_s: wall_s,
    left_process_s: null,
    left_wall_s: null,
    reason: "",
  };
  return [...phases, entered];
}

// Who comes to a door waits there for those that have not come, who in turn wait no longer for it.
function foldWaiting(experiment: ExperimentDetail, { data, vessel }: Event): ExperimentDetail {
  const entry = data["entry"];
  if (entry !== "arrived" && entry !== "phase_entered") return experiment;
  const phase = text(data["phase"]);
  const awaits = Array.isArray(data["awaits"]) ? data["awaits"].map(String) : [];
  const runs = experiment.runs.map((run) => {
    if (run.vessel !== vessel) {
      const hears = entry === "arrived" && run.waits_at === phase;
      return hears ? { ...run, waits_for: run.waits_for.filter((each) => each !== vessel) } : run;
    }
    if (entry === "phase_entered") return { ...run, waits_at: null, waits_for: [] };
    const isThere = (name: string) =>
      experiment.runs.some((each) => each.vessel === name && each.waits_at === phase);
    return { ...run, waits_at: phase, waits_for: awaits.filter((name) => !isThere(name)) };
  });
  return { ...experiment, runs };
}

function foldQuestion(questions: Question[], event: Event): Question[] {
  const { data } = event;
  const key = text(data["key"]);
  const others = questions.filter((each) => each.key !== key);
  if (data["entry"] !== "question") return others;
  const asked: Question = {
    key,
    experiment: event.experiment ?? "",
    attempt: attemptOf(data),
    vessel: event.vessel ?? "",
    kind: text(data["kind"]) || "ask",
    text: text(data["text"]),
    choices: Array.isArray(data["choices"]) ? data["choices"].map(String) : [],
    answer_type: text(data["answer_type"]) || "text",
    default: (data["default"] ?? null) as Question["default"],
    unit: text(data["unit"]),
    asked_process_s: amount(data["process_s"]) ?? 0,
    asked_wall_s: amount(data["wall_s"]),
    deadline_s: amount(data["deadline_s"]),
    state: "open",
    answer: null,
    by: "",
    answered_wall_s: null,
  };
  return [asked, ...others];
}

// A question whose action has ended went by, answered or not.
function withoutEnded(questions: Question[], data: Data): Question[] {
  if (data["entry"] !== "action_ended") return questions;
  return questions.filter((each) => each.key !== data["key"]);
}

function foldAlert(alerts: Alert[], event: Event): Alert[] {
  const data = event.data as unknown as Alert;
  const others = alerts.filter((each) => each.id !== data.id);
  const before = alerts.find((each) => each.id === data.id);
  const alert: Alert = {
    ...data,
    experiment: event.experiment,
    vessel: event.vessel,
    // An event says nothing of silences, nor of whom it reached.
    state: before?.state ?? "raised",
    silenced_until_wall_s: before?.silenced_until_wall_s ?? null,
    deliveries: before?.deliveries ?? [],
  };
  const isOpen = !alert.acknowledged_by && !alert.resolved_wall_s;
  return isOpen ? [alert, ...others] : others;
}

function foldExperiment(experiment: ExperimentDetail, data: Data): ExperimentDetail {
  const told = Object.entries(data).filter(([name]) => name in experiment);
  return { ...experiment, ...Object.fromEntries(told) };
}

function attemptOf(data: Data): string {
  const run = text(data["run"]);
  return run.slice(0, Math.max(0, run.indexOf(":")));
}

function text(value: unknown): string {
  return value === null || value === undefined ? "" : String(value);
}

function amount(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}
