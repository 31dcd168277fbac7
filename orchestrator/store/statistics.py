"""How attempts fared, in a database."""

from __future__ import annotations

from orchestrator.ports.records import Page
from orchestrator.ports.statistics import Attempt, AttemptStep, By, Expected, Span, Tally
from orchestrator.store.base import Base
from orchestrator.store.connection import Connection
from orchestrator.store.named import statements
from orchestrator.store.pages import NEWEST, page_of
from orchestrator.store.rows import Row
from orchestrator.store.statistics_rows import attempt_of, expected_row, step_of, tally_of

SQL = statements("statistics")


class SqlStatistics(Base):
    """`ports.statistics.Statistics`."""

    async def expect(self, attempt: str, expected: Expected) -> None:
        row = {"attempt": attempt, **expected_row(expected)}
        await self._write(lambda transaction: transaction.execute(SQL["expect"], row).rowcount)

    async def tally(self, span: Span) -> Tally:
        found = await self._tallies("all", span, 1, NEWEST)
        return found.items[0] if found.items else Tally(name="")

    async def tallies(
        self, by: By, span: Span, *, limit: int = 50, cursor: str | None = None
    ) -> Page[Tally]:
        return await self._tallies(by, span, limit, int(cursor or NEWEST))

    async def attempts(
        self,
        span: Span,
        *,
        profile: str | None = None,
        vessel: str | None = None,
        user: str | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> Page[Attempt]:
        asked = {
            "since_wall_s": span.since_wall_s,
            "until_wall_s": span.until_wall_s,
            "profile": profile,
            "vessel": vessel,
            "user": user,
            "before": int(cursor or NEWEST),
            "limit": limit + 1,
        }

        def ask(connection: Connection) -> Page[Attempt]:
            rows = connection.execute(SQL["attempts"], asked).fetchall()
            return page_of(rows, limit, "serial", lambda row: _attempt(connection, row))

        return await self._read(ask)

    async def attempt(self, attempt: str) -> Attempt | None:
        def ask(connection: Connection) -> Attempt | None:
            row = connection.execute(SQL["attempt"], {"attempt": attempt}).fetchone()
            return None if row is None else _attempt(connection, row)

        return await self._read(ask)

    async def attempt_steps(
        self,
        attempt: str,
        *,
        vessel: str | None = None,
        limit: int = 200,
        cursor: str | None = None,
    ) -> Page[AttemptStep]:
        after = int(cursor or 0)
        asked = {
            "experiment": attempt.rpartition(".")[0],
            "attempt": attempt,
            "vessel": vessel,
            "after": after,
            "limit": limit + 1,
        }
        rows = await self._read(
            lambda connection: connection.execute(SQL["steps"], asked).fetchall()
        )
        more = str(after + limit) if len(rows) > limit else None
        return Page(items=[step_of(row) for row in rows[:limit]], next=more)

    async def _tallies(self, by: str, span: Span, limit: int, before: int) -> Page[Tally]:
        asked = {
            "by": by,
            "since_wall_s": span.since_wall_s,
            "until_wall_s": span.until_wall_s,
            "before": before,
            "limit": limit + 1,
        }
        rows = await self._read(
            lambda connection: connection.execute(SQL["tallies"], asked).fetchall()
        )
        return page_of(rows, limit, "serial", tally_of)


def _attempt(connection: Connection, row: Row) -> Attempt:
    asked = {"experiment": row["experiment"], "attempt": row["attempt"]}
    counted = connection.execute(SQL["outcomes"], asked).fetchall()
    return attempt_of(row, {each["outcome"]: each["n"] for each in counted})
