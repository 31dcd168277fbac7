"""A loop in which no time passes.

`while` and `until` ask again after each time. What is measured does not change within a moment, so
without a step that takes time the answer stays the same: the loop goes round thousands of times at
once, and the worker fails the run.

Put a `wait:` into it, or use `wait_until:`, which needs no loop.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Draft
from orchestrator.documents.flow import all_steps, steps_of_phase
from orchestrator.model.expression import Variable, nodes_of, signals_of
from orchestrator.model.profile import Operation, Profile, RepeatStep, SetStep, Step

TAKES_TIME: Final[frozenset[Operation]] = frozenset(
    {"wait", "wait_until", "ask", "sample", "dose", "dilute", "circulate", "blank", "snapshot"}
)
ENDS: Final[frozenset[Operation]] = frozenset({"go_to", "finish", "fail", "pause"})


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Report `while` and `until` without anything in them that takes time, or ends them."""
    if draft.profile is None:
        return
    for step in _steps(draft.profile):
        args = step.args
        if isinstance(args, RepeatStep) and args.condition is not None and _is_restless(args):
            message = f"no time passes in this {args.loop}, so it would go round at once, for ever"
            yield draft.error(draft.span_of(step.source), "restless-loop", message)


def _is_restless(args: RepeatStep) -> bool:
    inner = list(all_steps(args.do))
    if any(step.op in TAKES_TIME | ENDS for step in inner) or args.condition is None:
        return False
    written = {
        name for step in inner if isinstance(step.args, SetStep) for name in step.args.settings
    }
    reads = signals_of(args.condition)
    asks = any(isinstance(node, Variable) for node in nodes_of(args.condition))
    return not (asks or written & reads)


def _steps(profile: Profile) -> Iterator[Step]:
    for phase in profile.phases:
        yield from steps_of_phase(phase)
    for rule in profile.rules:
        yield from all_steps(rule.do)
    for sequence in profile.sequences.values():
        yield from all_steps(sequence.do)
