"""What another revision changes in a run that goes on: part of the fold (SEMANTICS rule 18).

What is called the same and does the same keeps everything. A procedure whose item changed or went
ends after the step in progress. What can be recomputed is: state entries, ramps and shapes of the
visit say from now on what the new revision says.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from typing import Any

from orchestrator.execution.adapt_items import adapt_items
from orchestrator.execution.cache import Cache
from orchestrator.execution.program import (
    OWN_STEPS,
    PhaseProgram,
    Program,
    RuleProgram,
    named_starts,
)
from orchestrator.execution.run_state import RunState
from orchestrator.execution.standing import RuleState
from orchestrator.model.canonical import content_of
from orchestrator.model.key import RULE_VISIT, ActionKey
from orchestrator.model.ledger import Entry
from orchestrator.model.plan import EventStart, Start, WhenStart


def adapt(view: RunState, new: Program, entry: Entry) -> None:
    """Let a run go on by another revision."""
    old = view.program
    _stop_what_changed(view, old, new)
    wall_s = entry.wall_s
    if wall_s is None and view.wall_offset_s is not None:
        wall_s = entry.process_s + view.wall_offset_s
    for rule in new.rules.values():
        _adapt_rule(view, old.rules.get(rule.id), rule, entry.process_s, wall_s)
    for rule in [rule for rule in old.rules.values() if rule.id not in new.rules]:
        _forget(view, rule, named_starts(rule.plan))
    before, after = old.phases.get(view.phase or ""), new.phases.get(view.phase or "")
    view.program = new
    if before is not None and after is not None and not view.between:
        _adapt_phase(view, before, after, entry.process_s)
        adapt_items(view, before, after, entry.process_s, wall_s)
    following = view.next_phase[0] if view.between else view.phase
    if following is not None and following in new.phases:
        view.rounds = new.route.inside(following, view.rounds)
    view.cache = Cache(followed=view.cache.followed, wall_offset_s=view.cache.wall_offset_s)


def _stop_what_changed(view: RunState, old: Program, new: Program) -> None:
    """What is under way by an item that is another now ends; it keeps its steps until then."""
    for procedure in view.procedures.values():
        if content_of(_whole(old, procedure.key)) != content_of(_whole(new, procedure.key)):
            procedure.steps = old.steps_for(procedure)
            procedure.stopped = procedure.stopped or f"revision {new.revision}"
            procedure.finishes = True


def _whole(program: Program, key: ActionKey) -> Any:
    """All that a plan says of what a procedure belongs to; None where it says nothing."""
    rule = program.rule_of(key)
    if rule is not None:
        return rule.plan
    phase = program.phases.get(key.visit.rpartition("#")[0])
    if phase is None:
        return None
    if key.item in OWN_STEPS:
        return OWN_STEPS[key.item](phase.plan)
    return phase.items.get(key.item)


def _adapt_rule(
    view: RunState,
    old: RuleProgram | None,
    new: RuleProgram,
    process_s: float,
    wall_s: float | None,
) -> None:
    """A rule keeps its counter for ever, and the history of the starts that stay as they are."""
    state = view.rules.setdefault(new.id, RuleState())
    starts = {} if old is None else named_starts(old.plan)
    changed = {
        name: start
        for name, start in {**starts, **named_starts(new.plan)}.items()
        if content_of(starts.get(name)) != content_of(named_starts(new.plan).get(name))
    }
    _forget(view, old or new, changed)
    if any(not isinstance(start, WhenStart | EventStart) for start in changed.values()):
        # What fell due before the rule was so is not made up for.
        state.elapsed_s = max(view.elapsed_s(process_s), state.elapsed_s or -inf)
        state.wall_s = wall_s if state.wall_s is None else max(wall_s or -inf, state.wall_s)


def _forget(view: RunState, rule: RuleProgram, starts: Mapping[str, Start]) -> None:
    visit = RULE_VISIT if rule.phase is None else view.visit_text
    state = view.rules.get(rule.id)
    for name in starts:
        view.conditions.pop(view.program.when_key(visit, rule.plan.item, name), None)
        if state is not None:
            state.fired.pop(name, None)
    view.occasions = [
        each for each in view.occasions if each.rule != rule.id or each.start not in starts
    ]


def _adapt_phase(view: RunState, old: PhaseProgram, new: PhaseProgram, process_s: float) -> None:
    """Conditions that are others are asked anew; without a hold nothing is held."""
    conditions = {
        "until": (old.plan.until, new.plan.until),
        "hold_while": tuple(each.plan.hold and each.plan.hold.while_ for each in (old, new)),
    }
    for name, (before, after) in conditions.items():
        same = before and after and content_of(before.when) == content_of(after.when)
        if not same:
            view.conditions.pop(view.program.when_key(view.visit_text, name), None)
    if new.plan.hold is None:
        view.held_s += view.clocks.free(process_s)
