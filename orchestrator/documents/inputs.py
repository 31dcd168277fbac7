"""What a user chose for a profile's inputs, read and checked."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil, floor
from typing import Final

from orchestrator.documents.diagnostic import Diagnostic, Span
from orchestrator.documents.suggest import closest, listed
from orchestrator.documents.values import constant_of
from orchestrator.model.expression import Value
from orchestrator.model.profile import InputDeclaration, Profile, Source
from orchestrator.model.units import DIMENSIONS, UnitError, format_quantity

ROUNDING: Final = 1e-6
"""As a share of a step: a choice in another unit is not exactly on it."""


class _Refused(ValueError):
    """A choice that cannot be taken."""

    def __init__(self, message: str, suggestion: str | None = None) -> None:
        super().__init__(message)
        self.message, self.suggestion = message, suggestion


def choose_inputs(
    profile: Profile, given: Mapping[str, str | float | bool]
) -> tuple[dict[str, Value], list[Diagnostic]]:
    """Give every input its value in canonical units: what was chosen, else its default.

    Choices come as written by people (`"42 °C"`), so text is read as the input's type asks; plain
    numbers are taken to be in canonical units. `vessel.input` is a choice for one vessel alone, or
    for all that a name stands for; it comes before what the profile says of that vessel. What
    cannot be taken is a diagnostic where the profile declares the input.
    """
    chosen: dict[str, Value] = {}
    of_vessels = {key: places for key in given if (places := _of_vessels(profile, key))}
    strangers = [key for key in given if key not in profile.inputs and key not in of_vessels]
    problems = [_unknown(profile, name) for name in strangers]
    asked: list[tuple[str, str, tuple[str, ...]]] = []
    asked += [(name, name, (name,)) for name in profile.inputs]
    asked += [(key, key.rpartition(".")[2], places) for key, places in of_vessels.items()]
    for key, name, places in asked:
        declared = profile.inputs[name]
        try:
            if key in given or declared.default is not None or not _all_have(profile, name):
                chosen |= dict.fromkeys(places, _choose(profile, declared, key, given))
        except _Refused as refusal:
            message = f"{key}: {refusal.message}"
            problems.append(_problem(declared.source, name, message, refusal.suggestion))
    return chosen, problems


def _of_vessels(profile: Profile, key: str) -> tuple[str, ...]:
    """Give the places that a choice for a vessel, or for a family of them, fills."""
    vessel, _, name = key.partition(".")
    if name not in profile.inputs:
        return ()
    return tuple(
        f"{each.name}.{name}"
        for each in profile.vessels.values()
        if vessel in (each.name, each.family)
    )


def _all_have(profile: Profile, name: str) -> bool:
    """Tell whether the profile gives every vessel a value of its own."""
    return all(name in vessel.inputs for vessel in profile.vessels.values())


def _unknown(profile: Profile, name: str) -> Diagnostic:
    sources = [each.source for each in profile.vessels.values()]
    sources += [each.source for each in profile.inputs.values()]
    file = sources[0].file if sources else ""
    message = f"this profile has no input '{name}'; it has {listed(profile.inputs) or 'none'}"
    meant = closest(name, profile.inputs)
    return _problem(Source(file=file, line=1, column=1), "", message, meant)


def _problem(source: Source, name: str, message: str, suggestion: str | None) -> Diagnostic:
    end = source.column + max(1, len(name))
    span = Span(source.line, source.column, source.line, end)
    return Diagnostic.at(source.file, span, "input", message, suggestion=suggestion)


def outside(declared: InputDeclaration, value: Value) -> str | None:
    """Say how a value lies outside an input's range, or None."""
    if not isinstance(value, float):
        return None
    kind = declared.type if declared.type in DIMENSIONS else "number"
    shown = format_quantity(value, kind)
    if declared.minimum is not None and value < declared.minimum:
        return f"{shown} is below the minimum of {format_quantity(declared.minimum, kind)}"
    if declared.maximum is not None and value > declared.maximum:
        return f"{shown} is above the maximum of {format_quantity(declared.maximum, kind)}"
    return None


def _refuse_between_steps(declared: InputDeclaration, value: Value) -> None:
    """Hold a choice against the steps that a form takes, from the minimum, or else from nothing."""
    step, first = declared.step, declared.minimum or 0.0
    if not step or step <= 0.0 or not isinstance(value, float) or value == declared.default:
        return
    steps = (value - first) / step
    if abs(steps - round(steps)) <= ROUNDING * max(1.0, abs(steps)):
        return
    kind = declared.type if declared.type in DIMENSIONS else "number"
    both = (first + step * count for count in (floor(steps), ceil(steps)))
    near = sorted({_within(declared, each) for each in both})
    names = " and ".join(format_quantity(each, kind) for each in near)
    shown = format_quantity(value, kind)
    verb = "are" if len(near) > 1 else "is"
    message = f"{shown} lies between the steps that this input takes; the nearest {verb} {names}"
    raise _Refused(message)


def _within(declared: InputDeclaration, value: float) -> float:
    """Stay on the steps that the range has."""
    above = declared.maximum is not None and value > declared.maximum
    return value - (declared.step or 0.0) if above else value


def _choose(
    profile: Profile,
    declared: InputDeclaration,
    key: str,
    given: Mapping[str, str | float | bool],
) -> Value:
    if key not in given:
        if declared.default is None:
            raise _Refused("this input has no default and must be given")
        return declared.default
    try:
        value = constant_of(_plain(given[key], declared.type), declared.type, declared.choices)
    except UnitError as error:
        raise _Refused(error.message, error.suggestion) from None
    message = outside(declared, value)
    if message is not None:
        raise _Refused(message)
    _refuse_between_steps(declared, value)
    if declared.type == "vessel" and value not in profile.vessels:
        raise _Refused(f"there is no vessel '{value}'; this profile has {listed(profile.vessels)}")
    return value


def _plain(given: str | float | bool, kind: str) -> str | float | bool:
    """Take text from a form or a command line as the plain value that it spells."""
    if not isinstance(given, str):
        symbol = DIMENSIONS[kind].symbol if kind in DIMENSIONS else ""
        return f"{given} {symbol}" if symbol and not isinstance(given, bool) else given
    text = given.strip()
    if kind == "boolean":
        return {"true": True, "yes": True, "false": False, "no": False}.get(text.lower(), text)
    if kind == "integer" and text.lstrip("+-").isdecimal() and len(text) < 16:
        return int(text)
    return text
