-- name: next_epoch
INSERT INTO workers (worker, epoch) VALUES (:worker, :above + 1)
ON CONFLICT (worker) DO UPDATE SET epoch = CASE WHEN workers.epoch < :above THEN :above ELSE workers.epoch END + 1
RETURNING epoch

-- name: worker
SELECT * FROM workers WHERE worker = :worker

-- name: workers
SELECT * FROM workers ORDER BY worker

-- name: keep_state
INSERT INTO workers (worker, state, seen_wall_s) VALUES (:worker, :state, :at_wall_s)
ON CONFLICT (worker) DO UPDATE SET state = excluded.state, seen_wall_s = excluded.seen_wall_s

-- name: keep_capabilities
INSERT INTO workers (worker, capabilities, seen_wall_s) VALUES (:worker, :capabilities, :at_wall_s)
ON CONFLICT (worker)
DO UPDATE SET capabilities = excluded.capabilities, seen_wall_s = excluded.seen_wall_s

-- name: keep_calibrations
INSERT INTO workers (worker, calibrations, seen_wall_s) VALUES (:worker, :calibrations, :at_wall_s)
ON CONFLICT (worker)
DO UPDATE SET calibrations = excluded.calibrations, seen_wall_s = excluded.seen_wall_s
