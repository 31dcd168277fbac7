"""What expressions know as `vars.NAME`, and where: a sequence's variables, the value of a
`for_each`, the answer to a question."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from orchestrator.documents.draft import Cursor, Draft, Variable
from orchestrator.documents.places import Path

VARS: Final = "vars"
LISTS: Final = frozenset({"do", "on_enter", "on_leave"})
"""Keys of the lists of steps that a procedure begins with."""


def variable_types(cursor: Cursor) -> Mapping[str, str]:
    """Give the types of the variables that are known at a place, by `vars.<name>`."""
    types: dict[str, str] = {}
    for each in known_at(cursor.draft, cursor.path):
        name = f"{VARS}.{each.name}"
        types[name] = each.type if types.get(name, each.type) == each.type else "any"
    return types


def known_at(draft: Draft, path: Path) -> list[Variable]:
    """List the variables that are known at a place."""
    root = procedure_at(path)
    if root is None:
        return []
    return [each for each in declared_in(draft, root) if path[: len(each.scope)] == each.scope]


def declared_in(draft: Draft, root: Path) -> list[Variable]:
    """List the variables of one procedure or sequence, looked for once."""
    found = draft.variables.get(root)
    if found is None:
        found = draft.variables[root] = list(_declared(draft, root))
    return found


def procedure_at(path: Path) -> Path | None:
    """Find the sequence, or the list of steps, that a place is part of."""
    if path[:1] == ("sequences",):
        return path[:2] if len(path) > 2 else None
    ends = (number for number, key in enumerate(path) if number and key in LISTS)
    end = next(ends, None)
    return None if end is None else path[: end + 1]


def _declared(draft: Draft, root: Path) -> Iterator[Variable]:
    data: Any = draft.document.data
    for key in root:
        data = data[key]
    if root[0] == "sequences" and isinstance(data, Mapping):
        variables = data.get("variables")
        for name, declared in variables.items() if isinstance(variables, Mapping) else ():
            kind = declared.get("type") if isinstance(declared, Mapping) else None
            path = (*root, "variables", name)
            yield Variable(name=name, type=_text(kind), scope=(*root, "do"), path=path)
        yield from _in_steps(data.get("do"), (*root, "do"), (*root, "do"))
    else:
        yield from _in_steps(data, root, root)


def _in_steps(data: Any, path: Path, root: Path) -> Iterator[Variable]:
    """Look through steps and the steps within them."""
    if isinstance(data, list):
        for number, each in enumerate(data):
            yield from _in_steps(each, (*path, number), root)
        return
    if not isinstance(data, Mapping):
        return
    for key, each in data.items():
        if key == "ask" and isinstance(each, Mapping) and "variable" in each:
            kind = "choice" if "choices" in each else _text(each.get("type", "text"))
            place = (*path, key, "variable")
            yield Variable(name=_text(each["variable"]), type=kind, scope=root, path=place)
        elif key == "repeat" and isinstance(each, Mapping) and "variable" in each:
            place, scope = (*path, key, "variable"), (*path, key, "do")
            kind = _text(each.get("type")) if "type" in each else kind_of(each.get("for_each"))
            yield Variable(name=_text(each["variable"]), type=kind, scope=scope, path=place)
        yield from _in_steps(each, (*path, key), root)


def kind_of(values: Any) -> str:
    """Tell of what kind plain values are, where nothing says it."""
    if not isinstance(values, list) or any(isinstance(v, str) and "{{" in v for v in values):
        return "any"
    if all(isinstance(each, bool) for each in values):
        return "boolean"
    numbers = (isinstance(each, int | float) and not isinstance(each, bool) for each in values)
    return "number" if all(numbers) else "text"


def _text(data: Any) -> str:
    return data if isinstance(data, str) else "any"
