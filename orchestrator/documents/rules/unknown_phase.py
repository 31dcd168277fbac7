"""A phase that the profile does not have."""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.documents.build.phases import AFTER_TIMEOUT
from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Asked, Draft
from orchestrator.documents.suggest import closest, listed
from orchestrator.model.expression import Compare, Const, Member, Signal, nodes_of


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Report phases to go to, or to compare `phase` with, that are not under `phases:`."""
    if draft.profile is None:
        return
    known = [phase.name for phase in draft.profile.phases]
    for mention in draft.mentions("phase"):
        if mention.name not in known:
            message = f"there is no phase '{mention.name}'; this profile has {listed(known)}"
            meant = closest(mention.name, [*known, *AFTER_TIMEOUT])
            yield draft.error(mention.span, "unknown-phase", message, meant)
    for asked in draft.expressions:
        for name in _compared(asked):
            if name not in known:
                span = draft.document.word_in(asked.span, name)
                message = f"there is no phase '{name}'; this profile has {listed(known)}"
                yield draft.error(span, "unknown-phase", message, closest(name, known))


def _compared(asked: Asked) -> Iterator[str]:
    """Yield the texts that an expression compares the current phase with."""
    phase = Signal("phase")
    for node in nodes_of(asked.tree):
        if isinstance(node, Compare):
            operands = (node.first, *(operand for _, operand in node.links))
            if phase in operands:
                yield from (
                    each.value
                    for each in operands
                    if isinstance(each, Const) and isinstance(each.value, str)
                )
        elif isinstance(node, Member) and node.item == phase:
            yield from (each for each in node.choices if isinstance(each, str))
