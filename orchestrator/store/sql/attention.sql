-- name: question
SELECT q.*, (a.outcome IS NOT NULL OR r.ended_state IS NOT NULL) AS over
FROM questions q
LEFT JOIN actions a ON a.action_id = q.key
LEFT JOIN runs r ON r.run = q.run
WHERE q.key = :key

-- name: questions
SELECT q.*, (a.outcome IS NOT NULL OR r.ended_state IS NOT NULL) AS over
FROM questions q
LEFT JOIN actions a ON a.action_id = q.key
LEFT JOIN runs r ON r.run = q.run
WHERE (:experiment IS NULL OR q.experiment = :experiment)
ORDER BY q.serial DESC
LIMIT :limit

-- name: open_questions
SELECT q.*, FALSE AS over
FROM questions q
LEFT JOIN actions a ON a.action_id = q.key
LEFT JOIN runs r ON r.run = q.run
WHERE q.answer IS NULL AND a.outcome IS NULL AND r.ended_state IS NULL
  AND (:experiment IS NULL OR q.experiment = :experiment)
ORDER BY q.serial DESC
LIMIT :limit

-- name: add_alert
INSERT INTO alerts
  (text, severity, source, raised_wall_s, experiment, vessel, worker, identity)
VALUES
  (:text, :severity, :source, :raised_wall_s, :experiment, :vessel, :worker, :identity)
RETURNING *

-- name: standing_alert
SELECT * FROM alerts WHERE identity = :identity AND resolved_wall_s IS NULL

-- name: alert
SELECT * FROM alerts WHERE id = :id

-- name: resolve_alerts
UPDATE alerts SET resolved_wall_s = :at_wall_s
WHERE identity = :identity AND resolved_wall_s IS NULL
RETURNING *

-- name: acknowledge_alert
UPDATE alerts SET acknowledged_by = :by, acknowledged_wall_s = :at_wall_s
WHERE id = :id AND acknowledged_wall_s IS NULL

-- name: alerts
SELECT * FROM alerts
WHERE id < :cursor
  AND (:experiment IS NULL OR experiment = :experiment)
  AND (NOT :open_only OR (acknowledged_wall_s IS NULL AND resolved_wall_s IS NULL))
ORDER BY id DESC
LIMIT :limit

-- name: undelivered_alerts
SELECT * FROM alerts WHERE delivery = 'due' ORDER BY id LIMIT :limit

-- name: settle_alerts
UPDATE alerts SET delivery = :delivery WHERE id IN (SELECT CAST(value AS BIGINT) FROM json_each(:ids))
