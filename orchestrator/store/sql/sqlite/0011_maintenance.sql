-- Runs of maintenance, and how each of their steps fared. Two never overlap.

CREATE TABLE maintenance_runs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  cause TEXT NOT NULL,
  actor TEXT NOT NULL,
  state TEXT NOT NULL,
  began_wall_s REAL NOT NULL,
  ended_wall_s REAL
);

CREATE UNIQUE INDEX maintenance_under_way ON maintenance_runs (state) WHERE state = 'running';

CREATE TABLE maintenance_steps (
  run INTEGER NOT NULL,
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  state TEXT NOT NULL,
  text TEXT NOT NULL,
  began_wall_s REAL,
  ended_wall_s REAL,
  PRIMARY KEY (run, position)
);
