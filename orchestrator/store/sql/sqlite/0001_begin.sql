-- What was submitted.

CREATE TABLE experiments (
  serial INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  state TEXT NOT NULL,
  reason TEXT NOT NULL DEFAULT '',
  actor TEXT NOT NULL,
  vessels TEXT NOT NULL,
  bindings TEXT NOT NULL,
  inputs TEXT NOT NULL,
  revision INTEGER NOT NULL,
  attempt TEXT,
  attempts INTEGER NOT NULL DEFAULT 0,
  wanted TEXT NOT NULL DEFAULT 'running',
  control_seq INTEGER NOT NULL DEFAULT 0,
  wanted_by TEXT NOT NULL DEFAULT '',
  created_wall_s REAL NOT NULL,
  started_wall_s REAL,
  ended_wall_s REAL,
  idempotency_key TEXT,
  UNIQUE (actor, idempotency_key)
);

CREATE INDEX experiments_by_state ON experiments (state, serial);

CREATE TABLE revisions (
  experiment TEXT NOT NULL,
  revision INTEGER NOT NULL,
  file_name TEXT NOT NULL,
  profile_hash TEXT NOT NULL,
  plan_hash TEXT NOT NULL,
  git_commit TEXT,
  profile_text TEXT NOT NULL,
  plan_json TEXT NOT NULL,
  PRIMARY KEY (experiment, revision)
);

-- What came of it. Folded from ledgers, so the order in which lines arrive must not matter: each line
-- writes columns of its own, or says (outbox, number) where a later line wins.

CREATE TABLE runs (
  serial INTEGER PRIMARY KEY AUTOINCREMENT,
  run TEXT NOT NULL UNIQUE,
  experiment TEXT NOT NULL,
  attempt TEXT NOT NULL,
  vessel TEXT NOT NULL,
  worker TEXT,
  reactor TEXT,
  revision INTEGER NOT NULL DEFAULT 1,
  answer TEXT NOT NULL DEFAULT 'accepted',
  answer_reason TEXT NOT NULL DEFAULT '',
  mode TEXT,
  mode_reason TEXT,
  mode_outbox TEXT,
  mode_number INTEGER,
  phase TEXT,
  visit INTEGER,
  phase_outbox TEXT,
  phase_number INTEGER,
  began_wall_s REAL,
  ended_state TEXT,
  ended_reason TEXT,
  ended_wall_s REAL,
  process_s REAL NOT NULL DEFAULT 0
);

CREATE INDEX runs_by_experiment ON runs (experiment, serial);
CREATE INDEX runs_open ON runs (worker, serial) WHERE ended_state IS NULL;

CREATE TABLE phases (
  serial INTEGER PRIMARY KEY AUTOINCREMENT,
  run TEXT NOT NULL,
  phase TEXT NOT NULL,
  visit INTEGER NOT NULL,
  experiment TEXT NOT NULL,
  attempt TEXT NOT NULL,
  vessel TEXT NOT NULL,
  entered_process_s REAL,
  entered_wall_s REAL,
  left_process_s REAL,
  left_wall_s REAL,
  reason TEXT,
  UNIQUE (run, phase, visit)
);

CREATE INDEX phases_by_experiment ON phases (experiment, serial);

CREATE TABLE actions (
  serial INTEGER PRIMARY KEY AUTOINCREMENT,
  action_id TEXT NOT NULL UNIQUE,
  is_item INTEGER NOT NULL DEFAULT 0,
  experiment TEXT NOT NULL,
  attempt TEXT NOT NULL,
  vessel TEXT NOT NULL,
  revision INTEGER NOT NULL,
  action TEXT,
  detail TEXT,
  phase TEXT,
  item TEXT NOT NULL,
  nominal_s REAL,
  args TEXT,
  began_process_s REAL,
  began_wall_s REAL,
  ended_process_s REAL,
  ended_wall_s REAL,
  outcome TEXT,
  reason TEXT,
  result TEXT
);

CREATE INDEX actions_by_experiment ON actions (experiment, serial);

CREATE TABLE doses (
  serial INTEGER PRIMARY KEY AUTOINCREMENT,
  key TEXT NOT NULL UNIQUE,
  experiment TEXT NOT NULL,
  attempt TEXT NOT NULL,
  vessel TEXT NOT NULL,
  pump TEXT,
  medium TEXT,
  direction TEXT,
  cause TEXT,
  intended_ml REAL,
  moved_ml REAL,
  began_process_s REAL,
  began_wall_s REAL,
  ended_process_s REAL,
  outcome TEXT,
  reason TEXT
);

CREATE INDEX doses_by_experiment ON doses (experiment, serial);

CREATE TABLE questions (
  serial INTEGER PRIMARY KEY AUTOINCREMENT,
  key TEXT NOT NULL UNIQUE,
  run TEXT NOT NULL,
  experiment TEXT NOT NULL,
  attempt TEXT NOT NULL,
  vessel TEXT NOT NULL,
  kind TEXT,
  text TEXT,
  choices TEXT,
  asked_process_s REAL,
  asked_wall_s REAL,
  deadline_s REAL,
  answer TEXT,
  answered_by TEXT,
  answered_wall_s REAL
);

CREATE INDEX questions_by_experiment ON questions (experiment, serial);
CREATE INDEX questions_unanswered ON questions (serial) WHERE answer IS NULL;

CREATE TABLE alerts (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  text TEXT NOT NULL,
  severity TEXT NOT NULL,
  source TEXT NOT NULL,
  raised_wall_s REAL NOT NULL,
  experiment TEXT,
  vessel TEXT,
  worker TEXT,
  identity TEXT,
  acknowledged_by TEXT NOT NULL DEFAULT '',
  acknowledged_wall_s REAL,
  resolved_wall_s REAL,
  delivery TEXT NOT NULL DEFAULT 'due'
);

CREATE INDEX alerts_by_experiment ON alerts (experiment, id);
CREATE INDEX alerts_due ON alerts (id) WHERE delivery = 'due';
CREATE UNIQUE INDEX alerts_standing ON alerts (identity) WHERE resolved_wall_s IS NULL;

CREATE TABLE events (
  event_id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  at_wall_s REAL NOT NULL,
  experiment TEXT,
  vessel TEXT,
  data TEXT NOT NULL
);

CREATE INDEX events_by_experiment ON events (experiment, event_id);

CREATE TABLE workers (
  worker TEXT PRIMARY KEY,
  epoch INTEGER NOT NULL DEFAULT 0,
  seen_wall_s REAL NOT NULL DEFAULT 0,
  state TEXT,
  capabilities TEXT
);

-- What arrived, exactly once.

CREATE TABLE outboxes (
  serial INTEGER PRIMARY KEY,
  outbox TEXT NOT NULL UNIQUE,
  worker TEXT NOT NULL,
  readings INTEGER NOT NULL DEFAULT 0,
  entries INTEGER NOT NULL DEFAULT 0,
  doubled INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE outbox_ranges (
  outbox INTEGER NOT NULL,
  first INTEGER NOT NULL,
  last INTEGER NOT NULL,
  PRIMARY KEY (outbox, first)
) WITHOUT ROWID;

CREATE TABLE entries (
  outbox INTEGER NOT NULL,
  number INTEGER NOT NULL,
  run TEXT NOT NULL,
  revision INTEGER NOT NULL,
  kind TEXT NOT NULL,
  process_s REAL NOT NULL,
  wall_s REAL,
  key TEXT,
  data TEXT NOT NULL,
  PRIMARY KEY (outbox, number)
) WITHOUT ROWID;

CREATE INDEX entries_by_run ON entries (run, number);

-- All that readings have in common is said once, in their series. A reading's wall time is
-- time_us + wall_base_us + wall_shift_us; the shift is nearly always 0, which takes no bytes at all,
-- and at most wall_slack_us either way.
-- Readings of a clock that was not trusted (wall_told = 0) get their base when the boot's is known.

CREATE TABLE series (
  id INTEGER PRIMARY KEY,
  outbox INTEGER NOT NULL,
  run TEXT NOT NULL,
  experiment TEXT NOT NULL,
  attempt TEXT NOT NULL,
  vessel TEXT NOT NULL,
  signal TEXT NOT NULL,
  revision INTEGER NOT NULL,
  calibration TEXT NOT NULL,
  boot TEXT NOT NULL,
  wall_told INTEGER NOT NULL,
  wall_base_us INTEGER,
  wall_slack_us INTEGER NOT NULL,
  monotonic_base_us INTEGER NOT NULL,
  rolled_us INTEGER NOT NULL
);

CREATE INDEX series_by_experiment ON series (experiment, vessel, signal);
CREATE INDEX series_by_boot ON series (outbox, boot, run);

CREATE TABLE readings (
  series INTEGER NOT NULL,
  time_us INTEGER NOT NULL,
  number INTEGER NOT NULL,
  value REAL NOT NULL,
  wall_shift_us INTEGER NOT NULL,
  PRIMARY KEY (series, time_us, number)
) WITHOUT ROWID;

-- Whole minutes of process time before the series' rolled_us, and whole tens of them.

CREATE TABLE rollups (
  series INTEGER NOT NULL,
  minutes INTEGER NOT NULL,
  number INTEGER NOT NULL,
  n INTEGER NOT NULL,
  minimum REAL NOT NULL,
  maximum REAL NOT NULL,
  total REAL NOT NULL,
  PRIMARY KEY (series, minutes, number)
) WITHOUT ROWID;
