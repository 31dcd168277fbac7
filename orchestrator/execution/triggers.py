"""What a rule knows of its start: put into its steps when it begins, so that it never changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, Final, TypeVar, get_args

from orchestrator.model.event import TRIGGER_NAMES
from orchestrator.model.expression import Expression, Value, Variable, fold, nodes_of
from orchestrator.model.text import Text, fold_text

T = TypeVar("T")
TRIGGER: Final = "trigger"
_NODES: Final = frozenset(get_args(Expression))


def variable(name: str) -> Variable:
    """The leaf that stands for `trigger.<name>`."""
    return Variable(f"{TRIGGER}.{name}")


def constants_of(trigger: Mapping[str, Any]) -> dict[str, Value]:
    """What is known of a start, by the keys of its leaves; what has no value stays unknown."""
    return {
        variable(name).key: trigger[name] for name in TRIGGER_NAMES if trigger.get(name) is not None
    }


def uses_trigger(part: Any) -> bool:
    """Whether something of a plan asks what started it."""
    leaves = {variable(name) for name in TRIGGER_NAMES}
    return any(node in leaves for tree in _trees(part) for node in nodes_of(tree))


def put_in(part: T, constants: Mapping[str, Value]) -> T:
    """The same part of a plan with constants for leaves, wherever they stand in it."""
    found: Any = part
    if type(part) in _NODES:
        found = fold(found, constants)
    elif isinstance(part, Text):
        found = fold_text(part, constants)
    elif isinstance(part, tuple):
        found = tuple(put_in(each, constants) for each in part)
    elif isinstance(part, Mapping):
        found = {name: put_in(each, constants) for name, each in part.items()}
    elif is_dataclass(part):
        inner = {each.name: getattr(part, each.name) for each in fields(part)}
        found = replace(found, **{name: put_in(each, constants) for name, each in inner.items()})
    return found  # type: ignore[no-any-return]


def _trees(part: Any) -> Iterator[Expression]:
    if type(part) in _NODES:
        yield part
    elif isinstance(part, Text):
        yield from (each for each in part.parts if not isinstance(each, str))
    elif isinstance(part, tuple):
        for each in part:
            yield from _trees(each)
    elif isinstance(part, Mapping):
        yield from _trees(tuple(part.values()))
    elif is_dataclass(part):
        yield from _trees(tuple(getattr(part, each.name) for each in fields(part)))
