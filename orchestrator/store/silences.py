"""Silences in a database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from orchestrator.ports.silence import NewSilence, Silence
from orchestrator.ports.store import NotFound
from orchestrator.store.base import Base
from orchestrator.store.connection import Connection
from orchestrator.store.named import statements
from orchestrator.store.writer import Transaction

SQL = statements("silences")


def silence_data(silence: Silence) -> dict[str, Any]:
    """What an event says of one."""
    return asdict(silence)


def _tell(transaction: Transaction, silence: Silence, at_wall_s: float) -> Silence:
    transaction.event(
        "silence", silence_data(silence), at_wall_s=at_wall_s, experiment=silence.experiment
    )
    return silence


def _add(transaction: Transaction, new: NewSilence) -> Silence:
    (row,) = transaction.execute(SQL["add_silence"], asdict(new)).fetchall()
    return _tell(transaction, Silence(**dict(row)), new.began_wall_s)


def _lift(transaction: Transaction, silence: int, by: str, at_wall_s: float) -> Silence:
    said = {"id": silence, "by": by, "at_wall_s": at_wall_s}
    changed = transaction.execute(SQL["lift_silence"], said)
    row = transaction.execute(SQL["silence"], said).fetchone()
    if row is None:
        raise NotFound(f"there is no silence {silence}")
    lifted = Silence(**dict(row))
    return _tell(transaction, lifted, at_wall_s) if changed.rowcount else lifted


class SqlSilences(Base):
    """`ports.silence.Silences`."""

    async def silence(self, new: NewSilence) -> Silence:
        return await self._write(lambda transaction: _add(transaction, new))

    async def silences(self, *, at_wall_s: float) -> Sequence[Silence]:
        asked = {"at_wall_s": at_wall_s}
        return await self._read(
            lambda connection: [
                Silence(**dict(row)) for row in connection.execute(SQL["silences"], asked)
            ]
        )

    async def one_silence(self, silence: int) -> Silence | None:
        def ask(connection: Connection) -> Silence | None:
            row = connection.execute(SQL["silence"], {"id": silence}).fetchone()
            return None if row is None else Silence(**dict(row))

        return await self._read(ask)

    async def lift_silence(self, silence: int, *, by: str, at_wall_s: float) -> Silence:
        return await self._write(lambda transaction: _lift(transaction, silence, by, at_wall_s))
