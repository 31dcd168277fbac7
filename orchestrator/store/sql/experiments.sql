-- name: add_experiment
INSERT INTO experiments
  (id, name, state, actor, vessels, bindings, inputs, revision, created_wall_s, idempotency_key,
   words, terms, place)
VALUES
  (:id, :name, :state, :actor, :vessels, :bindings, :inputs, :revision, :created_wall_s,
   :idempotency_key, :words, :terms, (SELECT coalesce(max(place), 0) + 1 FROM experiments))

-- name: add_revision
INSERT INTO revisions
  (experiment, revision, file_name, profile_hash, plan_hash, git_commit, profile_text, plan_json,
   files, inputs, actor, at_wall_s, accept_jumps, move_to, library_path)
VALUES
  (:experiment, :revision, :file_name, :profile_hash, :plan_hash, :git_commit, :profile_text,
   :plan_json, :files, :inputs, :actor, :at_wall_s, :accept_jumps, :move_to,
   :library_path)

-- name: revisions
SELECT * FROM revisions WHERE experiment = :experiment ORDER BY revision

-- name: take_revision
UPDATE experiments SET revision = :revision, inputs = :inputs WHERE id = :experiment

-- name: experiment
SELECT e.*, r.file_name, r.profile_hash, r.plan_hash, r.git_commit
FROM experiments e JOIN revisions r ON r.experiment = e.id AND r.revision = e.revision
WHERE e.id = :id

-- name: experiment_by_idempotency_key
SELECT e.*, r.file_name, r.profile_hash, r.plan_hash, r.git_commit
FROM experiments e JOIN revisions r ON r.experiment = e.id AND r.revision = e.revision
WHERE e.actor = :actor AND e.idempotency_key = :key

-- name: experiments
SELECT e.*, r.file_name, r.profile_hash, r.plan_hash, r.git_commit
FROM experiments e JOIN revisions r ON r.experiment = e.id AND r.revision = e.revision
WHERE e.serial < :before
  AND (:states = '[]' OR e.state IN (SELECT value FROM json_each(:states)))
ORDER BY e.serial DESC
LIMIT :limit

-- name: documents
SELECT r.* FROM revisions r JOIN experiments e ON e.id = r.experiment
WHERE r.experiment = :experiment AND r.revision = coalesce(:revision, e.revision)

-- name: change_state
UPDATE experiments
SET state = :state, reason = :reason, version = version + 1,
    ended_wall_s = CASE WHEN :ended THEN :at_wall_s ELSE ended_wall_s END
WHERE id = :id

-- name: explain
UPDATE experiments SET reason = :reason WHERE id = :id AND reason <> :reason

-- name: begin_attempt
UPDATE experiments
SET state = :state, reason = '', attempts = attempts + 1, attempt = id || '.' || (attempts + 1),
    bindings = :bindings, started_wall_s = :at_wall_s, version = version + 1
WHERE id = :id

-- name: add_run
INSERT INTO runs (run, experiment, attempt, vessel, worker, reactor, revision, answer, fence)
VALUES (:run, :experiment, :attempt, :vessel, :worker, :reactor, :revision, 'pending', :fence)

-- name: add_provenance
INSERT INTO provenance (attempt, experiment, data) VALUES (:attempt, :experiment, :data)

-- name: provenance
SELECT attempt, data FROM provenance WHERE experiment = :experiment ORDER BY attempt

-- name: finish_import
UPDATE experiments
SET state = :state, reason = :reason, attempt = :attempt, attempts = :attempts,
    bindings = :bindings, started_wall_s = :started_wall_s, ended_wall_s = :ended_wall_s
WHERE id = :id

-- name: end_imported_run
UPDATE runs
SET answer = 'accepted', began_wall_s = :began_wall_s, ended_state = :ended_state,
    ended_reason = :ended_reason, ended_wall_s = :ended_wall_s
WHERE run = :run

-- name: wish
UPDATE experiments SET wanted = :wanted, wanted_by = :by, control_seq = control_seq + 1
WHERE id = :id

-- name: runs
SELECT * FROM runs
WHERE (:experiment IS NULL OR experiment = :experiment)
  AND (:worker IS NULL OR worker = :worker)
  AND (NOT :open_only OR ended_state IS NULL)
ORDER BY serial

-- name: run
SELECT * FROM runs WHERE run = :run

-- name: answer_run
UPDATE runs
SET answer = :answer, answer_reason = :reason,
    ended_state = CASE WHEN :answer = 'refused' THEN coalesce(ended_state, 'failed')
                       ELSE ended_state END,
    ended_wall_s = CASE WHEN :answer = 'refused' THEN coalesce(ended_wall_s, :at_wall_s)
                        ELSE ended_wall_s END
WHERE run = :run AND (answer <> :answer OR answer_reason <> :reason) AND mode IS NULL

-- name: end_run
UPDATE runs SET ended_state = :state, ended_reason = :reason, ended_wall_s = :at_wall_s
WHERE run = :run AND ended_state IS NULL

-- name: advance_run
UPDATE runs SET process_s = :process_s WHERE run = :run AND process_s < :process_s
