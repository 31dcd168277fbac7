-- name: next_number
SELECT coalesce(max(id) + 1, :first) AS id FROM series WHERE id >= :first AND id < :end

-- name: now_us
SELECT CAST(extract(epoch FROM now()) * 1000000 AS BIGINT) AS now_us

-- name: is_table
SELECT to_regclass(:name) IS NOT NULL AS is_table

-- name: is_schema
SELECT count(*) > 0 AS is_schema FROM pg_namespace WHERE nspname = :name

-- name: has_tables
SELECT count(*) > 0 AS has_tables FROM pg_tables WHERE schemaname = :name

-- name: version
SELECT version FROM store_version

-- name: forget_version
DELETE FROM store_version

-- name: keep_version
INSERT INTO store_version (version) VALUES (:version)

-- name: take_lock
SELECT pg_try_advisory_lock(:key) AS taken

-- name: holder
SELECT pid, host(client_addr) AS address, backend_start FROM pg_stat_activity
WHERE pid = (SELECT pid FROM pg_locks
             WHERE locktype = 'advisory' AND classid = 0 AND objid = :key AND granted
               AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))

-- name: end_session
SELECT pg_terminate_backend(:pid)
