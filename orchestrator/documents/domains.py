"""What is known of a signal's values before anything runs."""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.documents.draft import Draft
from orchestrator.documents.flow import reachable
from orchestrator.documents.satisfy import Domain, Domains, input_key
from orchestrator.model.catalogue import CONTEXT_SIGNALS, canonical_name
from orchestrator.model.expression import Compare, Const, Expression, Member, Signal, nodes_of
from orchestrator.model.profile import Profile


def domains_of(draft: Draft, profile: Profile) -> Domains:
    """Give the bounds of clocks, settings and fractions, and the names of phases and vessels."""
    found = {**dict(_bounds(draft)), **dict(_inputs(profile))}
    numbers = reachable(profile)
    reached = (phase.name for number, phase in enumerate(profile.phases) if number in numbers)
    found["phase"] = Domain(texts=frozenset(reached))
    found["vessel"] = Domain(texts=frozenset(profile.vessels))
    return found


def knows_its_phases(tree: Expression, profile: Profile) -> bool:
    """Tell whether all phases that an expression names exist; unknown_phase reports others."""
    names = {phase.name for phase in profile.phases}
    return all(name in names for name in compared_with_phase(tree))


def compared_with_phase(tree: Expression) -> Iterator[str]:
    """Yield the texts that an expression compares the current phase with."""
    phase = Signal("phase")
    for node in nodes_of(tree):
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


def _inputs(profile: Profile) -> Iterator[tuple[str, Domain]]:
    """Yield what may be chosen for an input, whoever chooses."""
    for name, declared in profile.inputs.items():
        bounds = Domain(
            least=-float("inf") if declared.minimum is None else declared.minimum,
            most=float("inf") if declared.maximum is None else declared.maximum,
        )
        if declared.choices:
            yield input_key(name), Domain(texts=frozenset(declared.choices))
        elif not bounds.is_empty:  # input_range has reported it
            yield input_key(name), bounds


def _bounds(draft: Draft) -> Iterator[tuple[str, Domain]]:
    for name, context in CONTEXT_SIGNALS.items():
        if context.type == "time":
            yield name, Domain(least=0.0)
    for job, declaration in draft.catalogue.jobs.items():
        for name, setting in draft.catalogue.settings_of(job).items():
            least, most = setting.minimum, setting.maximum
            if setting.is_number and (least is not None or most is not None):
                yield (
                    f"{job}.{name}",
                    Domain(
                        least=least if least is not None else -float("inf"),
                        most=most if most is not None else float("inf"),
                    ),
                )
        for name, signal in declaration.signals.items():
            if signal.type == "fraction":
                yield canonical_name(f"{job}.{name}"), Domain(least=0.0, most=1.0)
