"""Plans written by hand, and a run that is pushed through time without a worker."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import inf
from typing import Any

from orchestrator.execution import steer
from orchestrator.execution.decide import decide
from orchestrator.execution.decision import Announce, JobWanted, Moment, Perform
from orchestrator.execution.program import Program
from orchestrator.execution.view import RunView
from orchestrator.model.expression import And, Compare, Const, Expression
from orchestrator.model.expression import Signal as Leaf
from orchestrator.model.key import ActionKey
from orchestrator.model.ledger import Entry, Kind
from orchestrator.model.outcome import Ending, Outcome
from orchestrator.model.plan import (
    AtPlan,
    Bottle,
    Branch,
    Condition,
    CronPlan,
    EveryPlan,
    Hold,
    ItemPlan,
    JobPlan,
    Late,
    LoopPlan,
    PhasePlan,
    PointPlan,
    RampPlan,
    RulePlan,
    ShapePlan,
    Slice,
    Source,
    Start,
    StepPlan,
    WhenStart,
)
from orchestrator.model.signal import Sample
from orchestrator.model.text import Text

HERE = Source(file="profile.yaml", line=1)
START_WALL_S = 1736150400.0
"""2025-01-06 08:00 UTC."""
MINUTE_S, HOUR_S, DAY_S = 60.0, 3600.0, 86400.0


def const(value: float | bool | str) -> Const:
    return Const(float(value) if isinstance(value, int) and not isinstance(value, bool) else value)


def above(signal: str, bound: float) -> Compare:
    return Compare(Leaf(signal), ((">", Const(float(bound))),))


def below(signal: str, bound: float) -> Compare:
    return Compare(Leaf(signal), (("<", Const(float(bound))),))


def both(*operands: Expression) -> And:
    return And(operands)


def when(expression: Expression, for_s: float = 0.0) -> Condition:
    return Condition(when=expression, for_s=for_s)


def step(op: str, **fields: Any) -> StepPlan:
    return StepPlan(op=op, source=HERE, **fields)


def put(**settings: float | str | Expression) -> StepPlan:
    """`set`, with `__` for the dot: `put(stirring__target=800)`."""
    return step(
        "set",
        settings={
            name.replace("__", "."): const(value) if isinstance(value, int | float | str) else value
            for name, value in settings.items()
        },
    )


def wait(seconds: float) -> StepPlan:
    return step("wait", duration_s=const(seconds))


def wait_until(expression: Expression, for_s: float = 0.0, **fields: Any) -> StepPlan:
    return step("wait_until", condition=when(expression, for_s), **fields)


def dose(volume_ml: float, **fields: Any) -> StepPlan:
    return step("dose", volume_ml=const(volume_ml), medium="feed", **fields)


def dilute(volume_ml: float, **fields: Any) -> StepPlan:
    return step("dilute", volume_ml=const(volume_ml), medium="feed", **fields)


def sample(volume_ml: float = 1.0, **fields: Any) -> StepPlan:
    return step("sample", volume_ml=const(volume_ml), text=Text.literal("Tube number"), **fields)


def say(op: str, text: str, **fields: Any) -> StepPlan:
    return step(op, text=Text.literal(text), **fields)


def ask_for(question: str, **fields: Any) -> StepPlan:
    return say("ask", question, **fields)


def blank(**fields: Any) -> StepPlan:
    return step("blank", **fields)


def choice(
    op: str, *branches: tuple[Expression | None, Sequence[StepPlan]], **more: Any
) -> StepPlan:
    return step(
        op,
        branches=tuple(Branch(when=test, steps=tuple(steps)) for test, steps in branches),
        **more,
    )


def repeat(count: int, *steps: StepPlan) -> StepPlan:
    return step("repeat", loop="count", count=const(count), steps=steps)


def at(item: str, at_s: float, *steps: StepPlan, **fields: Any) -> AtPlan:
    return AtPlan(item=item, at_s=at_s, steps=steps, source=HERE, state=_is_state(steps), **fields)


def every(item: str, every_s: float, *steps: StepPlan, **fields: Any) -> EveryPlan:
    return EveryPlan(
        item=item, every_s=every_s, steps=steps, source=HERE, state=_is_state(steps), **fields
    )


def cron(item: str, entry: str, *steps: StepPlan, timezone: str = "UTC", **fields: Any) -> CronPlan:
    return CronPlan(
        item=item,
        cron=entry,
        timezone=timezone,
        steps=steps,
        source=HERE,
        state=_is_state(steps),
        **fields,
    )


def ramp(
    setting: str, to: float, over_s: float, from_: float | None = None, **fields: Any
) -> RampPlan:
    return RampPlan(
        item=fields.pop("item", "ramp"),
        setting=setting,
        from_=None if from_ is None else const(from_),
        to=const(to),
        over_s=over_s,
        source=HERE,
        **fields,
    )


def shape(setting: str, *points: tuple[float, float], **fields: Any) -> ShapePlan:
    return ShapePlan(
        item=fields.pop("item", "shape"),
        setting=setting,
        form=fields.pop("form", "points"),
        points=tuple(PointPlan(time_s=time_s, value=value) for time_s, value in points),
        source=HERE,
        **fields,
    )


def skip_after(within_s: float) -> Late:
    return Late(within_s=within_s, then="skip")


def phase(name: str = "hold", *items: ItemPlan, **fields: Any) -> PhasePlan:
    return PhasePlan(name=name, source=HERE, items=items, **fields)


def hold(expression: Expression, max_s: float, for_s: float = 0.0) -> Hold:
    return Hold(while_=when(expression, for_s), max_s=max_s)


def loop(first: str, last: str, count: int, **fields: Any) -> LoopPlan:
    name = fields.pop("loop", f"{first} to {last}")
    return LoopPlan(loop=name, first=first, last=last, count=count, source=HERE, **fields)


def rule(item: str, start: Condition | Start, *steps: StepPlan, **fields: Any) -> RulePlan:
    """A rule with one start; `also=` gives it more."""
    first = WhenStart(when=start) if isinstance(start, Condition) else start
    starts = (first, *fields.pop("also", ()))
    return RulePlan(item=item, starts=starts, steps=steps, source=HERE, **fields)


def job(automation: str | None = None, **settings: float | str | Expression) -> JobPlan:
    return JobPlan(
        automation=automation,
        settings={
            name: const(value) if isinstance(value, int | float | str) else value
            for name, value in settings.items()
        },
    )


STIRRING = {"stirring": job(target=500)}


def slice_of(*phases: PhasePlan, rules: Sequence[RulePlan] = (), **fields: Any) -> Slice:
    return Slice(
        vessel=fields.pop("vessel", "control"),
        volume_ml=15.0,
        media=(Bottle(medium="feed", volume_ml=5000.0), Bottle(medium="waste", volume_ml=6000.0)),
        jobs=fields.pop("jobs", STIRRING),
        phases=phases,
        rules=tuple(rules),
        limits=fields.pop("limits", {}),
        **fields,
    )


def program_of(*phases: PhasePlan, **fields: Any) -> Program:
    return Program(slice_of(*phases, **fields), "x1.1", "x1")


def _is_state(steps: Sequence[StepPlan]) -> bool:
    return all(each.op in ("set", "start", "stop") and each.if_ is None for each in steps)


class Run:
    """A run under a clock that the test moves. It keeps the ledger as a journal would."""

    def __init__(
        self,
        *phases: PhasePlan,
        program: Program | None = None,
        trusted: bool = True,
        **fields: Any,
    ) -> None:
        self.program = program or program_of(*phases, **fields)
        self.now_s = 0.0
        self.wall_s: float | None = START_WALL_S if trusted else None
        """Wall time of process second 0."""
        self.signals: dict[str, Sample] = {}
        self.ledger: list[Entry] = list(steer.begin(self.program, self.moment))
        self.view = RunView.fold(self.program, self.ledger)
        self.performs: list[Perform] = []
        self.cancels: list[ActionKey] = []
        self.announces: list[Announce] = []
        self.looks = 0
        self.look_again_s = inf
        self.wanted: dict[str, JobWanted] = {}
        self.performing_s: float | None = 5.0
        """How long the shell takes for an action; None: it never ends by itself."""
        self._ends: dict[str, float] = {}
        self.look()

    @property
    def moment(self) -> Moment:
        wall_s = None if self.wall_s is None else self.wall_s + self.now_s
        return Moment(self.now_s, wall_s)

    def look(self) -> None:
        decision = decide(self.program, self.view, self.signals, self.moment)
        self.looks += 1
        self.ledger += decision.entries
        self.performs += decision.performs
        self.cancels += decision.cancels
        self.announces += decision.announces
        self.wanted = dict(decision.wanted)
        self.look_again_s = decision.look_again_s
        if self.performing_s is not None:
            for each in decision.performs:
                self._ends[str(each.key)] = self.now_s + self.performing_s

    def to(self, until_s: float) -> None:
        """Let time pass, looking exactly when the core asked for it."""
        while True:
            next_s = min(self.look_again_s, *self._ends.values(), until_s)
            if next_s >= until_s:
                break
            self.now_s = max(self.now_s, next_s)
            self._end_performs()
            self.look()
        self.now_s = until_s
        self._end_performs()
        self.look()

    def see(self, max_age_s: float = 30.0, **values: float | bool | str) -> None:
        """Publish signals now (`temperature__measured` for the dot), and look."""
        for name, value in values.items():
            self.signals[name.replace("__", ".")] = Sample(value, self.now_s, max_age_s)
        self.look()

    def keep_seeing(
        self, until_s: float, each_s: float = 5.0, **values: float | bool | str
    ) -> None:
        """The same, again and again."""
        while self.now_s < until_s:
            self.see(**values)
            self.to(min(until_s, self.now_s + each_s))

    def take(self, entries: tuple[Entry, ...]) -> bool:
        """Keep what a function of `steer` answered, and look."""
        self.ledger += entries
        self.look()
        return bool(entries)

    def answer(self, value: Any = "yes", key: str | None = None) -> bool:
        key = key or next(iter(self.view.questions), "")
        return self.take(steer.answer(self.view, key, value, "ada", self.moment))

    def control(self, wanted: str) -> bool:
        number = self.view.control_seq + 1
        return self.take(steer.control(self.view, wanted, number, "ada", self.moment))

    def override(self, setting: str, value: float | str, until_s: float | None = None) -> bool:
        return self.take(steer.override(self.view, setting, value, "ada", until_s, self.moment))

    def finish(self, key: ActionKey, outcome: Outcome = Outcome.DONE, reason: str = "") -> bool:
        ending = Ending(outcome=outcome, reason=reason)
        return self.take(steer.finished(self.view, str(key), ending, {}, self.moment))

    def note(self, kind: Kind, key: str | None = None, **data: Any) -> None:
        """The shell writes an entry of its own: a job, a device, a dose."""
        moment = self.moment
        told = Entry(
            kind=kind, process_s=moment.process_s, wall_s=moment.wall_s, key=key, data=data
        )
        self.view.apply(told)
        self.take((told,))

    def happen(self, event: str, name: str, payload: str = "", id_: str = "e1") -> bool:
        return self.take(steer.happen(self.view, event, name, payload, id_, "ada", self.moment))

    def tick(self) -> None:
        """A sign of life."""
        self.take(steer.tick(self.view, self.moment))

    def latch(self, name: str, value: Any) -> bool:
        """A peer announced something."""
        return self.take(steer.latch(self.view, name, value, self.moment))

    def crash(self, back_at_s: float, *, power: bool = False) -> None:
        """Lose everything but the ledger, and come back later."""
        self.now_s = back_at_s
        self.signals.clear()
        self._ends.clear()
        self.view = RunView.fold(self.program, self.ledger)
        self.ledger += steer.recover(self.program, self.view, self.moment, power=power)
        self.look()

    def _end_performs(self) -> None:
        for text in [key for key, end_s in self._ends.items() if end_s <= self.now_s]:
            del self._ends[text]
            done = Ending(outcome=Outcome.DONE)
            self.ledger += steer.finished(self.view, text, done, {}, self.moment)

    # --- reading the ledger -------------------------------------------------------------------

    def of(self, *kinds: Kind) -> list[Entry]:
        return [entry for entry in self.ledger if entry.kind in kinds]

    def outcomes(self, action: str) -> list[tuple[float, str, str]]:
        """(process seconds, outcome, reason) of every action of a kind."""
        return [
            (entry.process_s, entry.data["outcome"], entry.data["reason"])
            for entry in self.of(Kind.ACTION_ENDED)
            if entry.data["action"] == action
        ]

    def phases(self) -> list[tuple[float, str]]:
        return [(e.process_s, e.data["phase"]) for e in self.of(Kind.PHASE_ENTERED)]

    def target(self, name: str = "stirring.target") -> Any:
        job_name, _, setting = name.partition(".")
        wanted = self.wanted.get(job_name)
        return None if wanted is None else wanted.settings.get(setting)


def without_time(entry: Entry) -> Entry:
    return replace(entry, process_s=0.0, wall_s=None)
