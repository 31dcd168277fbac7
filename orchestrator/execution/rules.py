"""Rules: a condition that becomes true, for long enough, begins a procedure (SEMANTICS rule 12)."""

from __future__ import annotations

from orchestrator.execution import conditions
from orchestrator.execution.cancel import cancel
from orchestrator.execution.procedure import Procedure
from orchestrator.execution.program import RuleProgram
from orchestrator.execution.turn import Turn
from orchestrator.model.experiment import State
from orchestrator.model.key import RULE_VISIT
from orchestrator.model.ledger import Kind
from orchestrator.model.outcome import Outcome
from orchestrator.model.plan import RulePlan


def advance(turn: Turn) -> None:
    """Ask every rule that a pause does not hold."""
    paused = turn.view.state is State.PAUSED
    for name, rule in turn.program.rules.items():
        if paused and not rule.plan.while_paused:
            continue
        held = conditions.holds(turn, rule.when_key, rule.when)
        if held and not turn.view.rules[name].fired:
            _fire(turn, rule)


def _fire(turn: Turn, rule: RuleProgram) -> None:
    """Begin, wait in line, or say why not; either way the firing is counted."""
    plan = rule.plan
    key = turn.program.key(RULE_VISIT, plan.item, str(turn.view.rules[plan.item].count + 1))
    running = [each for each in turn.view.procedures.values() if _is_of(each, plan)]
    reason = ""
    if plan.if_ is not None:
        _, reason = conditions.ask(turn, plan.if_)
    reason = reason or _why_not(plan, len(running))
    if reason:
        turn.write(Kind.ITEM_ENDED, key, outcome=Outcome.SKIPPED.value, reason=reason)
        return
    if plan.mode == "restart":
        for each in running:
            cancel(turn, each, "restarted")
    turn.write(
        Kind.ITEM_BEGAN,
        key,
        item=plan.item,
        nominal_s=turn.now_s,
        queued=plan.mode == "queued" and bool(running),
    )


def _is_of(procedure: Procedure, plan: RulePlan) -> bool:
    return procedure.of_rule and procedure.key.item == plan.item


def _why_not(plan: RulePlan, running: int) -> str:
    if plan.mode == "single" and running:
        return "the one before still runs"
    if plan.mode in ("queued", "parallel") and running >= plan.max:
        return f"{running} run or wait already"
    return ""
