"""Frozen dataclasses whose methods are written when one of them is first called.

The standard library writes and compiles the methods of a dataclass as soon as it is defined. A
short command defines more than a hundred classes and makes values of few, so that this was the
largest part of its whole time. What the methods do is the same.
"""

from __future__ import annotations

import dataclasses
from dataclasses import MISSING
from typing import TYPE_CHECKING, Any

__all__ = ["dataclass"]

if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(**options: bool):
        """As `dataclasses.dataclass`; what is not frozen, or ordered, is written at once."""
        if not options.get("frozen") or options.get("order"):
            return dataclasses.dataclass(**options)
        return lambda cls: _prepare(cls, options)


def _prepare(cls: Any, options: dict[str, bool]) -> Any:
    """Collect the fields now; leave a stub for each method that is to be written."""
    missing = [name for name in _WRITTEN if name not in vars(cls)]
    cls.__doc__ = cls.__doc__ or cls.__name__  # else a signature is made up for it
    bare: Any = {**options, "frozen": False, "init": False, "repr": False, "eq": False}
    made = dataclasses.dataclass(**bare)(cls)
    for name in missing:
        setattr(made, name, _stub(made, name))
    for name, method in _SHARED.items():
        setattr(made, name, method)
    return made


def _stub(cls: Any, name: str) -> Any:
    """Write the method in its own place, then do what was asked for."""

    def method(self: Any, *values: Any, **named: Any) -> Any:
        written = _WRITTEN[name](cls)
        setattr(cls, name, written)
        return written(self, *values, **named)

    return method


def _init(cls: Any) -> Any:
    """Write `__init__` in the words of the standard library, whose own brings two more methods."""
    fields = sorted(dataclasses.fields(cls), key=lambda each: bool(each.kw_only))
    known: dict[str, Any] = {"_set": object.__setattr__, "_absent": MISSING}
    asked, lines = ["self"], []
    for each in fields:
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


_WRITTEN: dict[str, Any] = {
    "__init__": _init,
    "__repr__": lambda cls: _by_the_library(cls, "__repr__", repr=True),
    "__eq__": lambda cls: _by_the_library(cls, "__eq__", eq=True),
    "__hash__": lambda cls: _by_the_library(cls, "__hash__", unsafe_hash=True),
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
