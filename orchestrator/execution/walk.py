"""Go through a procedure's steps: what ended is passed by, what waits is looked at, what is next
begins.

A walk starts at the first step each time; where it got to is told by the records, which come from
the ledger. So a restart needs nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from orchestrator.execution.arguments import COMPOUND, ValueUnknown, evaluated, planned
from orchestrator.execution.bindings import Bindings, name_of, variable
from orchestrator.execution.conditions import ask
from orchestrator.execution.describe import of_step
from orchestrator.execution.late import GRACE_S, judge, late_by
from orchestrator.execution.procedure import Procedure, StepRecord
from orchestrator.execution.program import Held
from orchestrator.execution.standing import UNKNOWN
from orchestrator.execution.triggers import put_in
from orchestrator.execution.turn import ENTRIES_MAX, Turn
from orchestrator.execution.watch import seen
from orchestrator.model.expression import Unknown, Value, signals_of
from orchestrator.model.key import ActionKey
from orchestrator.model.ledger import Kind
from orchestrator.model.outcome import Outcome
from orchestrator.model.plan import Condition, StepPlan

IRREVERSIBLE: Final = frozenset({"dose", "dilute", "circulate", "sample"})
"""What cannot be undone is skipped when late, unless its policy says otherwise."""
LEAVE: Final = ("run", "skip")
Begin: TypeAlias = "Callable[[Walk, StepPlan, str, dict[str, Any]], bool]"
GoOn: TypeAlias = "Callable[[Walk, StepPlan, str, StepRecord], bool]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verbs:
    """What the kinds of steps do; each answers whether the step has ended."""

    begin: Mapping[str, Begin]
    go_on: Mapping[str, GoOn]


class Walk:
    """One walk through one procedure."""

    def __init__(self, turn: Turn, procedure: Procedure, verbs: Verbs) -> None:
        self.turn = turn
        self.procedure = procedure
        self._verbs = verbs
        self.bindings = Bindings()
        """Variables of the list of steps that is looked at."""
        self.due_s = procedure.due_s
        """Elapsed seconds at which the step that is looked at was due."""

    def sequence(self, steps: tuple[StepPlan, ...], prefix: str) -> bool:
        """Go as far as possible; whether every step has ended."""
        return all(self._step(step, f"{prefix}{number}") for number, step in enumerate(steps))

    def look(self, key: str, /) -> Value | Unknown:
        """Answer what expressions ask, the procedure's variables included."""
        name = name_of(key)
        if name is not None:
            return self.bindings.value(name, self.procedure)
        return self.turn.look(key)

    def held(self, condition: Condition) -> Held:
        """Make a condition ready to be asked, with what its variables stand for now."""
        held = self.turn.program.held(condition)
        if not held.variables:
            return held
        values = tuple((name, self.bindings.value(name, self.procedure)) for name in held.variables)
        kept = self.procedure.held.get(id(condition))
        if kept is None or kept[0] != values:
            known = {variable(name).key: v for name, v in values if not isinstance(v, Unknown)}
            kept = values, Held.of(put_in(condition, known))
            self.procedure.held[id(condition)] = kept
        return kept[1]

    def key(self, path: str) -> ActionKey:
        """Name a step."""
        return self.procedure.key.step(path)

    def began(self, step: StepPlan, path: str, args: Mapping[str, Any], **data: Any) -> StepRecord:
        """Write down that a step begins, before anything moves, and by when it has to be over."""
        if step.timeout_s is not None:
            data.setdefault("deadline_s", self.turn.elapsed_s + step.timeout_s)
        late_s = self._late_s()
        if late_s > 0.0:
            data["late_s"] = late_s
        self.turn.write(
            Kind.ACTION_BEGAN,
            self.key(path),
            action=step.op,
            detail=self._detail(step, args),
            args=args,
            nominal_s=self._nominal_s(self.due_s),
            due_s=self.due_s,
            **data,
        )
        return self.procedure.records[path]

    def done(
        self,
        step: StepPlan,
        path: str,
        args: Mapping[str, Any],
        *,
        next_due_s: float | None = None,
        reason: str = "",
        result: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> bool:
        """Write down that a step was carried out; whether it was late tells its beginning."""
        record = self.procedure.records.get(path)
        late_s = self._late_s() if record is None else record.late_s
        outcome = Outcome.LATE if late_s > 0.0 else Outcome.DONE
        reason = ", ".join(filter(None, (late_by(late_s) if late_s > 0.0 else "", reason)))
        return self.ended(
            step, path, outcome, reason, args=args, next_due_s=next_due_s, result=result, **more
        )

    def ended(
        self,
        step: StepPlan,
        path: str,
        outcome: Outcome,
        reason: str,
        *,
        args: Mapping[str, Any] | None = None,
        next_due_s: float | None = None,
        result: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> bool:
        """Write down how a step ended; what follows is due at `next_due_s`, or as this one was."""
        record = self.procedure.records.get(path)
        due_s = self.due_s if record is None else record.due_s
        if args is None:
            args = planned(step) if record is None else record.args
        self.due_s = due_s if next_due_s is None else next_due_s
        self.turn.write(
            Kind.ACTION_ENDED,
            self.key(path),
            action=step.op,
            detail=self._detail(step, args),
            args=args,
            outcome=outcome.value,
            reason=reason,
            result=result or {},
            nominal_s=self._nominal_s(due_s),
            due_s=due_s,
            next_due_s=self.due_s,
            **more,
        )
        return True

    def question(
        self,
        path: str,
        kind: str,
        text: str,
        deadline_s: float | None,
        choices: Sequence[str] = (),
        **more: Any,
    ) -> None:
        """Ask a person, once."""
        if str(self.key(path)) not in self.turn.view.questions:
            self.turn.write(
                Kind.QUESTION,
                self.key(path),
                text=text,
                kind=kind,
                deadline_s=None if deadline_s is None else self.turn.process_s(deadline_s),
                choices=list(LEAVE if kind == "late" else choices),
                **more,
            )

    def _step(self, step: StepPlan, path: str) -> bool:
        record = self.procedure.records.get(path)
        if record is None:
            return self._begin(step, path)
        if record.ended:
            self.due_s = record.next_due_s
            return True
        return self._verbs.go_on[step.op](self, step, path, record)

    def _begin(self, step: StepPlan, path: str) -> bool:
        if self._halted():
            return False
        verdict = self._verdict(step, path)
        if verdict is None:
            return False
        reason, saw = verdict, dict[str, Any]()
        if not reason and step.if_ is not None:
            _, reason = ask(self.look, step.if_)
            saw = {"saw": seen(tuple(sorted(signals_of(step.if_))), self.look)} if reason else {}
        if not reason:
            try:
                args = {} if step.op in COMPOUND else evaluated(step, self.look)
            except ValueUnknown as unknown:
                reason = str(unknown)
            else:
                return self._verbs.begin[step.op](self, step, path, args)
        if reason.startswith(UNKNOWN) and self.turn.settles():
            return False
        return self.ended(step, path, Outcome.SKIPPED, reason, **saw)

    def _verdict(self, step: StepPlan, path: str) -> str | None:
        """Why the step is not to begin, if it is too late for it; None while a person is asked."""
        late_s = self.turn.elapsed_s - self.due_s
        verdict = judge(late_s, step.late, recomputed=step.op not in IRREVERSIBLE)
        if verdict == "skip":
            return late_by(late_s)
        if verdict != "ask":
            return ""
        leave = self.procedure.answers.get(path)
        if leave is None:
            self.question(path, "late", f"{step.op} is {late_by(late_s)}; still do it?", None)
            return None
        return "" if leave[0] == "run" else f"{late_by(late_s)}, skipped by {leave[1]}"

    def _halted(self) -> bool:
        view = self.turn.view
        going = view.ending is not None or view.move is not None
        return bool(
            self.procedure.text not in view.procedures
            or self.procedure.stopped
            or (going and not self.procedure.of_leaving)
            or view.pausing is not None
            or len(self.turn.entries) > ENTRIES_MAX
        )

    def _nominal_s(self, due_s: float) -> float:
        """When a step would have been due had its procedure begun in time."""
        procedure = self.procedure
        if procedure.late_s > 0.0:
            return procedure.nominal_s + (due_s - procedure.due_s)
        return self.turn.process_s(due_s)

    def _late_s(self) -> float:
        """How late what begins now is, if that is more than its grace."""
        late_s = max(self.procedure.late_s, self.turn.elapsed_s - self.due_s)
        return late_s if late_s > GRACE_S else 0.0

    def _detail(self, step: StepPlan, args: Mapping[str, Any]) -> str:
        return of_step(step, args, self.turn.program.slice.units)
