-- Ledgers of runs, in the order in which things were decided.
CREATE TABLE ledger (
    number    INTEGER PRIMARY KEY,
    run       TEXT NOT NULL,
    kind      TEXT NOT NULL,
    process_s REAL NOT NULL,
    wall_s    REAL,
    key       TEXT,
    data      TEXT NOT NULL
) STRICT;

CREATE INDEX ledger_of_run ON ledger (run, number);

-- AUTOINCREMENT: a number that was accepted and forgotten never comes again.
CREATE TABLE outbox (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    record BLOB NOT NULL
) STRICT;

-- Readings for which the outbox had no room, counted until there is room for a record of them.
CREATE TABLE gap (
    run            TEXT PRIMARY KEY,
    from_process_s REAL NOT NULL,
    to_process_s   REAL NOT NULL,
    readings       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE document (
    name TEXT PRIMARY KEY,
    body TEXT NOT NULL
) STRICT, WITHOUT ROWID;
