-- name: actions_newest
SELECT * FROM actions
WHERE experiment = :experiment AND serial < :cursor
  AND (:vessel IS NULL OR vessel = :vessel) AND (:with_items OR NOT is_item)
ORDER BY serial DESC
LIMIT :limit

-- name: actions_oldest
SELECT * FROM actions
WHERE experiment = :experiment AND serial > :cursor
  AND (:vessel IS NULL OR vessel = :vessel) AND (:with_items OR NOT is_item)
ORDER BY serial
LIMIT :limit

-- name: phases
SELECT * FROM phases WHERE experiment = :experiment ORDER BY serial

-- name: doses
SELECT * FROM doses
WHERE experiment = :experiment AND serial < :cursor AND (:vessel IS NULL OR vessel = :vessel)
  AND (NOT :unresolved OR (outcome = 'unknown' AND resolved_ml IS NULL))
ORDER BY serial DESC
LIMIT :limit

-- name: volumes
SELECT vessel, medium, sum(coalesce(resolved_ml, moved_ml, intended_ml, 0.0)) AS volume_ml FROM doses
WHERE experiment = :experiment
GROUP BY vessel, medium

-- name: accounts
SELECT vessel, data FROM events
WHERE experiment = :experiment AND kind = 'account'
ORDER BY event_id
