"""Pioreactor's expressions in the words of ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from orchestrator.documents.importing.pioreactor.grammar import (
    Function,
    Infix,
    Lookup,
    Name,
    Number,
    Prefix,
    Tree,
)
from orchestrator.documents.importing.pioreactor.names import JOBS, Signal, signal_of
from orchestrator.documents.suggest import closest
from orchestrator.model.catalogue import Catalogue

_LEVELS: Final = {
    "or": 1,
    "and": 2,
    "not": 3,
    **dict.fromkeys(("<", "<=", "==", ">=", ">"), 4),
    **dict.fromkeys(("+", "-"), 5),
    **dict.fromkeys(("*", "/"), 6),
    "sign": 7,
    "**": 8,
}
_ATOM: Final = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What names mean where an expression stands."""

    unit: str | None
    """Theirs; None in what is common to all."""
    job: str
    vessels: Mapping[str, str]
    """Ours, by their unit."""
    inputs: Mapping[str, str]
    initial_od: float | None
    catalogue: Catalogue


@dataclass(frozen=True, slots=True)
class Spoken:
    """An expression of ours."""

    text: str
    level: int = _ATOM
    is_live: bool = False
    """Whether it reads what is only known while it runs."""
    is_text: bool = False
    """Whether it is a word to be taken as it is, and no expression."""

    def within(self, level: int) -> str:
        """Write it as an operand of something that binds so strongly."""
        return self.text if self.level >= level else f"({self.text})"


class Lost(ValueError):
    """A part of an expression that has no counterpart; `at` counts from the beginning."""

    def __init__(self, code: str, message: str, at: int, length: int) -> None:
        super().__init__(message)
        self.code, self.message, self.at, self.length = code, message, at, length


def translate(tree: Tree, scope: Scope) -> Spoken:
    """Say an expression in our words.

    Raises:
        Lost: something in it has no counterpart.
    """
    match tree:
        case Number():
            return Spoken(f"{float(tree.text):.15g}")
        case Name():
            return _name(tree, scope)
        case Function():
            return _function(tree.name, tree.at, len(tree.name) + 2, scope)
        case Lookup():
            return _lookup(tree, scope)
        case Prefix():
            return _prefix(tree, scope)
        case Infix():
            return _infix(tree, scope)


def _prefix(tree: Prefix, scope: Scope) -> Spoken:
    operand = translate(tree.operand, scope)
    if tree.operator == "not":
        return Spoken(f"not {operand.within(_LEVELS['not'])}", _LEVELS["not"], operand.is_live)
    # A sign binds more strongly than a power in Jinja2, and less everywhere else.
    return Spoken(f"-{operand.within(_ATOM)}", _LEVELS["sign"], operand.is_live)


def _infix(tree: Infix, scope: Scope) -> Spoken:
    left, right = translate(tree.left, scope), translate(tree.right, scope)
    level = _LEVELS[tree.operator]
    low, high = (_ATOM, _ATOM) if tree.operator == "**" else (level, level + 1)
    if level == _LEVELS["<"]:
        low = high
    text = f"{left.within(low)} {tree.operator} {right.within(high)}"
    return Spoken(text, level, left.is_live or right.is_live)


def _name(tree: Name, scope: Scope) -> Spoken:
    if tree.name in scope.inputs:
        return Spoken(f"inputs.{scope.inputs[tree.name]}")
    if tree.name.lower() in ("true", "false"):
        return Spoken(tree.name.lower())
    if tree.name in ("unit", "hours_elapsed", "experiment", "job_name", "action_count"):
        return _function(tree.name, tree.at, len(tree.name), scope)
    if tree.name in scope.vessels:
        return Spoken(f"'{scope.vessels[tree.name]}'")
    near = closest(tree.name, [*scope.inputs, *scope.vessels])
    message = f"'{tree.name}' is neither an input nor a Pioreactor of this profile" + (
        f"; did you mean {near}?" if near else ""
    )
    raise Lost("import-name", message, tree.at, len(tree.name))


def _function(name: str, at: int, length: int, scope: Scope) -> Spoken:
    if name == "unit":
        return Spoken("vessel")
    if name == "hours_elapsed":
        return Spoken("elapsed / 3600", _LEVELS["/"], is_live=True)
    if name == "job_name":
        return Spoken(f"'{scope.job}'")
    if name == "random":
        message = "nothing is left to chance here: a plan does the same each time it is rehearsed"
    elif name in ("experiment", "action_count"):
        message = f"{name} is not known to an expression here"
    else:
        message = f"Pioreactor has no function {name}()"
        raise Lost("import-expression", message, at, length)
    raise Lost("import-lost", message, at, length)


def _lookup(tree: Lookup, scope: Scope) -> Spoken:
    job = scope.job if tree.job == "job_name()" else tree.job
    if tree.keys[0] == "$state":
        message = f"the state of a job is no signal here; ask what {job} measures or is set to"
        raise Lost("import-lost", message, tree.at, tree.length)
    signal = signal_of(job, tree.keys) or _of_the_same_name(job, tree.keys, scope)
    if signal is None:
        message = f"{job}:{'.'.join(tree.keys)} has no counterpart here"
        raise Lost("import-name", message, tree.at, tree.length)
    name = signal.name
    if tree.unit is not None and tree.unit != scope.unit:
        if tree.unit not in scope.vessels:
            message = f"'{tree.unit}' is no Pioreactor of this profile"
            raise Lost("import-name", message, tree.at, len(tree.unit))
        name = f"vessels.{scope.vessels[tree.unit]}.{name}"
    return _scaled(name, signal, tree, scope)


def _scaled(name: str, signal: Signal, tree: Lookup, scope: Scope) -> Spoken:
    if signal.scale == "percent":
        return Spoken(f"100 * {name}", _LEVELS["*"], is_live=True)
    if signal.scale == "relative":
        if scope.initial_od is None:
            message = (
                "a normalised density counts from the density at the start; give the OD600 that "
                "the culture starts with: --initial-od 0.05"
            )
            raise Lost("import-lost", message, tree.at, tree.length)
        return Spoken(f"{name} / {scope.initial_od:g}", _LEVELS["/"], is_live=True)
    return Spoken(name, is_live=True)


def _of_the_same_name(job: str, keys: tuple[str, ...], scope: Scope) -> Signal | None:
    """A job that a plugin brought here under its own name."""
    declared = None if job in JOBS else scope.catalogue.jobs.get(job)
    if declared is None or len(keys) > 2:
        return None
    known = {*declared.signals, *scope.catalogue.settings_of(job)}
    return Signal(f"{job}.{keys[0]}") if keys[0] in known else None
