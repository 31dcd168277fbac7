-- Who asked for what, when and from where; status is NULL until it is done, or for ever.

CREATE TABLE deeds (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at_wall_s REAL NOT NULL,
  actor TEXT NOT NULL,
  role TEXT NOT NULL,
  address TEXT NOT NULL,
  deed TEXT NOT NULL,
  experiment TEXT,
  detail TEXT NOT NULL,
  status INTEGER
);

CREATE INDEX deeds_by_experiment ON deeds (experiment, id);

CREATE TABLE notes (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  experiment TEXT NOT NULL,
  vessel TEXT,
  text TEXT NOT NULL,
  actor TEXT NOT NULL,
  at_wall_s REAL NOT NULL,
  pinned_wall_s REAL,
  changed_wall_s REAL
);

CREATE INDEX notes_by_experiment ON notes (experiment, id);

-- What rehearsals of plans came to; they come out alike each time.

CREATE TABLE rehearsals (
  plan_hash TEXT PRIMARY KEY,
  data TEXT NOT NULL,
  at_wall_s REAL NOT NULL
);
