"""The store in PostgreSQL; `psycopg` lives only here and is asked for by `axenic[postgres]`."""

from orchestrator.store.postgres.opening import open_store as open_store
