"""Remind people of questions that nobody answered, by an alert that goes by their routes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from orchestrator.ports.clock import Clock
from orchestrator.ports.records import Event, NewAlert, Question
from orchestrator.ports.store import Store, StoreBusy, StoreFull

PREFIX = "question:"
"""Of the identities of these alerts."""
SOURCE = "question"
USUAL_S = 3_600.0
"""Where the step says nothing else."""
TIMES_MAX = 10
AT_ONCE_MAX = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """Of what to remind, and when to look again."""

    now: Sequence[Question]
    next_wall_s: float | None


def due(questions: Sequence[Question], since: Mapping[str, float], now_wall_s: float) -> Due:
    """What open questions ask for; `since` says since when each of them waits."""
    moments = {each.key: moment_s(each, since[each.key]) for each in questions}
    now = [each for each in questions if _is_past(moments[each.key], now_wall_s)]
    later = [at_s for at_s in moments.values() if at_s is not None and at_s > now_wall_s]
    return Due(now=now, next_wall_s=min(later, default=None))


def moment_s(question: Question, since_wall_s: float) -> float | None:
    """When the next reminder of it is due; None: never."""
    every_s = USUAL_S if question.remind_s is None else question.remind_s
    if every_s <= 0.0 or question.reminded >= TIMES_MAX:
        return None
    last_s = question.reminded_wall_s
    return (since_wall_s if last_s is None else last_s) + every_s


class Remind:
    """Looks when a question was asked or may be over, and when a reminder is due.

    How often somebody was reminded stands at the question in the store, so a leader that starts
    anew goes on where the last one was.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self._is_due = True
        """At first in any case, for an earlier leader's sake."""
        self._stands = True
        """A reminder may be standing, so that it matters what is over."""
        self._next_wall_s: float | None = None
        self._heard_wall_s: dict[str, float] = {}
        """Question whose worker did not know the time → when it was first seen here."""

    def hear(self, events: Sequence[Event]) -> None:
        """Something happened; somebody asks or answers perhaps."""
        kinds = {event.kind for event in events}
        over = self._stands and kinds & {"action", "run", "experiment", "alert"}
        if "question" in kinds or over:
            self._is_due = True

    async def look(self) -> None:
        """Remind of what is due, and call off what is over; by a clock that is right (rule 7)."""
        now = self._clock.now()
        comes = self._next_wall_s is not None and now.wall_s >= self._next_wall_s
        if not now.trusted or not (self._is_due or comes):
            return
        self._is_due = False
        try:
            await self._look(now.wall_s)
        except (StoreFull, StoreBusy):
            self._is_due = True
            raise

    async def _look(self, now_s: float) -> None:
        found = await self._open()
        standing = await self._store.standing_alerts(PREFIX)
        seen = {each.identity for each in standing if each.acknowledged_wall_s is not None}
        open_ = [each for each in found if PREFIX + each.key not in seen]
        since = {each.key: self._since_s(each, now_s) for each in open_}
        self._heard_wall_s = {key: s for key, s in self._heard_wall_s.items() if key in since}
        asked = due(open_, since, now_s)
        for question in asked.now:
            await self._store.remind(question, _alert(question, since[question.key], now_s))
        there = {PREFIX + each.key for each in found}
        over = [each.identity for each in standing if each.identity not in there]
        for identity in over:
            await self._store.resolve_alerts(identity or "", at_wall_s=now_s)
        self._stands = bool(asked.now) or len(standing) > len(over)
        self._next_wall_s = asked.next_wall_s
        self._is_due = self._is_due or bool(asked.now)

    async def _open(self) -> Sequence[Question]:
        """All of them, page by page."""
        found: list[Question] = []
        while True:
            before = found[-1].key if found else None
            page = await self._store.questions(limit=AT_ONCE_MAX, before=before)
            found += page
            if len(page) < AT_ONCE_MAX:
                return found

    def _since_s(self, question: Question, now_s: float) -> float:
        if question.asked_wall_s is not None:
            return question.asked_wall_s
        return self._heard_wall_s.setdefault(question.key, now_s)


def _is_past(at_s: float | None, now_s: float) -> bool:
    return at_s is not None and at_s <= now_s


def _alert(question: Question, since_wall_s: float, now_wall_s: float) -> NewAlert:
    return NewAlert(
        text=_text(question, since_wall_s),
        severity="warning",
        source=SOURCE,
        at_wall_s=now_wall_s,
        identity=PREFIX + question.key,
        experiment=question.experiment,
        vessel=question.vessel,
        again=True,
    )


def _text(question: Question, since_wall_s: float) -> str:
    """The same each time, and what is still to come of it."""
    text = f"an answer is awaited at {question.vessel}: {question.text}"
    if question.deadline_s is None:
        return text
    left_s = question.deadline_s - question.asked_process_s
    until = datetime.fromtimestamp(since_wall_s + left_s, UTC).strftime("%Y-%m-%d %H:%M UTC")
    if question.default is None:
        return f"{text} (until {until})"
    return f"{text} (until {until}, then {_shown(question)} stands for it)"


def _shown(question: Question) -> str:
    value = question.default
    word = str(value).lower() if isinstance(value, bool) else f"{value}"
    return f"{word} {question.unit}".rstrip()
