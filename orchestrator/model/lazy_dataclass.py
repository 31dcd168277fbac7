"""Dataclasses whose methods are written when they turn out to be needed.

The standard library writes and compiles the methods of a dataclass as soon as it is defined. A
short command defines more than a hundred classes and makes values of few, so that this was the
largest part of its whole time. What the methods do is the same.
"""

from __future__ import annotations

import dataclasses
from dataclasses import MISSING
from typing import TYPE_CHECKING, Any, Final

__all__ = ["dataclass"]

SELDOM: Final = 40
"""So many values are made field by field; to write an `__init__` takes as long as to make these."""

if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(**options: bool):
        """As `dataclasses.dataclass`, with the same options."""
        return lambda cls: _prepare(cls, options)


def _prepare(cls: Any, options: dict[str, bool]) -> Any:
    """Collect the fields now; leave a stub for each method that is to be written."""
    frozen, ordered = options.get("frozen", False), options.get("order", False)
    names = [*_WRITTEN, *(_ORDERED if ordered else ())]
    missing = [name for name in names if name not in vars(cls)]
    cls.__doc__ = cls.__doc__ or cls.__name__  # else a signature is made up for it
    bare: Any = {**options, **dict.fromkeys(("frozen", "init", "repr", "eq", "order"), False)}
    made = dataclasses.dataclass(**bare)(cls)
    for name in missing:
        setattr(made, name, _stub_of_init(made) if name == "__init__" else _stub(made, name))
    for name, method in _SHARED.items() if frozen else ():
        setattr(made, name, method)
    if not frozen and "__hash__" in missing:
        setattr(made, "__hash__", None)  # noqa: B010 - what may change has none
    return made


def _stub(cls: Any, name: str) -> Any:
    """Write the method in its own place, then do what was asked for."""

    def method(self: Any, *values: Any) -> Any:
        written = _ORDERED[name](cls) if name in _ORDERED else _WRITTEN[name](cls)
        setattr(cls, name, written)
        return written(self, *values)

    return method


def _stub_of_init(cls: Any) -> Any:
    """Fill the first few values field by field; write what fills more, or says what is wrong."""
    fields = [(each.name, each.default, each.default_factory) for each in _by_place_first(cls)]
    by_place = [each.name for each in _by_place_first(cls) if not each.kw_only]
    made = 0

    def __init__(self: Any, *values: Any, **named: Any) -> None:
        nonlocal made
        made += 1
        given = _all_named(by_place, values, named)
        if made <= SELDOM and given is not None and _fill(self, fields, given):
            if hasattr(self, "__post_init__"):
                self.__post_init__()
            return
        written = _init(cls)
        cls.__init__ = written
        written(self, *values, **named)

    return __init__


def _all_named(
    by_place: list[str], values: tuple[Any, ...], named: dict[str, Any]
) -> dict[str, Any] | None:
    """Give arguments by name; None where they do not fit."""
    if not values:
        return named
    given = dict(zip(by_place, values, strict=False))
    fits = len(values) <= len(by_place) and given.keys().isdisjoint(named)
    return given | named if fits else None


def _fill(self: Any, fields: list[tuple[str, Any, Any]], given: dict[str, Any]) -> bool:
    """Set every field; False where there is one argument too few or too many."""
    taken = 0
    for name, default, make in fields:
        if name in given:
            value = given[name]
            taken += 1
        elif default is not MISSING:
            value = default
        elif make is not MISSING:
            value = make()
        else:
            return False
        object.__setattr__(self, name, value)
    return taken == len(given)


def _by_place_first(cls: Any) -> list[dataclasses.Field[Any]]:
    return sorted(dataclasses.fields(cls), key=lambda each: bool(each.kw_only))


def _init(cls: Any) -> Any:
    """Write `__init__` in the words of the standard library, whose own brings two more methods."""
    known: dict[str, Any] = {"_set": object.__setattr__, "_absent": MISSING}
    asked, lines = ["self"], []
    for each in _by_place_first(cls):
        value = each.name
        if each.default is not MISSING:
            known[f"_default_{each.name}"] = each.default
            value = f"{each.name}=_default_{each.name}"
        elif each.default_factory is not MISSING:
            known[f"_make_{each.name}"] = each.default_factory
            value = f"{each.name}=_absent"
            lines.append(f"if {each.name} is _absent: {each.name} = _make_{each.name}()")
        if each.kw_only and "*" not in asked:
            asked.append("*")
        asked.append(value)
        lines.append(f"_set(self, {each.name!r}, {each.name})")
    if hasattr(cls, "__post_init__"):
        lines.append("self.__post_init__()")
    body = "\n ".join(lines or ["pass"])
    exec(f"def __init__({', '.join(asked)}):\n {body}", known)
    written = known["__init__"]
    written.__qualname__ = f"{cls.__qualname__}.__init__"
    return written


def _by_the_library(cls: Any, method: str, **options: Any) -> Any:
    """Let the standard library write one method, for a class with the same fields."""
    fields = dataclasses.fields(cls)
    body: dict[str, Any] = {each.name: _as_asked_for(each) for each in fields}
    body["__annotations__"] = {each.name: each.type for each in fields}
    body |= {"__module__": cls.__module__, "__qualname__": cls.__qualname__, "__doc__": cls.__doc__}
    nothing = {"init": False, "repr": False, "eq": False, "match_args": False}
    model: Any = type(cls.__name__, (), body)
    return getattr(dataclasses.dataclass(**nothing | options)(model), method)


def _as_asked_for(field: dataclasses.Field[Any]) -> Any:
    asked: Any = {name: getattr(field, name) for name in ("repr", "hash", "compare")}
    return dataclasses.field(**asked)


def _ordering(name: str) -> Any:
    return lambda cls: _by_the_library(cls, name, eq=True, order=True)


_WRITTEN: dict[str, Any] = {
    "__init__": _init,
    "__repr__": lambda cls: _by_the_library(cls, "__repr__", repr=True),
    "__eq__": lambda cls: _by_the_library(cls, "__eq__", eq=True),
    "__hash__": lambda cls: _by_the_library(cls, "__hash__", unsafe_hash=True),
}
_ORDERED: dict[str, Any] = {
    name: _ordering(name) for name in ("__lt__", "__le__", "__gt__", "__ge__")
}


def _refuse_to_set(_self: Any, name: str, _value: Any) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_to_delete(_self: Any, name: str) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")


def _state(self: Any) -> list[Any]:
    return [getattr(self, field.name) for field in dataclasses.fields(self)]


def _restore(self: Any, state: list[Any]) -> None:
    for field, value in zip(dataclasses.fields(self), state, strict=True):
        object.__setattr__(self, field.name, value)


_SHARED: dict[str, Any] = {
    "__setattr__": _refuse_to_set,
    "__delattr__": _refuse_to_delete,
    "__getstate__": _state,
    "__setstate__": _restore,
}
