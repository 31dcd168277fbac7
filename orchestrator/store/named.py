"""Named SQL: `store/sql/<file>.sql`, in which each statement is headed by `-- name: <name>`.

Statements are written once, for all databases; what brings a database to its version is written for
each in a folder of its own, under the same numbers.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path

FOLDER = Path(__file__).parent / "sql"
_HEAD = re.compile(r"^-- name: (\w+)\s*$", re.MULTILINE)


def statements(file: str) -> Mapping[str, str]:
    """The statements of one file by name."""
    parts = _HEAD.split((FOLDER / f"{file}.sql").read_text("utf-8"))
    return {name: text.strip() for name, text in zip(parts[1::2], parts[2::2], strict=True)}


def migrations(database: str) -> Mapping[int, str]:
    """The numbered scripts for a kind of database, by version."""
    paths = sorted((FOLDER / database).glob("[0-9][0-9][0-9][0-9]_*.sql"))
    return {int(path.name[:4]): path.read_text("utf-8") for path in paths}


def split_script(script: str) -> Iterator[str]:
    """The single statements of a script; `executescript` would end the transaction it runs in."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
