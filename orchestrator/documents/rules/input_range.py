"""An input whose default lies outside its own range, or whose range is empty.

The form that asks for an input, and the check of what is chosen, both go by its `minimum`,
`maximum` and `choices`. A default that they forbid could not be chosen, and an empty range leaves
nothing.

Mend the range or the value. A vessel's own `inputs:` are held against the same range.
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Draft
from orchestrator.documents.inputs import outside
from orchestrator.model.expression import Value
from orchestrator.model.profile import InputDeclaration, Profile, Vessel


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Report inputs that contradict themselves, and vessels' values outside their range."""
    if draft.profile is None:
        return
    for name, declared in draft.profile.inputs.items():
        if declared.type == "choice" and not declared.choices:
            span = draft.document.places.of_key(("inputs", name))
            yield draft.error(span, "missing-key", f"the input '{name}' needs its choices")
        if _is_empty(declared):
            span = draft.document.places.of_value(("inputs", name, "maximum"))
            yield draft.error(span, "out-of-range", "the maximum is below the minimum")
        if declared.step is not None and declared.step <= 0.0:
            span = draft.document.places.of_value(("inputs", name, "step"))
            yield draft.error(span, "out-of-range", "a step is more than nothing")
    for path, declared, value in _values(draft, draft.profile):
        message = outside(declared, value)
        if message is not None:
            span = draft.document.places.of_value(path)
            yield draft.error(span, "out-of-range", message)


def _is_empty(declared: InputDeclaration) -> bool:
    low, high = declared.minimum, declared.maximum
    return low is not None and high is not None and low > high


def _place(draft: Draft, vessel: Vessel, name: str) -> tuple[str | int, ...]:
    """Where the profile gives a vessel its own value: by itself, or in a series."""
    entry = draft.document.data["vessels"][vessel.written]
    in_series = isinstance(entry.get("series"), dict) and name in entry["series"]
    return ("vessels", vessel.written, "series" if in_series else "inputs", name)


def _values(
    draft: Draft,
    profile: Profile,
) -> Iterator[tuple[tuple[str | int, ...], InputDeclaration, Value]]:
    """Yield every value that the profile itself gives to an input."""
    for name, declared in profile.inputs.items():
        yield ("inputs", name, "default"), declared, declared.default
    for vessel in profile.vessels.values():
        for name, value in vessel.inputs.items():
            if name in profile.inputs:
                yield _place(draft, vessel, name), profile.inputs[name], value
