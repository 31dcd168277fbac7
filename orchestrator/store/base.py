"""What the parts of a store in a database share."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from orchestrator.store.connection import Connection
from orchestrator.store.reader import Reader
from orchestrator.store.writer import Work, Writer

T = TypeVar("T")


class Base:
    """One writer, some readers."""

    def __init__(self, writer: Writer, reader: Reader) -> None:
        self._writer = writer
        self._reader = reader

    async def _write(self, work: Work[T]) -> T:
        return await self._writer.do(work)

    async def _read(self, question: Callable[[Connection], T]) -> T:
        return await self._reader.ask(question)
