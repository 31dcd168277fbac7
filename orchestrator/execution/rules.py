"""Rules: something starts one, for long enough, and a procedure begins (SEMANTICS rule 12)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from orchestrator.execution import conditions
from orchestrator.execution.cancel import cancel
from orchestrator.execution.late import GRACE_S, judge, late_by
from orchestrator.execution.occurrences import EPSILON_S
from orchestrator.execution.procedure import Procedure
from orchestrator.execution.program import RuleProgram, WhenProgram
from orchestrator.execution.rule_times import DueStart, due_starts
from orchestrator.execution.standing import Occasion
from orchestrator.execution.triggers import constants_of, put_in
from orchestrator.execution.turn import Turn
from orchestrator.execution.watch import seen
from orchestrator.model.experiment import State
from orchestrator.model.key import RULE_VISIT, ActionKey
from orchestrator.model.ledger import Kind
from orchestrator.model.outcome import Outcome
from orchestrator.model.plan import RulePlan


@dataclass(frozen=True, slots=True, kw_only=True)
class Firing:
    """A rule that was started."""

    start: str
    trigger: Mapping[str, Any]
    """kind, name and value, for its expressions."""
    occurrence: str
    nominal_s: float
    """Process seconds."""
    late_s: float = 0.0
    asked: bool = False
    event: str = ""
    """Id of what happened."""


def advance(turn: Turn) -> None:
    """Ask every rule that a pause does not hold, and act upon what happened."""
    view, program = turn.view, turn.program
    paused = view.state is State.PAUSED
    here = program.phases[view.phase].rules.values() if view.phase in program.phases else ()
    for rule in (*program.general, *(rule for rule in here if view.lives(rule))):
        if paused and not rule.plan.while_paused:
            continue
        for when in rule.whens:
            _ask(turn, rule, when)
        if rule.times:
            _take_up_times(turn, rule)
    view.news = False
    for occasion in list(view.occasions):
        _act_upon(turn, occasion, paused)


def _ask(turn: Turn, rule: RuleProgram, when: WhenProgram) -> None:
    """Fire at the edge, and again for as long as it stays true if the rule is to."""
    if not conditions.holds(turn, _when_key(turn, rule, when), when.held):
        return
    fired_s = turn.view.rules[rule.id].fired.get(when.name)
    if fired_s is not None:
        if when.again_s is None:
            return
        if turn.now_s < fired_s + when.again_s - EPSILON_S:
            turn.wake_at(fired_s + when.again_s)
            return
    trigger = {"kind": "when", "name": "", "value": True}
    _fire(turn, rule, _counted(turn, rule, when.name, trigger))
    if when.again_s is not None:
        turn.wake_at(turn.now_s + when.again_s)


def _act_upon(turn: Turn, occasion: Occasion, paused: bool) -> None:
    rule, happening = turn.program.rules[occasion.rule], occasion.happening
    rests = paused and not rule.plan.while_paused
    if not turn.view.lives(rule):
        return
    if occasion.for_s:
        due_s = occasion.since_s + occasion.for_s
        if rests:
            return
        if turn.now_s < due_s - EPSILON_S:
            turn.wake_at(due_s)
            return
    trigger = {"kind": happening.event, "name": happening.name, "value": occasion.value}
    firing = _counted(turn, rule, occasion.start, trigger, event=happening.id)
    _fire(turn, rule, firing, "paused" if rests else "")


def _take_up_times(turn: Turn, rule: RuleProgram) -> None:
    due = due_starts(turn, rule)
    for number, each in enumerate(due):
        if turn.view.ending is not None:
            return
        reason, asked = _too_late(turn, rule, each, newest=number == len(due) - 1)
        elapsed_s = turn.elapsed_s - (turn.now_s - each.nominal_s)
        firing = Firing(
            start=each.start,
            trigger={"kind": each.kind, "name": "", "value": elapsed_s},
            occurrence=each.occurrence,
            nominal_s=each.nominal_s,
            late_s=each.late_s if each.late_s > GRACE_S else 0.0,
            asked=asked,
        )
        _fire(turn, rule, firing, reason)


def _too_late(turn: Turn, rule: RuleProgram, due: DueStart, *, newest: bool) -> tuple[str, bool]:
    """Why not to begin late, and whether a person is to be asked; only the newest counts."""
    if due.late_s > GRACE_S and not newest:
        return ("superseded" if rule.recomputed else "a later one fell due"), False
    verdict = judge(due.late_s, rule.plan.late, recomputed=rule.recomputed)
    if verdict != "skip":
        return "", verdict == "ask"
    paused = turn.view.clocks.was_paused(due.nominal_s)
    return "paused" if paused else late_by(due.late_s), False


def _counted(
    turn: Turn, rule: RuleProgram, start: str, trigger: Mapping[str, Any], event: str = ""
) -> Firing:
    """A firing that has no moment by right is known by its number."""
    number = turn.view.rules[rule.id].count + 1
    return Firing(
        start=start, trigger=trigger, occurrence=str(number), nominal_s=turn.now_s, event=event
    )


def _fire(turn: Turn, rule: RuleProgram, firing: Firing, reason: str = "") -> None:
    """Begin, wait in line, or say why not; either way the firing is taken up."""
    plan = rule.plan
    key = turn.program.key(_visit(turn, rule), plan.item, firing.occurrence)
    running = [each for each in turn.view.procedures.values() if _is_of(each, key)]
    if not reason and plan.if_ is not None:
        condition = plan.if_
        if rule.uses_trigger:
            condition = put_in(condition, constants_of(firing.trigger))
        _, reason = conditions.ask(turn.look, condition)
    reason = reason or _why_not(plan, len(running))
    data: dict[str, Any] = {"start": firing.start, "trigger": dict(firing.trigger)}
    if firing.event:
        data["event"] = firing.event
    saw = seen(rule.reads, turn.look)
    if saw:
        data["saw"] = saw
    if reason:
        turn.write(Kind.ITEM_ENDED, key, outcome=Outcome.SKIPPED.value, reason=reason, **data)
        return
    if plan.mode == "restart":
        for each in running:
            cancel(turn, each, "restarted")
    turn.write(
        Kind.ITEM_BEGAN,
        key,
        item=plan.item,
        nominal_s=firing.nominal_s,
        late_s=firing.late_s,
        asked=firing.asked,
        queued=plan.mode == "queued" and bool(running),
        **data,
    )


def _visit(turn: Turn, rule: RuleProgram) -> str:
    return RULE_VISIT if rule.phase is None else turn.view.visit_text


def _when_key(turn: Turn, rule: RuleProgram, when: WhenProgram) -> str:
    return turn.program.when_key(_visit(turn, rule), rule.plan.item, when.name)


def _is_of(procedure: Procedure, key: ActionKey) -> bool:
    return procedure.key.item == key.item and procedure.key.visit == key.visit


def _why_not(plan: RulePlan, running: int) -> str:
    if plan.mode == "single" and running:
        return "the one before still runs"
    if plan.mode in ("queued", "parallel") and running >= plan.max:
        return f"{running} run or wait already"
    return ""
