"""Which values an expression can be told to reach before anything runs."""

from __future__ import annotations

from orchestrator.model.expression import Const, Expression, Input, Value, fold
from orchestrator.model.lazy_dataclass import dataclass
from orchestrator.model.profile import Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """A value, and how it comes about."""

    value: float
    how: str = ""
    """Where it is not written there: ` (the default of the input warm_up_to)`."""
    only_possible: bool = False
    """Whether it is only what a user might choose."""


def reaches(node: Expression, profile: Profile | None) -> list[Reach]:
    """List the values that a constant, or an expression of inputs, can have."""
    if isinstance(node, Const):
        return [Reach(value=node.value)] if isinstance(node.value, float) else []
    if profile is None:
        return []
    found: list[Reach] = []
    folded = fold(node, defaults_of(profile))
    if isinstance(folded, Const) and isinstance(folded.value, float):
        found.append(Reach(value=folded.value, how=" (from the inputs)"))
    if isinstance(node, Input) and node.name in profile.inputs:
        declared = profile.inputs[node.name]
        ends = {declared.minimum: "minimum", declared.maximum: "maximum"}
        found += [
            Reach(value=value, how=f" (the {word} of the input {node.name})", only_possible=True)
            for value, word in ends.items()
            if value is not None and all(value != each.value for each in found)
        ]
    return found


def known(node: Expression | None, profile: Profile) -> float | None:
    """Give the number that a value has with the inputs' defaults; None where it has none yet."""
    if node is None:
        return None
    folded = fold(node, defaults_of(profile))
    if isinstance(folded, Const) and isinstance(folded.value, float):
        return folded.value
    return None


def defaults_of(profile: Profile) -> dict[str, Value]:
    """Give the inputs' defaults, by the keys that `fold` takes."""
    return {
        f"inputs.{name}": each.default
        for name, each in profile.inputs.items()
        if each.default is not None
    }
