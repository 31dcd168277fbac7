"""The store in one SQLite file, in WAL mode."""

from orchestrator.store.sqlite.opening import open_store as open_store
