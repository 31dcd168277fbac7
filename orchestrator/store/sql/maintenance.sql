-- name: begin_run
INSERT INTO maintenance_runs (cause, actor, state, began_wall_s)
VALUES (:cause, :actor, 'running', :at_wall_s)
RETURNING id

-- name: add_step
INSERT INTO maintenance_steps (run, position, name, state, text)
VALUES (:run, :position, :name, 'waiting', '')

-- name: tell_step
UPDATE maintenance_steps
SET state = :state, text = :text,
    began_wall_s = coalesce(began_wall_s, :at_wall_s),
    ended_wall_s = CASE WHEN :state IN ('waiting', 'running') THEN NULL ELSE :at_wall_s END
WHERE run = :run AND name = :name

-- name: end_run
UPDATE maintenance_runs SET state = :state, ended_wall_s = :at_wall_s
WHERE id = :run AND state = 'running'

-- name: end_steps
UPDATE maintenance_steps
SET state = CASE WHEN state = 'waiting' THEN 'skipped' ELSE 'failed' END,
    text = CASE WHEN state = 'waiting' THEN '' ELSE 'the leader ended in its midst' END,
    ended_wall_s = :at_wall_s
WHERE run = :run AND state IN ('waiting', 'running')

-- name: under_way
SELECT id FROM maintenance_runs WHERE state = 'running'

-- name: one_run
SELECT * FROM maintenance_runs WHERE id = :run

-- name: runs
SELECT * FROM maintenance_runs WHERE id < :before ORDER BY id DESC LIMIT :limit

-- name: steps
SELECT name, state, text, began_wall_s, ended_wall_s FROM maintenance_steps
WHERE run = :run
ORDER BY position

-- name: rates
SELECT name, count(*) AS tried, count(CASE WHEN state = 'done' THEN 1 END) AS done,
       max(CASE WHEN state = 'done' THEN ended_wall_s END) AS last_done_wall_s
FROM maintenance_steps
WHERE state IN ('done', 'failed')
GROUP BY name
ORDER BY name
