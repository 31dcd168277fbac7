-- name: pictures
SELECT serial AS id, run, file, experiment, attempt, vessel, key, camera, label, sha256, size_bytes,
  process_s, at_wall_s, state
FROM pictures
WHERE experiment = :experiment
  AND (:vessel IS NULL OR vessel = :vessel)
  AND serial < :before
ORDER BY serial DESC
LIMIT :limit

-- name: picture
SELECT serial AS id, run, file, experiment, attempt, vessel, key, camera, label, sha256, size_bytes,
  process_s, at_wall_s, state
FROM pictures
WHERE serial = :id

-- name: next_picture
SELECT p.serial AS id, p.run, p.file, p.experiment, p.attempt, p.vessel, p.key, p.camera, p.label,
  p.sha256, p.size_bytes, p.process_s, p.at_wall_s, p.state
FROM pictures p
JOIN runs r ON r.run = p.run
WHERE p.state = 'waiting'
  AND r.worker = :worker
ORDER BY p.serial
LIMIT 1

-- name: settle_picture
UPDATE pictures SET state = :state WHERE serial = :id AND state <> :state
