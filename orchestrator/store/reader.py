"""Threads that read, each with a connection of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from orchestrator.store.connection import Connection, ReadingConnection

T = TypeVar("T")
THREADS = 2


class Reader:
    """Answers questions beside the writer; each question sees one state of the store."""

    def __init__(self, connect: Callable[[], ReadingConnection]) -> None:
        self._connect = connect
        self._own = threading.local()
        self._all: list[ReadingConnection] = []
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="store reader")

    async def ask(self, question: Callable[[Connection], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(
            self._threads, self._answer, question
        )

    async def close(self) -> None:
        await asyncio.to_thread(self._threads.shutdown)
        for connection in self._all:
            connection.close()

    def _answer(self, question: Callable[[Connection], T]) -> T:
        connection = self._connection()
        try:
            connection.begin()
            try:
                return question(connection)
            finally:
                connection.rollback()
        except Exception as error:
            told = connection.named(error)
            if told is error:
                raise
            raise told from error

    def _connection(self) -> ReadingConnection:
        connection: ReadingConnection | None = getattr(self._own, "connection", None)
        if connection is None:
            connection = self._own.connection = self._connect()
            self._all.append(connection)
        return connection
