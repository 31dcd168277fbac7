-- name: add_event
INSERT INTO events (kind, at_wall_s, experiment, vessel, data)
VALUES (:kind, :at_wall_s, :experiment, :vessel, :data)
RETURNING event_id

-- name: events_after
SELECT * FROM events WHERE event_id > :after ORDER BY event_id LIMIT :limit

-- name: events_of_experiment_after
SELECT * FROM events
WHERE experiment = :experiment AND event_id > :after
ORDER BY event_id
LIMIT :limit

-- name: newest_event_id
SELECT coalesce(max(event_id), 0) AS event_id FROM events
