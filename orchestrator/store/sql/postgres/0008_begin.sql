-- The whole schema as it was when PostgreSQL came in; SQLite got here in eight steps.

CREATE TABLE experiments (
  serial BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  state TEXT NOT NULL,
  reason TEXT NOT NULL DEFAULT '',
  actor TEXT NOT NULL,
  vessels TEXT NOT NULL,
  bindings TEXT NOT NULL,
  inputs TEXT NOT NULL,
  revision BIGINT NOT NULL,
  attempt TEXT,
  attempts BIGINT NOT NULL DEFAULT 0,
  wanted TEXT NOT NULL DEFAULT 'running',
  control_seq BIGINT NOT NULL DEFAULT 0,
  wanted_by TEXT NOT NULL DEFAULT '',
  created_wall_s DOUBLE PRECISION NOT NULL,
  started_wall_s DOUBLE PRECISION,
  ended_wall_s DOUBLE PRECISION,
  idempotency_key TEXT,
  words TEXT NOT NULL DEFAULT '{}',
  terms TEXT NOT NULL DEFAULT '{}',
  place BIGINT NOT NULL DEFAULT 0,
  version BIGINT NOT NULL DEFAULT 1,
  UNIQUE (actor, idempotency_key)
);

CREATE INDEX experiments_by_state ON experiments (state, serial);
CREATE INDEX experiments_by_place ON experiments (place);

CREATE TABLE revisions (
  experiment TEXT NOT NULL,
  revision BIGINT NOT NULL,
  file_name TEXT NOT NULL,
  profile_hash TEXT NOT NULL,
  plan_hash TEXT NOT NULL,
  git_commit TEXT,
  profile_text TEXT NOT NULL,
  plan_json TEXT NOT NULL,
  files TEXT NOT NULL DEFAULT '{}',
  actor TEXT NOT NULL DEFAULT '',
  at_wall_s DOUBLE PRECISION,
  inputs TEXT NOT NULL DEFAULT '{}',
  accept_jumps BOOLEAN NOT NULL DEFAULT FALSE,
  move_to TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (experiment, revision)
);

CREATE TABLE runs (
  serial BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  run TEXT NOT NULL UNIQUE,
  experiment TEXT NOT NULL,
  attempt TEXT NOT NULL,
  vessel TEXT NOT NULL,
  worker TEXT,
  reactor TEXT,
  revision BIGINT NOT NULL DEFAULT 1,
  answer TEXT NOT NULL DEFAULT 'accepted',
  answer_reason TEXT NOT NULL DEFAULT '',
  mode TEXT,
  mode_reason TEXT,
  mode_outbox TEXT,
  mode_number BIGINT,
  phase TEXT,
  visit BIGINT,
  phase_outbox TEXT,
  phase_number BIGINT,
  began_wall_s DOUBLE PRECISION,
  ended_state TEXT,
  ended_reason TEXT,
  ended_wall_s DOUBLE PRECISION,
  process_s DOUBLE PRECISION NOT NULL DEFAULT 0,
  fence BIGINT NOT NULL DEFAULT 0
);

CREATE INDEX runs_by_experiment ON runs (experiment, serial);
CREATE INDEX runs_open ON runs (worker, serial) WHERE ended_state IS NULL;
CREATE INDEX runs_on_reactor ON runs (worker, reactor) WHERE ended_state IS NULL;

CREATE TABLE phases (
  serial BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  run TEXT NOT NULL,
  phase TEXT NOT NULL,
  visit BIGINT NOT NULL,
  experiment TEXT NOT NULL,
  attempt TEXT NOT NULL,
  vessel TEXT NOT NULL,
  entered_process_s DOUBLE PRECISION,
  entered_wall_s DOUBLE PRECISION,
  left_process_s DOUBLE PRECISION,
  left_wall_s DOUBLE PRECISION,
  reason TEXT,
  UNIQUE (run, phase, visit)
);

CREATE INDEX phases_by_experiment ON phases (experiment, serial);

CREATE TABLE actions (
  serial BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  action_id TEXT NOT NULL UNIQUE,
  is_item BOOLEAN NOT NULL DEFAULT FALSE,
  experiment TEXT NOT NULL,
  attempt TEXT NOT NULL,
  vessel TEXT NOT NULL,
  revision BIGINT NOT NULL,
  action TEXT,
  detail TEXT,
  phase TEXT,
  item TEXT NOT NULL,
  nominal_s DOUBLE PRECISION,
  args TEXT,
  began_process_s DOUBLE PRECISION,
  began_wall_s DOUBLE PRECISION,
  ended_process_s DOUBLE PRECISION,
  ended_wall_s DOUBLE PRECISION,
  outcome TEXT,
  reason TEXT,
  result TEXT
);

CREATE INDEX actions_by_experiment ON actions (experiment, serial);

CREATE TABLE doses (
  serial BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  experiment TEXT NOT NULL,
  attempt TEXT NOT NULL,
  vessel TEXT NOT NULL,
  pump TEXT,
  medium TEXT,
  direction TEXT,
  cause TEXT,
  intended_ml DOUBLE PRECISION,
  moved_ml DOUBLE PRECISION,
  began_process_s DOUBLE PRECISION,
  began_wall_s DOUBLE PRECISION,
  ended_process_s DOUBLE PRECISION,
  outcome TEXT,
  reason TEXT,
  resolved_ml DOUBLE PRECISION,
  resolved_by TEXT,
  resolved_reason TEXT
);

CREATE INDEX doses_by_experiment ON doses (experiment, serial);

CREATE TABLE questions (
  serial BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  run TEXT NOT NULL,
  experiment TEXT NOT NULL,
  attempt TEXT NOT NULL,
  vessel TEXT NOT NULL,
  kind TEXT,
  text TEXT,
  choices TEXT,
  asked_process_s DOUBLE PRECISION,
  asked_wall_s DOUBLE PRECISION,
  deadline_s DOUBLE PRECISION,
  answer TEXT,
  answered_by TEXT,
  answered_wall_s DOUBLE PRECISION,
  answer_type TEXT,
  default_answer TEXT
);

CREATE INDEX questions_by_experiment ON questions (experiment, serial);
CREATE INDEX questions_unanswered ON questions (serial) WHERE answer IS NULL;

CREATE TABLE alerts (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  text TEXT NOT NULL,
  severity TEXT NOT NULL,
  source TEXT NOT NULL,
  raised_wall_s DOUBLE PRECISION NOT NULL,
  experiment TEXT,
  vessel TEXT,
  worker TEXT,
  identity TEXT,
  acknowledged_by TEXT NOT NULL DEFAULT '',
  acknowledged_wall_s DOUBLE PRECISION,
  resolved_wall_s DOUBLE PRECISION,
  delivery TEXT NOT NULL DEFAULT 'due'
);

CREATE INDEX alerts_by_experiment ON alerts (experiment, id);
CREATE INDEX alerts_due ON alerts (id) WHERE delivery = 'due';
CREATE UNIQUE INDEX alerts_standing ON alerts (identity) WHERE resolved_wall_s IS NULL;

CREATE TABLE events (
  event_id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind TEXT NOT NULL,
  at_wall_s DOUBLE PRECISION NOT NULL,
  experiment TEXT,
  vessel TEXT,
  data TEXT NOT NULL
);

CREATE INDEX events_by_experiment ON events (experiment, event_id);

CREATE TABLE workers (
  worker TEXT COLLATE "C" PRIMARY KEY,
  epoch BIGINT NOT NULL DEFAULT 0,
  seen_wall_s DOUBLE PRECISION NOT NULL DEFAULT 0,
  state TEXT,
  capabilities TEXT,
  calibrations TEXT
);

CREATE TABLE outboxes (
  serial BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  outbox TEXT NOT NULL UNIQUE,
  worker TEXT NOT NULL,
  readings BIGINT NOT NULL DEFAULT 0,
  entries BIGINT NOT NULL DEFAULT 0,
  doubled BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE outbox_ranges (
  outbox BIGINT NOT NULL,
  first BIGINT NOT NULL,
  last BIGINT NOT NULL,
  PRIMARY KEY (outbox, first)
);

CREATE TABLE entries (
  outbox BIGINT NOT NULL,
  number BIGINT NOT NULL,
  run TEXT NOT NULL,
  revision BIGINT NOT NULL,
  kind TEXT NOT NULL,
  process_s DOUBLE PRECISION NOT NULL,
  wall_s DOUBLE PRECISION,
  key TEXT,
  data TEXT NOT NULL,
  PRIMARY KEY (outbox, number)
);

CREATE INDEX entries_by_run ON entries (run, number);

-- A series holds what was measured in one calendar month, which its number tells: so its readings lie
-- in one partition, made when the month's first series is.

CREATE TABLE series (
  id BIGINT PRIMARY KEY,
  outbox BIGINT NOT NULL,
  run TEXT NOT NULL,
  experiment TEXT NOT NULL,
  attempt TEXT NOT NULL,
  vessel TEXT COLLATE "C" NOT NULL,
  signal TEXT COLLATE "C" NOT NULL,
  revision BIGINT NOT NULL,
  calibration TEXT NOT NULL,
  boot TEXT NOT NULL,
  wall_told BOOLEAN NOT NULL,
  wall_base_us BIGINT,
  wall_slack_us BIGINT NOT NULL,
  monotonic_base_us BIGINT NOT NULL,
  rolled_us BIGINT NOT NULL
);

CREATE INDEX series_by_experiment ON series (experiment, vessel, signal);
CREATE INDEX series_by_boot ON series (outbox, boot, run);

CREATE TABLE readings (
  series BIGINT NOT NULL,
  time_us BIGINT NOT NULL,
  number BIGINT NOT NULL,
  value DOUBLE PRECISION NOT NULL,
  wall_shift_us BIGINT NOT NULL,
  PRIMARY KEY (series, time_us, number)
) PARTITION BY RANGE (series);

CREATE TABLE rollups (
  series BIGINT NOT NULL,
  minutes BIGINT NOT NULL,
  number BIGINT NOT NULL,
  n BIGINT NOT NULL,
  minimum DOUBLE PRECISION NOT NULL,
  maximum DOUBLE PRECISION NOT NULL,
  total DOUBLE PRECISION NOT NULL,
  PRIMARY KEY (series, minutes, number)
);

CREATE TABLE queue_holds (
  one BIGINT PRIMARY KEY CHECK (one = 1),
  note TEXT NOT NULL,
  held_by TEXT NOT NULL,
  since_wall_s DOUBLE PRECISION NOT NULL
);

CREATE TABLE deeds (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at_wall_s DOUBLE PRECISION NOT NULL,
  actor TEXT NOT NULL,
  role TEXT NOT NULL,
  address TEXT NOT NULL,
  deed TEXT NOT NULL,
  experiment TEXT,
  detail TEXT NOT NULL,
  status BIGINT
);

CREATE INDEX deeds_by_experiment ON deeds (experiment, id);

CREATE TABLE notes (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  experiment TEXT NOT NULL,
  vessel TEXT,
  text TEXT NOT NULL,
  actor TEXT NOT NULL,
  at_wall_s DOUBLE PRECISION NOT NULL,
  pinned_wall_s DOUBLE PRECISION,
  changed_wall_s DOUBLE PRECISION
);

CREATE INDEX notes_by_experiment ON notes (experiment, id);

CREATE TABLE rehearsals (
  plan_hash TEXT PRIMARY KEY,
  data TEXT NOT NULL,
  at_wall_s DOUBLE PRECISION NOT NULL
);
