-- Alerts that say how often, where, and what people said to them; silences, which end by themselves.

ALTER TABLE alerts ADD COLUMN reactor TEXT;
ALTER TABLE alerts ADD COLUMN count INTEGER NOT NULL DEFAULT 1;
ALTER TABLE alerts ADD COLUMN last_wall_s REAL;
ALTER TABLE alerts ADD COLUMN acknowledged_note TEXT NOT NULL DEFAULT '';
ALTER TABLE alerts ADD COLUMN resolved_by TEXT NOT NULL DEFAULT '';
ALTER TABLE alerts ADD COLUMN resolved_note TEXT NOT NULL DEFAULT '';

CREATE INDEX alerts_that_stand ON alerts (source)
WHERE resolved_wall_s IS NULL AND acknowledged_wall_s IS NULL;

CREATE TABLE silences (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  source TEXT,
  place TEXT,
  experiment TEXT,
  reason TEXT NOT NULL,
  actor TEXT NOT NULL,
  began_wall_s REAL NOT NULL,
  until_wall_s REAL NOT NULL,
  lifted_by TEXT NOT NULL DEFAULT ''
);

CREATE INDEX silences_by_end ON silences (until_wall_s);
