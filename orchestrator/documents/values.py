"""Values of a document as expressions: quantities in canonical units, or trees."""

from __future__ import annotations

import math
from typing import Any, Final

from orchestrator.documents.draft import Amount, CronMention, Cursor, Misfit
from orchestrator.documents.expressions import LENGTH_MAX, is_expression, read_expression
from orchestrator.documents.infer import fit, infer, kind_of_type
from orchestrator.documents.quantities import read_quantity
from orchestrator.documents.schedules import is_cron, read_schedule
from orchestrator.documents.suggest import closest
from orchestrator.documents.triggers import trigger_types
from orchestrator.documents.variables import variable_types
from orchestrator.model.expression import Const, Expression, Value
from orchestrator.model.units import DIMENSIONS, UnitError

NOTHING: Final = Const(None)
"""Stands for a value that could not be read; a diagnostic says why, so no profile is made of it."""

ALIASES: Final = {"duration": "time"}
"""Other words for types of inputs."""
NUMBERS: Final = frozenset({*DIMENSIONS, "integer"})
INPUT_TYPES: Final = NUMBERS | {"boolean", "text", "choice", "vessel", "schedule"}

SOMETHING: Final = 1e-9
"""The least that is more than nothing."""

_NOUNS: Final = {
    "truth": "true or false",
    "text": "text",
    "schedule": "a schedule",
    "any": "a value",
}


def read_value(cursor: Cursor | None, type_name: str, choices: tuple[str, ...] = ()) -> Expression:
    """Read a value of a declared type: a constant with its unit, or an expression."""
    if cursor is None:
        return NOTHING
    if is_expression(cursor.data):
        tree = read_expression(cursor)
        if tree is None:
            return NOTHING
        check_kind(cursor, tree, kind_of_type(type_name))
        return tree
    return Const(read_constant(cursor, type_name, choices))


def read_amount(
    cursor: Cursor | None,
    type_name: str,
    *,
    least: float = SOMETHING,
    most: float = math.inf,
    fixed: bool = True,
) -> Expression:
    """Read a duration, a volume or a count: more than nothing, unless `least` says otherwise.

    If `fixed`, it has to be known when the profile is planned: inputs may stand in it, no signals.
    """
    value = read_value(cursor, type_name)
    if cursor is not None and value is not NOTHING:
        cursor.draft.amounts.append(
            Amount(
                tree=value,
                type=type_name,
                span=cursor.span,
                least=least,
                most=most,
                fixed=fixed,
            )
        )
    return value


def optional_amount(
    cursor: Cursor | None, type_name: str, *, least: float = SOMETHING
) -> Expression | None:
    """Read such a value, fixed, that may be left out."""
    return None if cursor is None else read_amount(cursor, type_name, least=least)


def read_condition(cursor: Cursor | None) -> Expression:
    """Read an expression that is true or false."""
    if cursor is None:
        return NOTHING
    if isinstance(cursor.data, bool):
        return Const(cursor.data)
    if not isinstance(cursor.data, str):
        return NOTHING
    if not is_expression(cursor.data):
        if len(cursor.data) > LENGTH_MAX:
            return NOTHING  # the schema has said that it is too long
        cursor.complain("expression", *_not_a_condition(cursor.data))
        return NOTHING
    return read_value(cursor, "boolean")


def _not_a_condition(written: str) -> tuple[str, str | None]:
    """Say what a condition looks like; what stands in one pair of braces was meant as one."""
    if written[:1].isdigit() and written[-1:].isalpha() and len(written.split()) <= 2:
        message = f'a condition is needed here, as in "{{{{ od600 > 0.5 }}}}", not {written!r:.60}'
        return message, None
    inner = written.strip().removeprefix("{").removesuffix("}").strip()
    return "a condition is an expression in {{ … }}", f'"{{{{ {inner} }}}}"'


def read_constant(cursor: Cursor, type_name: str, choices: tuple[str, ...] = ()) -> Value:
    """Read a value that is known now, in canonical units; what does not fit is noted."""
    try:
        return constant_of(cursor.data, type_name, choices)
    except UnitError as error:
        cursor.draft.misfits.append(Misfit(span=cursor.span, error=error))
        return None


def constant_of(data: Any, type_name: str, choices: tuple[str, ...] = ()) -> Value:
    """Turn data into a value of a type; UnitError says why it is none."""
    if type_name in DIMENSIONS:
        return _quantity(data, type_name)
    if type_name not in INPUT_TYPES:
        return None  # which has been said where the type stands
    if type_name == "integer":
        return _integer(data)
    if type_name == "boolean":
        if isinstance(data, bool):
            return data
        meant = {"on": "true", "yes": "true", "off": "false", "no": "false"}.get(str(data).lower())
        raise UnitError(f"true or false is needed here, not {_quoted(data)}", meant)
    if not isinstance(data, str):
        raise UnitError(f"text is needed here, not {_shown(data)}", f'"{_shown(data)}"')
    text = read_schedule(data) if type_name == "schedule" else data
    if (type_name == "choice" or (type_name == "schedule" and choices)) and text not in choices:
        raise UnitError(f"{text!r:.60} is none of {', '.join(choices)}", closest(text, choices))
    return text


def check_kind(cursor: Cursor, tree: Expression, needed: str) -> None:
    """Note an expression whose kind of value cannot be right here."""
    known = {**input_types(cursor), **trigger_types(cursor), **variable_types(cursor)}
    found = infer(tree, cursor.draft.catalogue, known)
    if not fit(found, needed):
        message = f"this is {noun_of(found)}, but {noun_of(needed)} is needed here"
        cursor.complain("wrong-kind", message)


def input_types(cursor: Cursor) -> dict[str, str]:
    """Give the types of the profile's inputs by name, as far as they are written rightly."""
    data = cursor.draft.document.data
    inputs = data.get("inputs") if isinstance(data, dict) else None
    if not isinstance(inputs, dict):
        return {}
    return {
        name: known_type(each["type"])
        for name, each in inputs.items()
        if isinstance(each, dict) and isinstance(each.get("type"), str)
    }


def known_type(name: str) -> str:
    """Give a declared type by its first name; of one that does not exist nothing can be told."""
    name = ALIASES.get(name, name)
    return name if name in INPUT_TYPES else "any"


def read_own(cursor: Cursor, name: str, kind: str) -> Value:
    """Read a value that the profile itself gives to one of its inputs."""
    choices: tuple[str, ...] = ()
    data = cursor.draft.document.data
    if kind in ("choice", "schedule"):
        listed = data["inputs"][name].get("choices")
        choices = tuple(map(str, listed)) if isinstance(listed, list) else ()
    if kind not in INPUT_TYPES:
        return None
    value = read_constant(cursor, kind, choices)
    if kind == "vessel" and isinstance(value, str):
        cursor.mention("vessel", value)
    note_schedule(cursor, kind, value)
    return value


def note_schedule(cursor: Cursor, kind: str, value: Value) -> None:
    """Note a cron entry that an input has as its value, so that it is judged where it stands."""
    if kind == "schedule" and isinstance(value, str) and is_cron(value):
        cursor.draft.crons.append(CronMention(cron=value, timezone=None, span=cursor.span))


def noun_of(kind: str) -> str:
    """Give the words for a kind of value."""
    return DIMENSIONS[kind].noun if kind in DIMENSIONS else _NOUNS.get(kind, "a number")


def _quantity(data: Any, type_name: str) -> float:
    if isinstance(data, (str, int, float)):
        return read_quantity(data, type_name)
    raise UnitError(f"{DIMENSIONS[type_name].noun} is needed here, not {_shown(data)}")


def _integer(data: Any) -> float:
    if isinstance(data, (int, float)) and not isinstance(data, bool) and data == int(data):
        return float(data)
    raise UnitError(f"a whole number is needed here, not {_shown(data)}")


def _quoted(data: Any) -> str:
    return f"{data!r:.60}" if isinstance(data, str) else _shown(data)


def _shown(data: Any) -> str:
    if isinstance(data, bool):
        return "true" if data else "false"
    if data is None:
        return "nothing"
    if isinstance(data, (dict, list)):
        return "a mapping" if isinstance(data, dict) else "a list"
    return str(data)[:60]
