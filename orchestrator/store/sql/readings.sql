-- name: series_of_experiment
SELECT id, run, attempt, vessel, signal, revision, calibration, wall_base_us, wall_slack_us, rolled_us
FROM series
WHERE experiment = :experiment
  AND (:vessels = '[]' OR vessel IN (SELECT value FROM json_each(:vessels)))
  AND (:signals = '[]' OR signal IN (SELECT value FROM json_each(:signals)))
ORDER BY vessel, signal, id

-- name: signals
SELECT DISTINCT vessel, signal FROM series WHERE experiment = :experiment ORDER BY vessel, signal

-- name: newest
SELECT time_us, value, wall_shift_us FROM readings
WHERE series = :series
ORDER BY time_us DESC, number DESC
LIMIT 1

-- name: first_in
SELECT time_us FROM readings
WHERE series = :series AND time_us BETWEEN :from_us AND :to_us
ORDER BY time_us LIMIT 1

-- name: last_in
SELECT time_us FROM readings
WHERE series = :series AND time_us BETWEEN :from_us AND :to_us
ORDER BY time_us DESC LIMIT 1

-- name: count_in
SELECT count(*) FROM (
  SELECT 1 FROM readings
  WHERE series = :series AND time_us BETWEEN :from_us AND :to_us
  LIMIT :limit
) AS found

-- name: measured_in
SELECT time_us + :base_us, value FROM readings
WHERE series = :series AND time_us BETWEEN :from_us AND :to_us
ORDER BY time_us, number

-- name: measured_in_wall
SELECT time_us + :base_us + wall_shift_us, value FROM readings
WHERE series = :series AND time_us BETWEEN :from_us AND :to_us
ORDER BY time_us, number

-- name: intervals_of_readings
SELECT (time_us + :base_us) / :width_us, count(*), min(value), max(value), sum(value)
FROM readings
WHERE series = :series AND time_us BETWEEN :from_us AND :to_us
GROUP BY 1

-- name: intervals_of_rollups
SELECT (number * minutes * 60000000 + :base_us) / :width_us, CAST(sum(n) AS BIGINT), min(minimum), max(maximum),
       sum(total)
FROM rollups
WHERE series = :series AND minutes = :minutes AND number BETWEEN :first AND :last
GROUP BY 1

-- name: nth_after
SELECT time_us FROM readings
WHERE series = :series AND time_us > :after_us
ORDER BY time_us
LIMIT 1 OFFSET :n

-- name: export
SELECT r.time_us, s.wall_base_us + r.wall_shift_us + r.time_us AS wall_us, s.vessel, s.signal,
       r.value, s.attempt, s.revision, o.worker, o.outbox, r.number, s.calibration
FROM readings r
JOIN series s ON s.id = r.series
JOIN outboxes o ON o.serial = s.outbox
WHERE r.series IN (SELECT CAST(value AS BIGINT) FROM json_each(:series))
  AND r.time_us > :after_us AND r.time_us <= :to_us
ORDER BY r.time_us, o.serial, r.number
