-- name: add_outbox
INSERT INTO outboxes (outbox, worker) VALUES (:outbox, :worker)
ON CONFLICT (outbox) DO UPDATE SET worker = excluded.worker
RETURNING serial

-- name: outbox
SELECT * FROM outboxes WHERE outbox = :outbox

-- name: outboxes
SELECT * FROM outboxes ORDER BY serial

-- name: ranges
SELECT first, last FROM outbox_ranges WHERE outbox = :serial ORDER BY first

-- name: drop_ranges
DELETE FROM outbox_ranges WHERE outbox = :serial AND first BETWEEN :first AND :last

-- name: add_range
INSERT INTO outbox_ranges (outbox, first, last) VALUES (:serial, :first, :last)

-- name: count
UPDATE outboxes
SET readings = readings + :readings, entries = entries + :entries, doubled = doubled + :doubled
WHERE serial = :serial

-- name: add_entry
INSERT INTO entries
  (outbox, number, run, revision, kind, process_s, wall_s, key, data)
VALUES
  (:outbox, :number, :run, :revision, :kind, :process_s, :wall_s, :key, :data)
ON CONFLICT DO NOTHING

-- name: ledger
SELECT number, run, revision, kind, process_s, wall_s, key, data FROM entries
WHERE run = :run AND number > :after
  AND kind NOT IN (SELECT value FROM json_each(:without))
ORDER BY number
LIMIT :limit

-- name: series_of_run
SELECT * FROM series WHERE outbox = :outbox AND boot = :boot AND run = :run ORDER BY id

-- name: add_series
INSERT INTO series
  (id, outbox, run, experiment, attempt, vessel, signal, revision, calibration, boot, wall_told,
   wall_base_us, wall_slack_us, monotonic_base_us, rolled_us)
VALUES
  (:id, :outbox, :run, :experiment, :attempt, :vessel, :signal, :revision, :calibration, :boot,
   :wall_told, :wall_base_us, :wall_slack_us, :monotonic_base_us, :rolled_us)
RETURNING id

-- name: widen_series
UPDATE series SET wall_slack_us = :wall_slack_us WHERE id = :series

-- name: tell_wall_time
UPDATE series SET wall_base_us = told.wall_base_us - told.monotonic_base_us + series.monotonic_base_us
FROM (SELECT wall_base_us, monotonic_base_us FROM series
      WHERE outbox = :outbox AND boot = :boot AND wall_told ORDER BY id DESC LIMIT 1) AS told
WHERE outbox = :outbox AND boot = :boot AND boot <> '' AND series.wall_base_us IS NULL

-- name: roll_up_readings
INSERT INTO rollups (series, minutes, number, n, minimum, maximum, total)
SELECT series, 1, time_us / 60000000, count(*), min(value), max(value), sum(value)
FROM readings
WHERE series = :series AND time_us >= :from_us AND time_us < :to_us
GROUP BY series, time_us / 60000000
ON CONFLICT (series, minutes, number) DO UPDATE
SET n = excluded.n, minimum = excluded.minimum, maximum = excluded.maximum, total = excluded.total

-- name: roll_up_minutes
INSERT INTO rollups (series, minutes, number, n, minimum, maximum, total)
SELECT series, 10, number / 10, CAST(sum(n) AS BIGINT), min(minimum), max(maximum), sum(total)
FROM rollups
WHERE series = :series AND minutes = 1
  AND number >= :from_us / 60000000 AND number < :to_us / 60000000
GROUP BY series, number / 10
ON CONFLICT (series, minutes, number) DO UPDATE
SET n = excluded.n, minimum = excluded.minimum, maximum = excluded.maximum, total = excluded.total

-- name: rolled
UPDATE series SET rolled_us = :to_us WHERE id = :series
