"""How attempts fared, in memory."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from statistics import fmean
from typing import Any

from orchestrator.model.experiment import ENDED, State
from orchestrator.ports.records import Page
from orchestrator.ports.statistics import Attempt, AttemptStep, By, Expected, Span, Tally
from orchestrator.store.memory_tables import MemoryBase, Row
from orchestrator.store.pages import NEWEST, page_of
from orchestrator.store.statistics_rows import attempt_of, expected_row, step_of, tally_of


class MemoryStatistics(MemoryBase):
    """`ports.statistics.Statistics`."""

    async def expect(self, attempt: str, expected: Expected) -> None:
        row = self._tables.one("attempts", attempt)
        if row is not None and row["expected_most_s"] is None:
            row.update(expected_row(expected))

    async def tally(self, span: Span) -> Tally:
        counted = [tally_of(row) for row in self._counted("all", span)]
        return counted[0] if counted else Tally(name="")

    async def tallies(
        self, by: By, span: Span, *, limit: int = 50, cursor: str | None = None
    ) -> Page[Tally]:
        before = int(cursor or NEWEST)
        rows = [row for row in self._counted(by, span) if row["serial"] < before]
        return page_of(rows, limit, "serial", tally_of)

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
        rows = [
            row
            for row in map(self._joined, reversed(self._tables.of("attempts")))
            if row["serial"] < int(cursor or NEWEST)
            and span.since_wall_s <= row["began_wall_s"] < span.until_wall_s
            and profile in (None, row["profile"])
            and user in (None, row["actor"])
            and (vessel is None or vessel in map(_reactor, self._runs(row)))
        ]
        return page_of(rows, limit, "serial", self._attempt)

    async def attempt(self, attempt: str) -> Attempt | None:
        row = self._tables.one("attempts", attempt)
        return None if row is None else self._attempt(self._joined(row))

    async def attempt_steps(
        self,
        attempt: str,
        *,
        vessel: str | None = None,
        limit: int = 200,
        cursor: str | None = None,
    ) -> Page[AttemptStep]:
        after = int(cursor or 0)
        steps = [
            row
            for row in (*map(_phase, self._tables.of("phases")), *self._acts())
            if row["attempt"] == attempt and vessel in (None, row["vessel"])
        ]
        steps.sort(key=_order)
        more = str(after + limit) if len(steps) > after + limit else None
        return Page(items=[step_of(row) for row in steps[after : after + limit]], next=more)

    def _acts(self) -> Iterator[Row]:
        for row in self._tables.of("actions"):
            if not row["is_item"]:
                words = {"kind": row["action"] or "", "name": row["item"]}
                yield {
                    **row,
                    **words,
                    "detail": row["detail"] or "",
                    "reason": row["reason"] or "",
                    "is_action": 1,
                }

    def _counted(self, by: str, span: Span) -> list[Row]:
        """A row for each name, as the database's `tallies` answers them."""
        of: dict[str, list[Row]] = defaultdict(list)
        for row in self._tried(by):
            if span.since_wall_s <= row["began_wall_s"] < span.until_wall_s:
                of[row["name"]].append(row)
        counted = [_count(name, rows) for name, rows in of.items()]
        return sorted(counted, key=lambda row: row["serial"], reverse=True)

    def _tried(self, by: str) -> Iterator[Row]:
        for row in map(self._joined, self._tables.of("attempts")):
            if by != "vessel":
                names = {"profile": row["profile"], "user": row["actor"]}
                yield {**row, "name": names.get(by, "")}
                continue
            for run in self._runs(row):
                state = run["ended_state"] or State.RUNNING.value
                over = {"state": state, "ended_wall_s": run["ended_wall_s"]}
                yield {**row, **over, "serial": run["serial"], "name": _reactor(run)}

    def _joined(self, row: Row) -> Row:
        experiment = self._tables.one("experiments", row["experiment"])
        assert experiment is not None
        taken = ("name", "actor", "state", "reason", "bindings", "ended_wall_s")
        return {**row, **{column: experiment[column] for column in taken}}

    def _runs(self, row: Row) -> list[Row]:
        return [
            run
            for run in self._tables.of("runs")
            if run["attempt"] == row["attempt"] and run["worker"] is not None
        ]

    def _attempt(self, row: Row) -> Attempt:
        ended = Counter(
            action["outcome"] or "open"
            for action in self._tables.of("actions")
            if action["attempt"] == row["attempt"] and not action["is_item"]
        )
        return attempt_of(row, ended)


def _reactor(run: Mapping[str, Any]) -> str:
    worker, reactor = run["worker"], run["reactor"] or run["worker"]
    return str(worker) if worker == reactor else f"{worker}/{reactor}"


def _phase(row: Row) -> Row:
    return {
        **row,
        "kind": "phase",
        "is_action": 0,
        "name": row["phase"],
        "detail": "",
        "began_process_s": row["entered_process_s"],
        "began_wall_s": row["entered_wall_s"],
        "ended_process_s": row["left_process_s"],
        "ended_wall_s": row["left_wall_s"],
        "outcome": None,
        "reason": row["reason"] or "",
        "action_id": "",
    }


def _order(row: Row) -> tuple[float, int, int]:
    began_s = row["began_process_s"]
    at_s = row["ended_process_s"] if began_s is None else began_s
    return at_s or 0.0, row["is_action"], row["serial"]


def _count(name: str, rows: Sequence[Row]) -> Row:
    states = Counter(State(row["state"]) for row in rows)
    completed = [row for row in rows if row["state"] == State.COMPLETED.value]
    lasted = [(row, row["ended_wall_s"] - row["began_wall_s"]) for row in completed]
    expected = [
        (row, duration_s, (row["expected_least_s"] + row["expected_most_s"]) / 2)
        for row, duration_s in lasted
        if row["expected_most_s"]
    ]
    return {
        "name": name,
        "serial": max(row["serial"] for row in rows),
        "attempts": len(rows),
        "under_way": sum(n for state, n in states.items() if state not in ENDED),
        "completed": len(completed),
        "failed": states[State.FAILED],
        "cancelled": states[State.CANCELLED],
        "last_began_wall_s": max(row["began_wall_s"] for row in rows),
        "last_success_wall_s": max((row["ended_wall_s"] for row in completed), default=None),
        "mean_duration_s": _mean([duration_s for _, duration_s in lasted]),
        "mean_expected_s": _mean([expected_s for *_, expected_s in expected]),
        "mean_ratio": _mean([duration_s / expected_s for _, duration_s, expected_s in expected]),
        "estimated": len(expected),
        "within": sum(
            row["expected_least_s"] <= duration_s <= row["expected_most_s"]
            for row, duration_s, _ in expected
        ),
    }


def _mean(values: Sequence[float]) -> float | None:
    return fmean(values) if values else None
