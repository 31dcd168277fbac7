"""The statement that carries out a `Put`."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from orchestrator.store.change import Put


def put_statement(put: Put) -> tuple[str, dict[str, Any]]:
    """SQL and its parameters."""
    text = _upsert(put.table, tuple(put.key), tuple(put.fields), put.mark)
    return text, {**put.key, **put.fields}


@lru_cache(maxsize=256)
def _upsert(table: str, key: tuple[str, ...], fields: tuple[str, ...], mark: str | None) -> str:
    columns = key + fields
    values = ", ".join(f":{column}" for column in columns)
    sets = ", ".join(f"{field} = excluded.{field}" for field in fields)
    text = (
        f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({values}) "
        f"ON CONFLICT ({', '.join(key)}) DO UPDATE SET {sets}"
    )
    if mark is None:
        return text
    outbox, number = f"{mark}_outbox", f"{mark}_number"
    return (
        f"{text} WHERE {table}.{outbox} IS NULL OR {table}.{outbox} <> excluded.{outbox} "
        f"OR {table}.{number} < excluded.{number}"
    )
