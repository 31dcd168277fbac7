"""Rows that are asked by number and by the name of their column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, ClassVar

import psycopg
from psycopg.rows import RowMaker


class Row(tuple[Any, ...]):
    """Like `sqlite3.Row`; each list of columns has a class of its own."""

    __slots__ = ()
    at: ClassVar[Mapping[str, int]] = {}

    def keys(self) -> list[str]:
        return list(self.at)

    def __getitem__(self, key: Any) -> Any:
        return tuple.__getitem__(self, self.at[key] if type(key) is str else key)


def named_row(cursor: psycopg.Cursor[Any]) -> RowMaker[Row]:
    """psycopg's row factory."""
    description = cursor.description
    return _columns(tuple(column.name for column in description)) if description else Row


@lru_cache(maxsize=1024)
def _columns(names: Sequence[str]) -> type[Row]:
    return type("Row", (Row,), {"__slots__": (), "at": {name: n for n, name in enumerate(names)}})
