-- Runs of maintenance, and how each of their steps fared. Two never overlap.

CREATE TABLE maintenance_runs (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  cause TEXT NOT NULL,
  actor TEXT NOT NULL,
  state TEXT NOT NULL,
  began_wall_s DOUBLE PRECISION NOT NULL,
  ended_wall_s DOUBLE PRECISION
);

CREATE UNIQUE INDEX maintenance_under_way ON maintenance_runs (state) WHERE state = 'running';

CREATE TABLE maintenance_steps (
  run BIGINT NOT NULL,
  position BIGINT NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  state TEXT NOT NULL,
  text TEXT NOT NULL,
  began_wall_s DOUBLE PRECISION,
  ended_wall_s DOUBLE PRECISION,
  PRIMARY KEY (run, position)
);
