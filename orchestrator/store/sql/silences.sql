-- name: add_silence
INSERT INTO silences (source, place, experiment, reason, actor, began_wall_s, until_wall_s)
VALUES (:source, :place, :experiment, :reason, :actor, :began_wall_s, :until_wall_s)
RETURNING *

-- name: silences
SELECT * FROM silences
WHERE began_wall_s <= :at_wall_s AND until_wall_s > :at_wall_s
ORDER BY id DESC

-- name: silence
SELECT * FROM silences WHERE id = :id

-- name: lift_silence
UPDATE silences SET until_wall_s = :at_wall_s, lifted_by = :by
WHERE id = :id AND until_wall_s > :at_wall_s
