-- name: add_attempt
INSERT INTO attempts
  (attempt, experiment, profile, began_wall_s, expected_least_s, expected_most_s, expected_basis)
VALUES
  (:attempt, :experiment, :profile, :began_wall_s, :expected_least_s, :expected_most_s,
   :expected_basis)

-- name: expect
UPDATE attempts
SET expected_least_s = :expected_least_s, expected_most_s = :expected_most_s,
    expected_basis = :expected_basis
WHERE attempt = :attempt AND expected_most_s IS NULL

-- name: tallies
WITH tried AS (
  SELECT a.serial, a.began_wall_s, e.state, e.ended_wall_s, a.expected_least_s, a.expected_most_s,
         CASE :by WHEN 'profile' THEN a.profile WHEN 'user' THEN e.actor ELSE '' END AS name
  FROM attempts a JOIN experiments e ON e.id = a.experiment
  WHERE :by <> 'vessel'
  UNION ALL
  SELECT r.serial, a.began_wall_s, coalesce(r.ended_state, 'running') AS state, r.ended_wall_s,
         a.expected_least_s, a.expected_most_s,
         CASE WHEN coalesce(r.reactor, r.worker) = r.worker THEN r.worker
              ELSE r.worker || '/' || r.reactor END AS name
  FROM attempts a JOIN runs r ON r.experiment = a.experiment AND r.attempt = a.attempt
  WHERE :by = 'vessel' AND r.worker IS NOT NULL
), known AS (
  SELECT tried.*, state = 'completed' AS is_completed, ended_wall_s - began_wall_s AS duration_s,
         CASE WHEN expected_most_s > 0 THEN (expected_least_s + expected_most_s) / 2 END
           AS expected_s
  FROM tried
  WHERE began_wall_s >= :since_wall_s AND began_wall_s < :until_wall_s
)
SELECT name, max(serial) AS serial, count(*) AS attempts,
       count(CASE WHEN state NOT IN ('completed', 'failed', 'cancelled') THEN 1 END) AS under_way,
       count(CASE WHEN is_completed THEN 1 END) AS completed,
       count(CASE WHEN state = 'failed' THEN 1 END) AS failed,
       count(CASE WHEN state = 'cancelled' THEN 1 END) AS cancelled,
       max(began_wall_s) AS last_began_wall_s,
       max(CASE WHEN is_completed THEN ended_wall_s END) AS last_success_wall_s,
       avg(CASE WHEN is_completed THEN duration_s END) AS mean_duration_s,
       avg(CASE WHEN is_completed THEN expected_s END) AS mean_expected_s,
       avg(CASE WHEN is_completed THEN duration_s / expected_s END) AS mean_ratio,
       count(CASE WHEN is_completed THEN expected_s END) AS estimated,
       count(CASE WHEN is_completed AND duration_s BETWEEN expected_least_s AND expected_most_s
                  THEN 1 END) AS within
FROM known
GROUP BY name
HAVING max(serial) < :before
ORDER BY max(serial) DESC
LIMIT :limit

-- name: attempts
SELECT a.*, e.name, e.actor, e.state, e.reason, e.bindings, e.ended_wall_s
FROM attempts a JOIN experiments e ON e.id = a.experiment
WHERE a.serial < :before
  AND a.began_wall_s >= :since_wall_s AND a.began_wall_s < :until_wall_s
  AND (:profile IS NULL OR a.profile = :profile)
  AND (:user IS NULL OR e.actor = :user)
  AND (:vessel IS NULL OR EXISTS (
    SELECT 1 FROM runs r
    WHERE r.experiment = a.experiment AND r.attempt = a.attempt AND r.worker IS NOT NULL
      AND :vessel = CASE WHEN coalesce(r.reactor, r.worker) = r.worker THEN r.worker
                         ELSE r.worker || '/' || r.reactor END))
ORDER BY a.serial DESC
LIMIT :limit

-- name: attempt
SELECT a.*, e.name, e.actor, e.state, e.reason, e.bindings, e.ended_wall_s
FROM attempts a JOIN experiments e ON e.id = a.experiment
WHERE a.attempt = :attempt

-- name: outcomes
SELECT coalesce(outcome, 'open') AS outcome, count(*) AS n FROM actions
WHERE experiment = :experiment AND attempt = :attempt AND NOT is_item
GROUP BY coalesce(outcome, 'open')

-- name: steps
SELECT * FROM (
  SELECT 'phase' AS kind, 0 AS is_action, serial, vessel, phase, phase AS name, '' AS detail,
         entered_process_s AS began_process_s, entered_wall_s AS began_wall_s,
         left_process_s AS ended_process_s, left_wall_s AS ended_wall_s,
         CAST(NULL AS TEXT) AS outcome, coalesce(reason, '') AS reason, '' AS action_id
  FROM phases
  WHERE experiment = :experiment AND attempt = :attempt
    AND (:vessel IS NULL OR vessel = :vessel)
  UNION ALL
  SELECT coalesce(action, '') AS kind, 1 AS is_action, serial, vessel, phase, item AS name,
         coalesce(detail, '') AS detail, began_process_s, began_wall_s, ended_process_s,
         ended_wall_s, outcome, coalesce(reason, '') AS reason, action_id
  FROM actions
  WHERE experiment = :experiment AND attempt = :attempt AND NOT is_item
    AND (:vessel IS NULL OR vessel = :vessel)
) AS steps
ORDER BY coalesce(began_process_s, ended_process_s, 0), is_action, serial
LIMIT :limit OFFSET :after
