"""A table as columns: plain lists, or a data frame where there is a library for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any


class Missing(ImportError):
    """An optional library is not installed."""


class Columns(Mapping[str, list[Any]]):
    """Columns of equal length by name, in order; it reads like a dictionary of lists."""

    def __init__(self, columns: Mapping[str, list[Any]]) -> None:
        self._columns = dict(columns)
        if len({len(each) for each in self._columns.values()}) > 1:
            raise ValueError("columns of one table have one length")

    def __getitem__(self, name: str) -> list[Any]:
        return self._columns[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)

    @property
    def rows(self) -> int:
        """How many there are."""
        return len(next(iter(self._columns.values()), []))

    def __repr__(self) -> str:
        return f"<{self.rows} rows of {', '.join(self._columns)}>"

    def to_pandas(self) -> Any:
        """A `pandas.DataFrame`.

        Raises:
            Missing: pandas is not installed.
        """
        return _library("pandas", "data frames").DataFrame(self._columns)

    def to_arrow(self) -> Any:
        """A `pyarrow.Table`.

        Raises:
            Missing: pyarrow is not installed.
        """
        return _library("pyarrow", "Arrow tables").table(self._columns)


def _library(name: str, what: str) -> Any:
    """One that nothing else here needs."""
    try:
        return import_module(name)
    except ImportError as error:
        raise Missing(f"{what} need {name}: pip install {name}") from error
