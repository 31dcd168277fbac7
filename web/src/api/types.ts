// Written by tools/web_types.py from the server's routes; do not edit.

/** A list, or a page of one. */
export interface Listing<T> {
  items: T[];
  next?: string | null;
}

/** What became of one action. */
export interface Action {
  action_id: string;
  attempt: string;
  vessel: string;
  revision: number;
  phase: string | null;
  item: string;
  action: string;
  detail: string;
  nominal_s: number | null;
  began_process_s: number | null;
  began_wall_s: number | null;
  ended_process_s: number | null;
  ended_wall_s: number | null;
  outcome: Outcome | null;
  reason: string;
  args: Record<string, unknown>;
  result: unknown;
}

/** Something people should know. */
export interface Alert {
  id: number;
  text: string;
  severity: "critical" | "info" | "warning";
  source: string;
  raised_wall_s: number;
  experiment: string | null;
  vessel: string | null;
  worker: string | null;
  reactor: string | null;
  count: number;
  last_wall_s: number | null;
  state: "acknowledged" | "raised" | "resolved" | "silenced";
  silenced_until_wall_s: number | null;
  acknowledged_by: string;
  acknowledged_wall_s: number | null;
  acknowledged_note: string;
  resolved_by: string;
  resolved_wall_s: number | null;
  resolved_note: string;
  delivery: "due" | "ended" | "expired" | "muted" | "sent" | "silenced" | "waiting";
  deliveries: Delivery[];
}

/** What the worker said to it. */
export interface Answered {
  outcome: string;
  reason: string;
}

/** What a person is to say of a comparison. */
export interface Asked {
  question: string;
  type: string;
  expected: number | null;
}

/** One start of an experiment and what became of it. */
export interface Attempt {
  attempt: string;
  experiment: string;
  name: string;
  profile: string;
  actor: string;
  state: State;
  reason: string;
  vessels: Record<string, string>;
  began_wall_s: number;
  ended_wall_s: number | null;
  duration_s: number | null;
  expected_least_s: number | null;
  expected_most_s: number | null;
  expected_basis: string;
  outcomes: Record<string, number>;
}

/** With what an attempt began. */
export interface AttemptMade {
  attempt: string;
  bindings: Record<string, string>;
  leader: LeaderMade | null;
  workers: Record<string, WorkerMade>;
}

/** A stay in a phase, or an action. */
export interface AttemptStep {
  kind: string;
  vessel: string;
  phase: string | null;
  name: string;
  detail: string;
  began_process_s: number | null;
  began_wall_s: number | null;
  ended_process_s: number | null;
  ended_wall_s: number | null;
  outcome: Outcome | null;
  reason: string;
  action_id: string;
  trace: string;
}

/** A way to lay a curve, and what it comes to with the points that there are. */
export interface Attempted {
  method: string;
  degree: number;
  fit: Fit | null;
  reason: string;
}

/** A law that a job may follow. */
export interface AutomationOffer {
  name: string;
  description: string;
  inputs: SettingOffer[];
  needs: string[];
  needs_media: string[];
}

/** A bottle by account. */
export interface BottleStanding {
  medium: string;
  left_ml: number;
  rate_ml_h: number;
  through_s: number | null;
  shared: boolean;
}

/** What several workers are to do now, all at once. */
export interface Broadcast {
  name: "blank" | "bottle" | "circulate" | "dilute" | "dose" | "emergency_stop" | "hold" | "release" | "release_stop" | "sample" | "set" | "snapshot" | "start" | "stop";
  args?: Record<string, unknown>;
  places?: string[];
}

/** Who was told, and what they said; at least one took it up. */
export interface Brought {
  vessels: Told[];
}

/** Something that a person can press, since rules start on it. */
export interface Button {
  name: string;
  vessels: string[];
}

/** A calibration of a device of a worker. */
export interface Calibration {
  worker: string;
  reactor: string;
  device: string;
  name: string;
  kind: string;
  method: string;
  degree: number;
  points: [number, number][];
  raw_unit: string;
  actual_unit: string;
  made_wall_s: number | null;
  by: string;
  note: string;
  valid_for_s: number | null;
  raw_type: string;
  actual_type: string;
  through: [number, number][];
  expires_wall_s: number | null;
  expired: boolean;
  active: boolean;
  fit: Fit | null;
}

/** A session of comparisons, as it stands on its worker. */
export interface CalibrationSession {
  worker: string;
  session: SessionRecord;
  raw_unit: string;
  actual_unit: string;
  answer_unit: string;
  method: string;
  attempts: Attempted[];
}

/** A chart that the profile declares. */
export interface Chart {
  name: string;
  title: string;
  series: ChartSeries[];
  left: ChartAxis | null;
  right: ChartAxis | null;
  window_s: number | null;
}

/** One side of a chart. */
export interface ChartAxis {
  label: string;
  unit: string;
  minimum: number | null;
  maximum: number | null;
}

/** One curve, of one vessel or of each. */
export interface ChartSeries {
  signal: string;
  label: string;
  unit: string;
  vessel: string | null;
  axis: "left" | "right";
}

/** One look before a start. */
export interface Check {
  name: string;
  result: "accepted" | "bad" | "good" | "unknown" | "waits" | "warning";
  text: string;
  vessel: string;
  can_be_accepted: boolean;
}

/** A profile to look at. */
export interface CheckRequest {
  text: string;
  file?: string;
  files?: Record<string, string>;
  inputs?: Record<string, number | boolean | string>;
}

/** All that is to be said of a profile. */
export interface CheckResult {
  ok: boolean;
  diagnostics: Diagnostic[];
  profile: ProfileSummary | null;
  timetable: TimetableRow[] | null;
}

/** The time that all `*_wall_s` are on. */
export interface ClockNow {
  wall_s: number;
  speed: number;
  trusted: boolean;
}

/** A clock. */
export interface ClockReport {
  wall_s: number;
  trusted: boolean;
  monotonic_s: number;
}

/** What became of it. */
export interface CommandOutcome {
  id: string;
  outcome: string;
  reason: string;
  result: Record<string, unknown>;
}

/** A device that can be compared. */
export interface Comparable {
  worker: string;
  reactor: string;
  device: string;
  kind: string;
  raw_unit: string;
  actual_unit: string;
  asks_at: string;
  asks_unit: string;
  values: number[];
  method: string;
  takes_in: boolean;
  in_force: string;
  expires_wall_s: number | null;
}

/** The cluster document, an axenic: cluster/1. */
export interface Configuration {
  file: string;
  text: string;
  blob: string;
  in_force: boolean;
  restart_for: string[];
}

/** One signal of one vessel over time, in columns of equal length. */
export interface Curve {
  vessel: string;
  signal: string;
  unit: string;
  clock: "process" | "wall";
  resolution_s: number;
  at_s: number[];
  mean: number[];
  minimum: number[];
  maximum: number[];
}

/** Somebody asked for something to be done. */
export interface Deed {
  id: number;
  at_wall_s: number;
  actor: string;
  role: string;
  address: string;
  deed: string;
  experiment: string | null;
  detail: Record<string, unknown>;
  status: number | null;
}

/** What became of telling an alert by one route. */
export interface Delivery {
  route: string;
  news: "over" | "raised";
  outcome: "expired" | "muted" | "sent" | "waiting";
  tries: number;
  at_wall_s: number;
  told_wall_s: number | null;
  reason: string;
}

/** What was found, where, and what would be right; lines and columns count from 1. */
export interface Diagnostic {
  file: string;
  line: number;
  column: number;
  end_line: number;
  end_column: number;
  severity: "error" | "warning";
  code: string;
  message: string;
  suggestion: string | null;
  included_from: Site[];
}

/** What would be another, as things stand. */
export interface Difference {
  revision: number;
  hash: string;
  parts: DifferencePart[];
  jumps: Jump[];
  stands: Stand[];
  coming: TimetableRow[];
}

/** Something that both plans have, or one of them. */
export interface DifferencePart {
  vessel: string;
  phase: string;
  kind: "chart" | "input" | "item" | "job" | "limit" | "loop" | "phase" | "plan" | "rule" | "setting" | "vessel";
  name: string;
  change: "changed" | "new" | "removed" | "unchanged";
  before: string;
  after: string;
  past: boolean;
}

/** How much room is left where the leader's data grow. */
export interface Disk {
  state: "bad" | "good" | "unknown" | "warning";
  free_mib: number | null;
  warn_mib: number;
  refuse_mib: number;
}

/** One run of a pump, whoever asked for it. */
export interface Dose {
  key: string;
  attempt: string;
  vessel: string;
  pump: string;
  medium: string;
  direction: string;
  volume_ml: number;
  cause: string;
  began_process_s: number;
  began_wall_s: number | null;
  ended_process_s: number | null;
  outcome: Outcome | null;
  reason: string;
  resolved_ml: number | null;
  resolved_by: string;
  resolved_reason: string;
}

/** One experiment that waits. */
export interface Entry {
  position: number;
  experiment: Experiment;
  reason: string;
  earliest_wall_s: number | null;
  latest_wall_s: number | null;
  basis: string;
}

/** What is to be different; what is left out stays as it is.

    Once an experiment has started, only name, description, tags and labels can be changed. */
export interface EntryChanges {
  name?: string;
  description?: string;
  tags?: string[];
  labels?: Record<string, string>;
  bindings?: Record<string, string>;
  priority?: number;
  not_before_wall_s?: number | null;
  every?: string;
  every_zone?: string;
  hold?: string | null;
  accepted?: string[];
  text?: string;
  file?: string;
  files?: Record<string, string>;
  inputs?: Record<string, number | boolean | string>;
}

/** Something happened: also what each durable event of `/api/stream` carries. */
export interface Event {
  id: number;
  kind: string;
  at_wall_s: number;
  experiment: string | null;
  vessel: string | null;
  data: Record<string, unknown>;
}

/** One execution of a profile by somebody. */
export interface Experiment {
  id: string;
  name: string;
  state: State;
  reason: string;
  actor: string;
  vessels: string[];
  bindings: Record<string, string>;
  inputs: Record<string, number | boolean | string>;
  file_name: string;
  profile_hash: string;
  plan_hash: string;
  git_commit: string | null;
  revision: number;
  attempt: string | null;
  wanted: "cancelled" | "finished" | "paused" | "running";
  wanted_by: string;
  created_wall_s: number;
  started_wall_s: number | null;
  ended_wall_s: number | null;
  description: string;
  tags: string[];
  labels: Record<string, string>;
  asked: Record<string, string>;
  priority: number;
  not_before_wall_s: number | null;
  every: string;
  every_zone: string;
  hold: string | null;
  accepted: string[];
  version: number;
}

/** An experiment with all that its page shows at once. */
export interface ExperimentDetail {
  id: string;
  name: string;
  state: State;
  reason: string;
  actor: string;
  vessels: string[];
  bindings: Record<string, string>;
  inputs: Record<string, number | boolean | string>;
  file_name: string;
  profile_hash: string;
  plan_hash: string;
  git_commit: string | null;
  revision: number;
  attempt: string | null;
  wanted: "cancelled" | "finished" | "paused" | "running";
  wanted_by: string;
  created_wall_s: number;
  started_wall_s: number | null;
  ended_wall_s: number | null;
  description: string;
  tags: string[];
  labels: Record<string, string>;
  asked: Record<string, string>;
  priority: number;
  not_before_wall_s: number | null;
  every: string;
  every_zone: string;
  hold: string | null;
  accepted: string[];
  version: number;
  timezone: string;
  runs: Run[];
  charts: Chart[];
  phases: PhaseOutline[];
  limits: Record<string, Record<string, number>>;
  buttons: Button[];
  profile_text_url: string;
}

/** A file in the service's folder. */
export interface FileEntry {
  name: string;
  size_bytes: number;
  changed_wall_s: number;
}

/** A curve through the points, and how well it keeps to them. */
export interface Fit {
  residuals: number[];
  deviation: number;
  r_squared: number | null;
  curve: [number, number][];
}

/** What a person holds by hand, of a setting or a whole job (SEMANTICS rule 11). */
export interface HandReport {
  name: string;
  value: number | boolean | string;
  by: string;
  for_s: number | null;
}

/** How the leader is. */
export interface Health {
  status: "degraded" | "ok";
  version: string;
  store: "failing" | "ok";
  broker_connected: boolean;
}

/** Nothing starts by itself. */
export interface Held {
  note: string;
  by: string;
  since_wall_s: number;
}

/** Why nothing shall start. */
export interface HoldNote {
  note?: string;
}

/** It did not happen here. */
export interface ImportMade {
  by: string;
  at_wall_s: number;
  sha256: string;
}

/** Something that the profile asks its user for. */
export interface Input {
  name: string;
  type: string;
  unit: string;
  default: number | boolean | string | null;
  minimum: number | null;
  maximum: number | null;
  choices: string[];
  description: string;
  step: number | null;
  section: string;
  vessels: Record<string, number | boolean | string>;
}

/** A job, as this leader knows it. */
export interface JobOffer {
  name: string;
  description: string;
  settings: SettingOffer[];
  signals: SignalOffer[];
  automations: AutomationOffer[];
  default_automation: string | null;
  needs: string[];
  steps: string[];
}

/** A job that runs, or ought to. */
export interface JobStanding {
  job: string;
  state: string;
  automation: string | null;
  settings: Record<string, number | boolean | string>;
  signals: Record<string, SignalStanding>;
}

/** A setting, or a whole job, that would be another at once. */
export interface Jump {
  vessel: string;
  name: string;
  before: number | boolean | string | null;
  after: number | boolean | string | null;
  unit: string;
}

/** The newest reading of a signal at a vessel. */
export interface Latest {
  vessel: string;
  signal: string;
  process_s: number;
  wall_s: number | null;
  value: number;
  unit: string;
}

/** The leader's own software. */
export interface LeaderMade {
  version: string;
  python: string;
  system: string;
}

/** One change, by somebody. */
export interface LibraryCommit {
  id: string;
  author: string;
  at_wall_s: number;
  message: string;
}

/** A document of the library. */
export interface LibraryFile {
  path: string;
  blob: string;
  size_bytes: number;
  is_profile: boolean;
  name: string;
  description: string;
  tags: string[];
}

/** The library as a whole. */
export interface LibraryStanding {
  kind: "folder" | "git";
  where: string;
  why: string;
  branch: string;
  commit: string | null;
  remote: string;
}

/** A document as it is, or was. */
export interface LibraryText {
  path: string;
  file: string;
  text: string;
  files: Record<string, string>;
  blob: string;
  commit: string | null;
}

/** The newest lines, oldest first; a service remembers a thousand since it began. */
export interface Log {
  items: LogLine[];
}

/** One line of the service's log. */
export interface LogLine {
  at_wall_s: number;
  level: string;
  source: string;
  text: string;
}

/** The machine of the leader, or of a worker that was asked just now. */
export interface Machine {
  name: string;
  is_leader: boolean;
  outcome: string;
  reason: string;
  report: MachineReport | null;
  ahead_s: number | null;
  ahead_within_s: number | null;
}

/** A machine, its clock, and what may be done to it from afar. */
export interface MachineReport {
  system: SystemReport;
  clock: ClockReport;
  may: ("reboot" | "restart" | "shutdown" | "update")[];
}

/** What a machine is to do. */
export interface MachineWish {
  do: "reboot" | "restart" | "shutdown" | "update";
  while_running?: boolean;
}

/** What several machines are to do. */
export interface MachinesWish {
  do: "reboot" | "restart" | "shutdown" | "update";
  while_running?: boolean;
  workers?: string[];
}

/** What is done, when, and how it fared. */
export interface Maintenance {
  cron: string;
  next_wall_s: number | null;
  steps: MaintenanceStep[];
  newest: MaintenanceRun | null;
  disk: Disk;
}

/** A run and how far it is. */
export interface MaintenanceRun {
  id: number;
  cause: "person" | "schedule";
  actor: string;
  state: "done" | "failed" | "interrupted" | "running";
  began_wall_s: number;
  ended_wall_s: number | null;
  steps: StepRecord[];
}

/** Something that is done for the store, and how it fared. */
export interface MaintenanceStep {
  name: string;
  does: string;
  tried: number;
  done: number;
  success_rate: number | null;
  last_done_wall_s: number | null;
}

/** Where an entry is to stand. */
export interface Move {
  to: string;
}

/** A person's answer. */
export interface NewAnswer {
  key: string;
  answer: string | number | boolean;
}

/** What a worker is to do now. */
export interface NewCommand {
  name: "blank" | "bottle" | "circulate" | "dilute" | "dose" | "emergency_stop" | "hold" | "release" | "release_stop" | "sample" | "set" | "snapshot" | "start" | "stop";
  args?: Record<string, unknown>;
  reactor?: string;
  attempt?: string;
  vessel?: string;
}

/** What is to be done with a worker's calibrations. */
export interface NewComparison {
  do: "abandon" | "activate" | "again" | "answer" | "delete" | "go" | "import" | "keep" | "start";
  reactor?: string;
  args?: Record<string, unknown>;
}

/** An axenic: calibration/1 document that a worker is to keep. */
export interface NewDocument {
  text: string;
  reactor?: string;
  activate?: boolean;
}

/** A profile to be run. */
export interface NewExperiment {
  text: string;
  file?: string;
  files?: Record<string, string>;
  inputs?: Record<string, number | boolean | string>;
  bindings?: Record<string, string>;
  name?: string | null;
  description?: string;
  tags?: string[];
  labels?: Record<string, string>;
  priority?: number;
  not_before_wall_s?: number | null;
  every?: string;
  every_zone?: string;
  hold?: string | null;
}

/** A note to be kept. */
export interface NewNote {
  text: string;
  vessel?: string | null;
  pinned_wall_s?: number | null;
}

/** Another profile for what runs. */
export interface NewRevision {
  text: string;
  file?: string;
  files?: Record<string, string>;
  inputs?: Record<string, number | boolean | string>;
  difference: string;
  accept_jumps?: boolean;
  move_to?: string;
}

/** Whom not to be told of, and for how long; at least one of the first three. */
export interface NewSilence {
  source?: string | null;
  place?: string | null;
  experiment?: string | null;
  for_s: number;
  reason?: string;
}

/** What a document is to say. */
export interface NewText {
  text: string;
  message?: string;
}

/** Something that a person wrote about an experiment. */
export interface Note {
  id: number;
  experiment: string;
  vessel: string | null;
  text: string;
  actor: string;
  at_wall_s: number;
  pinned_wall_s: number | null;
  changed_wall_s: number | null;
  version: string;
}

/** What a note is to say. */
export interface NoteChange {
  text: string;
}

/** Every way in which an action can end (SEMANTICS rule 5). */
export type Outcome = "done" | "failed" | "late" | "refused" | "skipped" | "unknown";

/** A phase, as the plan has it. */
export interface PhaseOutline {
  name: string;
  duration_s: number | null;
}

/** One stay of a vessel in a phase. */
export interface PhaseVisit {
  attempt: string;
  vessel: string;
  phase: string;
  visit: number;
  entered_process_s: number;
  entered_wall_s: number | null;
  left_process_s: number | null;
  left_wall_s: number | null;
  reason: string;
}

/** A picture of a vessel. */
export interface Picture {
  id: number;
  vessel: string;
  camera: string;
  label: string;
  file: string;
  sha256: string;
  size_bytes: number;
  process_s: number;
  at_wall_s: number;
  state: "gone" | "here" | "waiting";
}

/** Who is meant. */
export interface Places {
  places?: string[];
}

/** All that is looked at before a start, as it stands now. */
export interface Preflight {
  checks: Check[];
}

/** A button. */
export interface Press {
  button: string;
  vessel?: string | null;
}

/** RFC 9457; members beside these depend on the problem. */
export interface ProblemDocument {
  type: string;
  title: string;
  status: number;
  detail: string;
}

/** What a profile without errors is about. */
export interface ProfileSummary {
  name: string;
  description: string;
  tags: string[];
  vessels: string[];
  inputs: Input[];
}

/** One of them, as written. */
export interface ProfileText {
  file: string;
  text: string;
  files: Record<string, string>;
}

/** All of it: each reading names its attempt, revision, worker and calibration. */
export interface Provenance {
  experiment: string;
  name: string;
  actor: string;
  created_wall_s: number;
  revisions: RevisionMade[];
  attempts: AttemptMade[];
  imported: ImportMade | null;
}

/** What a pull came to. */
export interface PullResult {
  outcome: "ahead" | "forwarded" | "up-to-date";
  commit: string | null;
  text: string;
}

/** A pump, as the plan knows it. */
export interface PumpReport {
  medium: string;
  direction: "in" | "out";
  flow_ml_min: number;
}

/** Something that waits for a person, or waited. */
export interface Question {
  key: string;
  experiment: string;
  attempt: string;
  vessel: string;
  kind: string;
  text: string;
  choices: string[];
  answer_type: string;
  default: string | number | boolean | null;
  unit: string;
  asked_process_s: number;
  asked_wall_s: number | null;
  deadline_s: number | null;
  state: "answered" | "closed" | "open";
  answer: unknown;
  by: string;
  answered_wall_s: number | null;
}

/** What waits, in the order in which turns come. */
export interface Queue {
  hold: Held | null;
  entries: Entry[];
  version: string;
}

/** Hours of the day in which messages wait. */
export interface Quiet {
  from: string;
  until: string;
  timezone: string;
  loud: ("critical" | "info" | "warning")[];
}

/** What was in force at a reactor. */
export interface ReactorMade {
  calibrations: Record<string, string>;
}

/** What a reactor has. */
export interface ReactorReport {
  sensors: string[];
  outputs: string[];
  pumps: Record<string, PumpReport>;
  calibrations: Record<string, string>;
  capacity_ml: number;
  expires: Record<string, number>;
  cameras: string[];
  measured: Record<string, string[]>;
}

/** Live values: what `event: readings` of `/api/stream` carries. */
export interface ReadingsEvent {
  experiment: string;
  vessel: string;
  at_process_s: number;
  at_wall_s: number | null;
  values: Record<string, number>;
}

/** Why a document goes. */
export interface Removal {
  message?: string;
}

/** What really moved in a dose of which nobody saw the end. */
export interface Resolution {
  key: string;
  volume_ml: number;
  note?: string;
}

/** What its worker said to that. */
export interface Resolved {
  outcome: string;
  reason: string;
}

/** Which version is to come back. */
export interface Restoration {
  commit: string;
  message?: string;
}

/** What an experiment ran by. */
export interface Revision {
  revision: number;
  file_name: string;
  profile_hash: string;
  plan_hash: string;
  inputs: Record<string, number | boolean | string>;
  actor: string;
  at_wall_s: number;
  accept_jumps: boolean;
  move_to: string;
}

/** What it ran by, at one revision. */
export interface RevisionMade {
  revision: number;
  file: string;
  library_path: string;
  commit: string | null;
  profile_hash: string;
  plan_hash: string;
  inputs: Record<string, number | boolean | string>;
  actor: string;
  at_wall_s: number | null;
}

/** Back to an earlier revision. */
export interface Rollback {
  difference: string;
  revision?: number | null;
  accept_jumps?: boolean;
  move_to?: string;
}

/** One way to tell people, and how it does. */
export interface Route {
  name: string;
  to: string[];
  severities: ("critical" | "info" | "warning")[];
  users: string[];
  quiet: Quiet | null;
  quiet_until_wall_s: number | null;
  every_s: number;
  resolved: boolean;
  waiting: number;
  told_wall_s: number | null;
  tries: number;
  problem: string;
}

/** Whether a rule fired at the moment that was asked for, and why. */
export interface RuleVerdict {
  process_s: number;
  vessel: string;
  rule: string;
  fired: boolean;
  text: string;
  saw: Record<string, unknown>;
}

/** One vessel's part in the newest attempt. */
export interface Run {
  vessel: string;
  worker: string | null;
  reactor: string | null;
  state: State;
  reason: string;
  answer: "accepted" | "pending" | "refused";
  revision: number;
  phase: string | null;
  visit: number;
  process_s: number;
  phase_s: number | null;
  began_wall_s: number | null;
  ended_wall_s: number | null;
  waits_at: string | null;
  waits_for: string[];
}

/** Where one vessel's run stands; the worker is the truth of what runs. */
export interface RunReport {
  experiment: string;
  attempt: string;
  vessel: string;
  reactor: string;
  revision: number;
  plan_hash: string;
  state: string;
  control_seq: number;
  phase: string | null;
  visit: number;
  process_s: number;
  elapsed_s: number;
  phase_s: number;
  began_wall_s: number | null;
  waits_at: string | null;
  waits_for: string[];
  hands: HandReport[];
}

/** A reactor that tries its own devices. */
export interface SelfTest {
  id: string;
  reactor: string;
  by: string;
  began_wall_s: number;
  ended_wall_s: number | null;
  trials: Trial[];
  trouble: string;
}

/** A session of comparisons, as it stands. */
export interface SessionRecord {
  id: string;
  reactor: string;
  device: string;
  kind: string;
  by: string;
  began_wall_s: number;
  stage: string;
  done: number;
  of: number;
  prepare: string;
  asked: Asked | null;
  raw: number | null;
  sensor: string;
  lasts_s: number;
  points: [number, number][];
  trouble: string;
  raw_type: string;
  actual_type: string;
  method: string;
  room_ml: number | null;
}

/** One thing about a job that may be set. */
export interface SettingOffer {
  name: string;
  type: string;
  unit: string;
  description: string;
  default: number | boolean | string | null;
  minimum: number | null;
  maximum: number | null;
  choices: string[];
  required: boolean;
  editable: boolean;
}

/** A profile that comes with Axenic. */
export interface ShippedProfile {
  file: string;
  name: string;
  description: string;
  tags: string[];
}

/** What a sensor shows at this moment. */
export interface Shown {
  value: number | null;
  unit: string;
  reason: string;
}

/** One thing that a job measures or knows. */
export interface SignalOffer {
  name: string;
  type: string;
  unit: string;
  description: string;
}

/** The newest value of a signal. */
export interface SignalStanding {
  value: number | boolean | string;
  age_s: number;
  is_known: boolean;
}

/** Alerts that nobody is told of for a while. */
export interface Silence {
  id: number;
  source: string | null;
  place: string | null;
  experiment: string | null;
  reason: string;
  actor: string;
  began_wall_s: number;
  until_wall_s: number;
  lifted_by: string;
}

/** Where a file was included from, or what an automation stands in for. */
export interface Site {
  file: string;
  line: number;
  column: number;
  how: "expanded" | "included";
}

/** Axenic, or a plugin, and which version of it is where. */
export interface Software {
  name: string;
  leader: string | null;
  workers: Record<string, string | null>;
  differs: boolean;
}

/** Where in the profile it stands. */
export interface Source {
  file: string;
  line: number;
}

/** Where a vessel is, and whether the other plan has that phase. */
export interface Stand {
  vessel: string;
  phase: string | null;
  visit: number;
  removed: boolean;
}

/** A reactor now. */
export interface Standing {
  worker: string;
  reactor: string;
  run: RunReport | null;
  stopped: StopReport | null;
  jobs: JobStanding[];
  volume_ml: number | null;
  bottles: BottleStanding[];
}

/** What an experiment, or one vessel's run of it, is doing. */
export type State = "cancelled" | "completed" | "failed" | "paused" | "queued" | "running";

/** What became of all that was started, and of each part of it. */
export interface Statistics {
  by: "profile" | "user" | "vessel";
  total: Tally;
  items: Tally[];
  next: string | null;
}

/** One step of one run. */
export interface StepRecord {
  name: string;
  state: "done" | "failed" | "running" | "skipped" | "waiting";
  text: string;
  share: number | null;
  began_wall_s: number | null;
  ended_wall_s: number | null;
}

/** An emergency stop that nobody has released yet. */
export interface StopReport {
  by: string;
  at_wall_s: number;
  id: string;
}

/** What each worker said to an emergency stop. */
export interface Stopped {
  workers: Record<string, CommandOutcome>;
}

/** The machine; what it does not tell is null. */
export interface SystemReport {
  host: string;
  model: string | null;
  system: string;
  machine: string;
  python: string;
  axenic: string;
  process: number;
  uptime_s: number | null;
  load: number;
  memory_free_bytes: number | null;
  disk_free_bytes: number | null;
  temperature_c: number | null;
}

/** What became of attempts. */
export interface Tally {
  name: string;
  attempts: number;
  under_way: number;
  completed: number;
  failed: number;
  cancelled: number;
  success_rate: number | null;
  last_began_wall_s: number | null;
  last_success_wall_s: number | null;
  mean_duration_s: number | null;
  mean_expected_s: number | null;
  mean_ratio: number | null;
  estimated: number;
  within: number;
}

/** What was written differently. */
export interface TextDifference {
  old: string;
  new: string | null;
  difference: string;
}

/** One action at one moment to come. */
export interface TimetableRow {
  time_s: number | null;
  wall_s: number | null;
  wall: string | null;
  phase: string;
  phase_time_s: number | null;
  vessel: string;
  action_id: string;
  action: string;
  detail: string;
  estimated: boolean;
  source: Source;
}

/** What a vessel's worker said to it. */
export interface Told {
  vessel: string;
  outcome: string;
  reason: string;
}

/** What each of them said, by place. */
export interface ToldPlaces {
  places: Record<string, CommandOutcome>;
}

/** A page of a trace; `verdicts` answer `at`. */
export interface Trace {
  verdicts: RuleVerdict[];
  items: TraceLine[];
  next: string | null;
}

/** One thing that happened, or did not. */
export interface TraceLine {
  process_s: number;
  wall_s: number | null;
  vessel: string;
  kind: string;
  text: string;
  rule: string;
  key: string;
  saw: Record<string, unknown>;
  negative: boolean;
}

/** What a self-test made of one device. */
export interface Trial {
  device: string;
  result: "failed" | "passed" | "skipped" | "unseen";
  figure: string;
  reason: string;
}

/** What became of a test message. */
export interface Tried {
  route: string;
  problem: string;
  took_s: number;
}

/** What was moved of a medium at a vessel. */
export interface Volume {
  vessel: string;
  medium: string;
  moved_ml: number;
  from_bottle_ml: number;
  bottle_ml: number | null;
  shared: boolean;
}

/** What is to be done now. */
export interface WantedSteps {
  steps?: string[];
}

/** A worker, as last heard. */
export interface Worker {
  worker: string;
  state: "lost" | "ready" | "stopped" | "unknown";
  since_wall_s: number | null;
  seen_wall_s: number;
  clock: "trusted" | "uncertain" | null;
  version: string | null;
  reactors: Record<string, ReactorReport>;
  jobs: string[];
  tags: string[];
  plugins: Record<string, string>;
  runs: RunReport[];
  outbox_waiting: number;
  stopped: Record<string, StopReport>;
  simulated: boolean;
  free: boolean;
  free_reactors: string[];
  self_tests: SelfTest[];
}

/** Something that a worker's service was told to go by. */
export interface WorkerDocument {
  about: string;
  text: string;
}

/** A worker's own software, and its reactors that took part. */
export interface WorkerMade {
  version: string;
  simulated: boolean;
  plugins: Record<string, string>;
  reactors: Record<string, ReactorMade>;
}
