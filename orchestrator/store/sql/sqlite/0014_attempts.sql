-- Each start of an experiment, and how long it was expected to last then. What was imported ran
-- elsewhere, and is counted there.

CREATE TABLE attempts (
  serial INTEGER PRIMARY KEY AUTOINCREMENT,
  attempt TEXT NOT NULL UNIQUE,
  experiment TEXT NOT NULL,
  profile TEXT NOT NULL,
  began_wall_s REAL NOT NULL,
  expected_least_s REAL,
  expected_most_s REAL,
  expected_basis TEXT NOT NULL
);

CREATE INDEX attempts_by_beginning ON attempts (began_wall_s);

INSERT INTO attempts (attempt, experiment, profile, began_wall_s, expected_basis)
SELECT e.attempt, e.id, e.name, e.started_wall_s, ''
FROM experiments e
WHERE e.attempt IS NOT NULL AND e.started_wall_s IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM provenance p WHERE p.attempt = 'import:' || e.id)
ORDER BY e.serial;
