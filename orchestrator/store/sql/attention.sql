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
  AND (:before IS NULL OR q.serial < (SELECT b.serial FROM questions b WHERE b.key = :before))
ORDER BY q.serial DESC
LIMIT :limit

-- name: open_questions
SELECT q.*, FALSE AS over
FROM questions q
LEFT JOIN actions a ON a.action_id = q.key
LEFT JOIN runs r ON r.run = q.run
WHERE q.answer IS NULL AND a.outcome IS NULL AND r.ended_state IS NULL
  AND (:experiment IS NULL OR q.experiment = :experiment)
  AND (:before IS NULL OR q.serial < (SELECT b.serial FROM questions b WHERE b.key = :before))
ORDER BY q.serial DESC
LIMIT :limit

-- name: count_reminder
UPDATE questions SET reminded = reminded + 1, reminded_wall_s = :at_wall_s
WHERE key = :key AND reminded = :reminded AND answer IS NULL

-- name: add_alert
INSERT INTO alerts
  (text, severity, source, raised_wall_s, experiment, vessel, worker, reactor, identity)
VALUES
  (:text, :severity, :source, :raised_wall_s, :experiment, :vessel, :worker, :reactor, :identity)
RETURNING *

-- name: place_of_vessel
SELECT worker, reactor FROM runs
WHERE experiment = :experiment AND vessel = :vessel AND worker IS NOT NULL
ORDER BY serial DESC LIMIT 1

-- name: count_alert
UPDATE alerts
SET count = count + 1, last_wall_s = :raised_wall_s,
  delivery = 'due'
WHERE source = :source AND text = :text AND identity IS NULL
  AND resolved_wall_s IS NULL AND acknowledged_wall_s IS NULL
  AND COALESCE(experiment, '') = COALESCE(:experiment, '')
  AND COALESCE(vessel, '') = COALESCE(:vessel, '')
RETURNING *

-- name: count_standing_alert
UPDATE alerts
SET count = count + 1, last_wall_s = :raised_wall_s,
  delivery = 'due'
WHERE identity = :identity AND resolved_wall_s IS NULL
RETURNING *

-- name: standing_alerts
SELECT * FROM alerts
WHERE resolved_wall_s IS NULL AND substr(identity, 1, length(:prefix)) = :prefix
ORDER BY id

-- name: standing_alert
SELECT * FROM alerts WHERE identity = :identity AND resolved_wall_s IS NULL

-- name: alert
SELECT * FROM alerts WHERE id = :id

-- name: resolve_alerts
UPDATE alerts SET resolved_wall_s = :at_wall_s,
  delivery = CASE WHEN delivery = 'due' THEN 'due' ELSE 'ended' END
WHERE identity = :identity AND resolved_wall_s IS NULL
RETURNING *

-- name: resolve_alert
UPDATE alerts SET resolved_by = :by, resolved_wall_s = :at_wall_s, resolved_note = :note,
  delivery = CASE WHEN delivery = 'due' THEN 'due' ELSE 'ended' END
WHERE id = :id AND resolved_wall_s IS NULL

-- name: acknowledge_alert
UPDATE alerts
SET acknowledged_by = :by, acknowledged_wall_s = :at_wall_s, acknowledged_note = :note
WHERE id = :id AND acknowledged_wall_s IS NULL

-- name: alerts
SELECT * FROM alerts
WHERE id < :cursor
  AND (:experiment IS NULL OR experiment = :experiment)
  AND (NOT :open_only OR (acknowledged_wall_s IS NULL AND resolved_wall_s IS NULL))
ORDER BY id DESC
LIMIT :limit
