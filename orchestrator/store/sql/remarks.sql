-- name: begin_deed
INSERT INTO deeds (at_wall_s, actor, role, address, deed, experiment, detail)
VALUES (:at_wall_s, :actor, :role, :address, :deed, :experiment, :detail)
RETURNING id

-- name: end_deed
UPDATE deeds SET status = :status, experiment = coalesce(:experiment, experiment) WHERE id = :id

-- name: deeds
SELECT * FROM deeds
WHERE id < :before
  AND (:experiment IS NULL OR experiment = :experiment)
  AND (:actor IS NULL OR actor = :actor)
  AND (:deed IS NULL OR deed = :deed)
ORDER BY id DESC
LIMIT :limit

-- name: add_note
INSERT INTO notes (experiment, vessel, text, actor, at_wall_s, pinned_wall_s)
VALUES (:experiment, :vessel, :text, :actor, :at_wall_s, :pinned_wall_s)
RETURNING *

-- name: note
SELECT * FROM notes WHERE id = :id

-- name: change_note
UPDATE notes SET text = :text, changed_wall_s = :at_wall_s WHERE id = :id

-- name: drop_note
DELETE FROM notes WHERE id = :id

-- name: notes
SELECT * FROM notes WHERE experiment = :experiment ORDER BY id

-- name: keep_rehearsal
INSERT INTO rehearsals (plan_hash, data, at_wall_s) VALUES (:plan_hash, :data, :at_wall_s)
ON CONFLICT (plan_hash) DO UPDATE SET data = excluded.data, at_wall_s = excluded.at_wall_s

-- name: rehearsal
SELECT data FROM rehearsals WHERE plan_hash = :plan_hash
