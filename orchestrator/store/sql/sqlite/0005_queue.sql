-- The queue: what people say of an experiment, on which terms it starts, where it stands.
-- `version` grows with each change that somebody could overlook.

ALTER TABLE experiments ADD COLUMN words TEXT NOT NULL DEFAULT '{}';
ALTER TABLE experiments ADD COLUMN terms TEXT NOT NULL DEFAULT '{}';
ALTER TABLE experiments ADD COLUMN place INTEGER NOT NULL DEFAULT 0;
ALTER TABLE experiments ADD COLUMN version INTEGER NOT NULL DEFAULT 1;

UPDATE experiments SET place = serial;
UPDATE experiments SET terms = json_object('asked', json((
  SELECT json_group_object(
    key,
    CASE WHEN json_extract(value, '$[0]') = json_extract(value, '$[1]')
         THEN json_extract(value, '$[0]')
         ELSE json_extract(value, '$[0]') || '/' || json_extract(value, '$[1]') END)
  FROM json_each(bindings))))
WHERE state = 'queued';

CREATE INDEX experiments_by_place ON experiments (place);

-- The fencing token of a run: the epoch that its worker was allotted with the attempt.

ALTER TABLE runs ADD COLUMN fence INTEGER NOT NULL DEFAULT 0;
CREATE INDEX runs_on_reactor ON runs (worker, reactor) WHERE ended_state IS NULL;

CREATE TABLE queue_holds (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  note TEXT NOT NULL,
  held_by TEXT NOT NULL,
  since_wall_s REAL NOT NULL
);
