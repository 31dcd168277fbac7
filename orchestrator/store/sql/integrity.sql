-- name: misplaced_readings
SELECT count(*) AS n FROM readings WHERE series NOT IN (SELECT id FROM series)

-- name: miscounted_outboxes
SELECT o.outbox, o.readings AS told, coalesce(found.n, 0) AS held
FROM outboxes o
LEFT JOIN (SELECT s.outbox, count(*) AS n FROM readings r JOIN series s ON s.id = r.series
           GROUP BY s.outbox) AS found ON found.outbox = o.serial
WHERE o.readings <> coalesce(found.n, 0)

-- name: miscounted_ranges
SELECT o.outbox, o.readings + o.entries AS told, coalesce(found.n, 0) AS numbered
FROM outboxes o
LEFT JOIN (SELECT outbox, sum(last - first + 1) AS n FROM outbox_ranges GROUP BY outbox) AS found
  ON found.outbox = o.serial
WHERE o.readings + o.entries > coalesce(found.n, 0)

-- name: lost_revisions
SELECT e.id FROM experiments e
LEFT JOIN revisions r ON r.experiment = e.id AND r.revision = e.revision
WHERE r.experiment IS NULL

-- name: held
SELECT (SELECT count(*) FROM experiments) AS experiments, (SELECT count(*) FROM readings) AS readings
