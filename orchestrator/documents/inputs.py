"""What a user chose for a profile's inputs, read and checked."""

from __future__ import annotations

from collections.abc import Mapping

from orchestrator.documents.diagnostic import Diagnostic, Span
from orchestrator.documents.suggest import closest, listed
from orchestrator.documents.values import constant_of
from orchestrator.model.expression import Value
from orchestrator.model.profile import InputDeclaration, Profile, Source
from orchestrator.model.units import DIMENSIONS, UnitError, format_quantity


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
    numbers are taken to be in canonical units. What cannot be taken is a diagnostic where the
    profile declares the input.
    """
    chosen: dict[str, Value] = {}
    problems = [_unknown(profile, name) for name in given if name not in profile.inputs]
    for name, declared in profile.inputs.items():
        try:
            chosen[name] = _choose(declared, given)
        except _Refused as refusal:
            message = f"{name}: {refusal.message}"
            problems.append(_problem(declared.source, name, message, refusal.suggestion))
    return chosen, problems


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


def _choose(declared: InputDeclaration, given: Mapping[str, str | float | bool]) -> Value:
    if declared.name not in given:
        if declared.default is None:
            raise _Refused("this input has no default and must be given")
        return declared.default
    try:
        value = constant_of(
            _plain(given[declared.name], declared.type), declared.type, declared.choices
        )
    except UnitError as error:
        raise _Refused(error.message, error.suggestion) from None
    message = outside(declared, value)
    if message is not None:
        raise _Refused(message)
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
