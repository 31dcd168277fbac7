"""Connections to the store's file."""

from __future__ import annotations

import sqlite3
from pathlib import Path

CACHE_KIB = 16 * 1024


def connect_writer(path: Path) -> sqlite3.Connection:
    """The one that writes. Transactions are begun and ended by hand."""
    connection = sqlite3.connect(path, timeout=5.0, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
    connection.execute("PRAGMA journal_size_limit = 67108864")
    connection.row_factory = sqlite3.Row
    return connection


def connect_reader(path: Path) -> sqlite3.Connection:
    """One that only reads, and never waits for the one that writes."""
    connection = sqlite3.connect(path, timeout=5.0, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA query_only = ON")
    connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
    connection.row_factory = sqlite3.Row
    return connection
