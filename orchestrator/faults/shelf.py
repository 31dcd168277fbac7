"""The leader's store, which outlives its processes, as one process reaches it."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from orchestrator.faults.files import StoreFiles
from orchestrator.ports.records import Event
from orchestrator.ports.store import EventsCallback, Store, StoreBusy, StoreFull
from orchestrator.store.memory import MemoryStore

WRITES = frozenset(
    {
        *("add_revision", "create_experiment", "change_state", "explain", "begin_attempt", "wish"),
        *("change_entry", "arrange", "hold_queue", "release_queue"),
        *("begin_deed", "end_deed", "add_note", "change_note", "keep_rehearsal"),
        *("answer_run", "end_run", "next_epoch", "keep_state", "keep_capabilities"),
        *("keep_calibrations", "commit"),
        *(
            "raise_alert",
            "resolve_alerts",
            "acknowledge_alert",
            "sort_alerts",
            "settle",
            "give_back",
            "remind",
            "add_event",
        ),
        *("resolve_alert", "silence", "lift_silence"),
    }
)


@dataclass(slots=True)
class Shelf:
    """What is durable, and how the disk below it fares."""

    store: Store = field(default_factory=MemoryStore)
    files: StoreFiles | None = None
    """Where it is kept, unless that is in memory."""
    full: bool = False
    slow_s: float = 0.0
    """How long a commit takes, half of it before and half after it is durable."""

    @classmethod
    def of_files(cls, files: StoreFiles) -> Shelf:
        """One that keeps everything in SQLite."""
        return cls(store=files.store, files=files)

    def die(self) -> None:
        """The leader is gone."""
        if self.files is not None:
            self.files.die()
            self.store = self.files.store


class StoreOnShelf:
    """Every call of `ports.store.Store`, for as long as the process lives."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf, self._alive = shelf, True

    @classmethod
    def of(cls, shelf: Shelf) -> tuple[StoreOnShelf, Store]:
        """The wrapper, and the same as what a leader takes it for."""
        made = cls(shelf)
        return made, cast(Store, made)

    def kill(self) -> None:
        """The process is gone: nothing that it still tries happens."""
        self._alive = False

    def on_events(self, callback: EventsCallback) -> None:
        """Only a living process hears."""

        def hear(events: Sequence[Event]) -> None:
            if self._alive:
                callback(events)

        self._shelf.store.on_events(hear)

    def __getattr__(self, name: str) -> Any:
        does = getattr(self._shelf.store, name)
        if inspect.iscoroutinefunction(does):
            return self._guarded(name, does)
        return does

    def _guarded(
        self, name: str, does: Callable[..., Awaitable[Any]]
    ) -> Callable[..., Awaitable[Any]]:
        writes = name in WRITES

        async def call(*args: Any, **named: Any) -> Any:
            if writes:
                await asyncio.sleep(self._shelf.slow_s / 2.0)
            self._look(writes)
            answer = await does(*args, **named)
            if writes and self._shelf.slow_s:
                await asyncio.sleep(self._shelf.slow_s / 2.0)
                self._look(False)
            return answer

        return call

    def _look(self, writes: bool) -> None:
        if not self._alive:
            raise StoreBusy("this leader is gone")
        if writes and self._shelf.full:
            raise StoreFull("the disk is full")
