"""A session of comparisons as a value that events move on: what it waits for, what came of it.

It outlives processes. Nothing here measures or pumps; the worker does, and tells the session.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from orchestrator.control.calibration.protocol import Task, Wish, tasks_of
from orchestrator.model.calibration import PUMP, Calibration, Method, Point

MARGIN: Final = 1.5
"""A pump that nobody has compared may move so many times what it is said to."""
STRAY_SHARE: Final = 0.5
"""Less than this share of what should be on the balance: the rest went somewhere else."""


class Stage(StrEnum):
    """What a session waits for."""

    PREPARING = "preparing"
    """A person makes ready and says so."""
    ACTING = "acting"
    """The machine runs a pump, turns a stirrer or reads a sensor."""
    ASKING = "asking"
    """A person says what it was."""
    COMPLETE = "complete"
    """All is compared; it is kept, or not."""
    KEPT = "kept"
    ABANDONED = "abandoned"


NEXT: Final[Mapping[tuple[Stage, str], Stage]] = MappingProxyType(
    {
        (Stage.PREPARING, "go"): Stage.ACTING,
        (Stage.ACTING, "acted"): Stage.ASKING,
        (Stage.ACTING, "failed"): Stage.PREPARING,
        (Stage.ACTING, "lost"): Stage.PREPARING,
        (Stage.ASKING, "answer"): Stage.PREPARING,
        (Stage.ASKING, "again"): Stage.PREPARING,
        (Stage.PREPARING, "again"): Stage.PREPARING,
        (Stage.COMPLETE, "again"): Stage.PREPARING,
        (Stage.COMPLETE, "keep"): Stage.KEPT,
        (Stage.PREPARING, "abandon"): Stage.ABANDONED,
        (Stage.ACTING, "abandon"): Stage.ABANDONED,
        (Stage.ASKING, "abandon"): Stage.ABANDONED,
        (Stage.COMPLETE, "abandon"): Stage.ABANDONED,
    }
)
OVER: Final = frozenset({Stage.KEPT, Stage.ABANDONED})


class NotNow(ValueError):
    """A session does not do this as it stands; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Comparisons under way."""

    id: str
    reactor: str
    wish: Wish
    by: str
    began_wall_s: float
    flow_ml_min: float = 0.0
    """What a pump is said to move before it is compared."""
    room_ml: float | None = None
    """What the vessel can still take; None where nothing is pumped into one."""
    stage: Stage = Stage.PREPARING
    points: tuple[Point, ...] = ()
    raw: float | None = None
    """What the act gave, or was; for the question."""
    acts: int = 0
    """Begun so far; each has a name of its own, so that none is done twice."""
    stray_ml: float = 0.0
    """Pumped and never seen on the balance: it counts as being in the vessel."""
    trouble: str = ""
    """Why the last act has to be done again."""

    @property
    def tasks(self) -> tuple[Task, ...]:
        """All comparisons, done ones too."""
        return tasks_of(self.wish)

    @property
    def task(self) -> Task | None:
        """The comparison that is next or under way; None once all are done."""
        tasks = self.tasks
        return tasks[len(self.points)] if len(self.points) < len(tasks) else None

    @property
    def act_name(self) -> str:
        """The name of the act under way."""
        return f"calibrate:{self.id}:{self.acts}"

    @property
    def nominal_ml(self) -> float:
        """What the pump run of this comparison is said to move."""
        task = self.task
        return task.amount * self.flow_ml_min / 60.0 if task and task.act == "pump" else 0.0


def go(session: Session) -> Session:
    """All is ready: the machine may begin.

    Raises:
        NotNow: it has begun, all is done, or the vessel could overflow.
    """
    stage = _next(session, "go")
    refuse_overflow(session, session.stray_ml)
    return replace(session, stage=stage, acts=session.acts + 1, trouble="", raw=None)


def refuse_overflow(session: Session, strayed_ml: float) -> None:
    """With so much that may have gone into the vessel already, by all sessions on its reactor.

    Raises:
        NotNow: the vessel could overflow.
    """
    most_ml = MARGIN * session.nominal_ml
    if session.room_ml is None or most_ml <= session.room_ml - strayed_ml:
        return
    left_ml = max(session.room_ml - strayed_ml, 0.0)
    raise NotNow(
        f"if the outlet hung in the vessel after all, up to {most_ml:.3g} mL would go where there "
        f"is room for {left_ml:.3g} mL: empty the vessel and begin anew, or compare over shorter "
        "times"
    )


def acted(session: Session, raw: float, actual: float | None = None) -> Session:
    """The act is done. Where the machine saw both sides of the comparison, nobody is asked."""
    asking = replace(session, stage=_next(session, "acted"), raw=raw)
    return asking if actual is None else _compared(asking, actual)


def failed(session: Session, reason: str) -> Session:
    """The act was not done, or not to its end; liquid that moved was never weighed."""
    return _undone(replace(session, stage=_next(session, "failed")), reason)


def lost(session: Session) -> Session:
    """The process died in the middle of the act: how far that got is unknown."""
    reason = "nobody saw the end of it, so it does not count: empty the tube and tare again"
    if session.wish.kind != PUMP:
        reason = "nobody saw the end of it, so it does not count"
    return _undone(replace(session, stage=_next(session, "lost")), f"unknown: {reason}")


def answer(session: Session, value: float) -> Session:
    """A person says what it was, in canonical units; g of what was weighed.

    Raises:
        NotNow: nothing is asked, or the answer makes no sense.
    """
    _next(session, "answer")
    if session.wish.kind != PUMP:
        return _compared(session, value)
    if not value > 0.0:
        raise NotNow("a pump that ran has moved something; say again if it has not")
    volume_ml = value / session.wish.density_g_ml
    nominal_ml = session.nominal_ml
    stray_ml = nominal_ml - volume_ml if volume_ml < STRAY_SHARE * nominal_ml else 0.0
    compared = _compared(session, volume_ml)
    return replace(compared, stray_ml=session.stray_ml + stray_ml)


def again(session: Session) -> Session:
    """Do the comparison that is asked about, or else the one before, once more."""
    stage = _next(session, "again")
    if session.stage is Stage.ASKING:
        return _undone(replace(session, stage=stage), "to be done again")
    if not session.points:
        raise NotNow("nothing has been compared yet")
    return replace(session, stage=stage, points=session.points[:-1], trouble="")


def abandon(session: Session) -> Session:
    """It comes to nothing."""
    return replace(session, stage=_next(session, "abandon"))


def keep(
    session: Session,
    *,
    name: str,
    method: Method,
    degree: int,
    now_wall_s: float,
    valid_for_s: float | None,
    note: str,
    curve: tuple[Point, ...] = (),
) -> tuple[Session, Calibration]:
    """End the session with a calibration; whether it has a curve is for whoever keeps it to
    see."""
    own = session.wish.own
    made = Calibration(
        raw_type=own.raw if own is not None else "",
        actual_type=own.actual if own is not None else "",
        curve=curve,
        name=name,
        device=session.wish.device,
        kind=session.wish.kind,
        method=method,
        degree=degree,
        points=session.points,
        made_wall_s=now_wall_s,
        by=session.by,
        note=note,
        valid_for_s=valid_for_s,
    )
    return replace(session, stage=_next(session, "keep")), made


def _compared(session: Session, actual: float) -> Session:
    assert session.raw is not None
    points = (*session.points, Point(raw=session.raw, actual=actual))
    stage = Stage.PREPARING if len(points) < len(session.tasks) else Stage.COMPLETE
    return replace(session, stage=stage, points=points, raw=None, trouble="")


def _undone(session: Session, reason: str) -> Session:
    """What was pumped for nothing is somewhere, in the worst case in the vessel."""
    stray_ml = session.stray_ml + MARGIN * session.nominal_ml
    return replace(session, raw=None, trouble=reason, stray_ml=stray_ml)


def _next(session: Session, event: str) -> Stage:
    stage = NEXT.get((session.stage, event))
    if stage is None:
        raise NotNow(f"a session that is {session.stage.value} cannot {_IN_WORDS[event]}")
    return stage


_IN_WORDS: Final = {
    "go": "begin with the next comparison",
    "acted": "end an act",
    "failed": "end an act",
    "lost": "lose an act",
    "answer": "take an answer",
    "again": "repeat a comparison",
    "keep": "be kept",
    "abandon": "be abandoned",
}
