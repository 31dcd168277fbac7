"""What a user chose for a profile's inputs, read and checked."""

from __future__ import annotations

from collections.abc import Mapping

from orchestrator.documents.suggest import closest, listed
from orchestrator.documents.values import constant_of
from orchestrator.model.expression import Value
from orchestrator.model.profile import InputDeclaration, Profile
from orchestrator.model.units import DIMENSIONS, UnitError, format_quantity


class InputProblem(ValueError):
    """A choice that cannot be taken; `name` says of which input."""

    def __init__(self, name: str, message: str, suggestion: str | None = None) -> None:
        super().__init__(f"{name}: {message}")
        self.name, self.message, self.suggestion = name, message, suggestion


def choose_inputs(
    profile: Profile, given: Mapping[str, str | float | bool]
) -> tuple[dict[str, Value], list[InputProblem]]:
    """Give every input its value in canonical units: what was chosen, else its default.

    Choices come as written by people (`"42 °C"`), so text is read as the input's type asks.
    """
    chosen: dict[str, Value] = {}
    problems = [
        InputProblem(
            name,
            f"this profile has no such input; it has {listed(profile.inputs) or 'none'}",
            closest(name, profile.inputs),
        )
        for name in given
        if name not in profile.inputs
    ]
    for name, declared in profile.inputs.items():
        try:
            chosen[name] = _choose(declared, given)
        except InputProblem as problem:
            problems.append(problem)
    return chosen, problems


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


def _choose(declared: InputDeclaration, given: Mapping[str, str | float | bool]) -> Value:
    if declared.name not in given:
        if declared.default is None:
            raise InputProblem(declared.name, "this input has no default and must be given")
        return declared.default
    try:
        value = constant_of(
            _plain(given[declared.name], declared.type), declared.type, declared.choices
        )
    except UnitError as error:
        raise InputProblem(declared.name, error.message, error.suggestion) from None
    message = outside(declared, value)
    if message is not None:
        raise InputProblem(declared.name, message)
    return value


def _plain(given: str | float | bool, kind: str) -> str | float | bool:
    """Take text from a form or a command line as the plain value that it spells."""
    if not isinstance(given, str):
        return given
    text = given.strip()
    if kind == "boolean":
        return {"true": True, "yes": True, "false": False, "no": False}.get(text.lower(), text)
    if kind == "integer" and text.lstrip("+-").isdecimal() and len(text) < 16:
        return int(text)
    return text
