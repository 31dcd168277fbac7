-- name: append_entry
INSERT INTO ledger (run, kind, process_s, wall_s, key, data) VALUES (?, ?, ?, ?, ?, ?)

-- name: drop_tick
DELETE FROM ledger WHERE run = ? AND kind = 'tick'

-- name: read_ledger
SELECT kind, process_s, wall_s, key, data FROM ledger WHERE run = ? ORDER BY number

-- name: list_runs
SELECT run FROM ledger GROUP BY run ORDER BY min(number)

-- name: drop_ledger
DELETE FROM ledger WHERE run = ?

-- name: append_record
INSERT INTO outbox (record) VALUES (?)

-- name: put_record
INSERT INTO outbox (number, record) VALUES (?, ?)

-- name: old_records
SELECT number, record FROM outbox WHERE number > ? AND number <= ? ORDER BY number LIMIT ?

-- name: next_records
SELECT number, record FROM outbox WHERE number > ? ORDER BY number LIMIT ?

-- name: forget_records
DELETE FROM outbox WHERE number BETWEEN ? AND ?

-- name: newest_record
SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'outbox'), 0)

-- name: count_records
SELECT count(*) FROM outbox

-- name: keep_document
INSERT OR REPLACE INTO document (name, body) VALUES (?, ?)

-- name: drop_document
DELETE FROM document WHERE name = ?

-- name: kept_document
SELECT body FROM document WHERE name = ?
