"""What the tables need of a database, whichever it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

ReadingRow = tuple[int, int, int, float, int]
"""series, time_us, number, value, wall_shift_us"""
FOREVER_US = 2**62
"""Beyond all times."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a new series goes."""

    id: int | None = None
    """None where the database counts by itself."""
    from_wall_us: int = -FOREVER_US
    until_wall_us: int = FOREVER_US
    """What is measured outside goes into another series."""


class Rows(Protocol):
    """What a statement answers; a row is asked by number and by the name of its column."""

    @property
    def rowcount(self) -> int: ...

    def fetchone(self) -> Any: ...

    def fetchall(self) -> list[Any]: ...

    def __iter__(self) -> Iterator[Any]: ...


class Connection(Protocol):
    """One that asks; statements are named SQL (`named.statements`), their parameters by name."""

    def execute(self, statement: str, parameters: Mapping[str, Any] = ..., /) -> Rows: ...

    def close(self) -> None: ...


class ReadingConnection(Connection, Protocol):
    """Sees one state of the store from `begin` to `rollback`, and never waits for who writes."""

    def begin(self) -> None:
        """Raises:
        StoreBusy: the database is not there now.
        """
        ...

    def rollback(self) -> None: ...

    def named(self, error: Exception, /) -> Exception:
        """The error in the words of `ports.store`, where it has some."""
        ...


class WritingConnection(ReadingConnection, Protocol):
    """The only one that writes."""

    def commit(self) -> None: ...

    def add_readings(self, rows: Sequence[ReadingRow], /) -> None:
        """None of them is there already."""
        ...

    def place_series(self, wall_us: int | None, /) -> Place:
        """For one whose first reading was measured then, or nobody knows when."""
        ...

    def place_of(self, series: int, /) -> Place:
        """Where one was placed."""
        ...

    def is_fatal(self, error: Exception, /) -> bool:
        """Whether nothing of the transaction can be kept after it."""
        ...
