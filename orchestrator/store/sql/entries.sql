-- name: waiting
SELECT id, actor, terms, place FROM experiments WHERE state = 'queued' ORDER BY place

-- name: open_of
SELECT count(*) AS n FROM experiments
WHERE actor = :actor AND state IN ('queued', 'running', 'paused')

-- name: change_entry
UPDATE experiments
SET name = :name, words = :words, terms = :terms, bindings = :bindings, vessels = :vessels,
    version = version + 1
WHERE id = :id

-- name: place
UPDATE experiments SET place = :place, version = version + 1 WHERE id = :id

-- name: taken
SELECT run FROM runs
WHERE worker = :worker AND reactor = :reactor AND ended_state IS NULL
LIMIT 1

-- name: hold_queue
INSERT INTO queue_holds (one, note, held_by, since_wall_s)
VALUES (1, :note, :by, :since_wall_s)
ON CONFLICT (one) DO UPDATE
SET note = excluded.note, held_by = excluded.held_by, since_wall_s = excluded.since_wall_s

-- name: release_queue
DELETE FROM queue_holds

-- name: queue_hold
SELECT * FROM queue_holds
