"""Values and conditions of an action, in our words and at their place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from orchestrator.documents.draft import Cursor
from orchestrator.documents.importing.pioreactor.grammar import (
    Function,
    Infix,
    Lookup,
    Name,
    NotRead,
    Prefix,
    Tree,
    parse,
)
from orchestrator.documents.importing.pioreactor.report import choose, error, within
from orchestrator.documents.importing.pioreactor.translate import Lost, Scope, Spoken, translate

_WHOLE: Final = re.compile(r"\s*\$\{\{(.*?)\}\}\s*", re.DOTALL)
_PARTS: Final = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
_TRUTHS: Final = {"yes": True, "on": True, "no": False, "off": False}
"""What other readers of YAML make of these words."""


def speak(cursor: Cursor, inner: str, scope: Scope) -> Spoken | None:
    """Say an expression in our words; what is wrong with it is reported at its place."""
    try:
        return translate(parse(inner), scope)
    except NotRead as problem:
        place = within(cursor, inner, problem.at, problem.length)
        cursor.complain("import-expression", problem.message, None, place)
    except Lost as lost:
        cursor.complain(lost.code, lost.message, None, within(cursor, inner, lost.at, lost.length))
    return None


def condition(cursor: Cursor | None, scope: Scope) -> Spoken | bool | None:
    """Read an `if`, a `while` or a `wait_until`; None where it is wrong, and reported."""
    if cursor is None:
        return True
    if isinstance(cursor.data, bool):
        return cursor.data
    if isinstance(cursor.data, (int, float)):
        return bool(cursor.data)
    if not isinstance(cursor.data, str):
        error(cursor, "import-shape", "a condition is true, false or an expression")
        return None
    if cursor.data in _TRUTHS:
        choose(cursor, f"'{cursor.data}' is taken for {str(_TRUTHS[cursor.data]).lower()}")
        return _TRUTHS[cursor.data]
    spoken = speak(cursor, inner_of(cursor.data) or cursor.data, scope)
    if spoken is not None and spoken.text in ("true", "false"):
        return spoken.text == "true"
    return spoken


def inner_of(text: str) -> str | None:
    """Give what stands in `${{ … }}`, if that is all there is."""
    found = _WHOLE.fullmatch(text)
    return found[1] if found else None


def message(cursor: Cursor, scope: Scope) -> str | None:
    """Say a log's text in our words; None where it cannot be said."""
    text = str(cursor.data)
    said, end = "", 0
    for part in _PARTS.finditer(text):
        spoken = _part(cursor, part[1], scope)
        if spoken is None:
            return None
        said += _literally(text[end : part.start()]) + spoken
        end = part.end()
    return said + _literally(text[end:])


def _part(cursor: Cursor, inner: str, scope: Scope) -> str | None:
    if inner.strip() in ("experiment()", "experiment"):
        choose(cursor, "the name of the experiment is not known to a text here; it is left out")
        return "this experiment"
    spoken = speak(cursor, inner, scope)
    if spoken is None:
        return None
    if spoken.text == f"'{scope.job}'":
        return scope.job
    return f"{{{{ {spoken.text} }}}}"


def _literally(text: str) -> str:
    for sign in ("{{", "{%", "{#"):
        text = text.replace(sign, f"{sign[0]} {sign[1]}")
    return text


def units_in(text: str) -> Iterator[str]:
    """Yield the Pioreactors that an expression names."""
    for inner in [part[1] for part in _PARTS.finditer(text)] or [text]:
        try:
            yield from _units(parse(inner))
        except NotRead:
            continue


def _units(tree: Tree) -> Iterator[str]:
    match tree:
        case Lookup(unit=str() as unit):
            yield unit
        case Prefix():
            yield from _units(tree.operand)
        case Infix("==", Function("unit"), Name(name=name)):
            yield name
        case Infix("==", Name(name=name), Function("unit")):
            yield name
        case Infix():
            yield from _units(tree.left)
            yield from _units(tree.right)
