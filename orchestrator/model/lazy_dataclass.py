"""Frozen dataclasses whose methods are written when one of them is first called.

The standard library writes and compiles the methods of a dataclass as soon as it is defined. A
short command defines more than a hundred classes and makes values of few, so that this was the
largest part of its whole time. What is written is the same.
"""

from __future__ import annotations

import dataclasses
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


_NOTHING = {"init": False, "repr": False, "eq": False, "match_args": False}
_WRITTEN: dict[str, Any] = {
    "__init__": {**_NOTHING, "init": True, "frozen": True},
    "__repr__": {**_NOTHING, "repr": True},
    "__eq__": {**_NOTHING, "eq": True},
    "__hash__": {**_NOTHING, "unsafe_hash": True},
}
"""Each method with the options by which it alone is written, but for what freezing brings."""


def _write(cls: Any, method: str) -> Any:
    """Let the standard library write one method for a class with the same fields."""
    body = {name: getattr(cls, name) for name in ("__module__", "__qualname__")}
    if hasattr(cls, "__post_init__"):
        body["__post_init__"] = cls.__post_init__
    fields = dataclasses.fields(cls)
    body["__annotations__"] = {each.name: each.type for each in fields}
    body |= {each.name: _as_asked_for(each) for each in fields}
    model = type(cls.__name__, (), body)
    model.__doc__ = cls.__doc__
    return getattr(dataclasses.dataclass(**_WRITTEN[method])(model), method)


def _as_asked_for(field: dataclasses.Field[Any]) -> Any:
    asked: Any = {name: getattr(field, name) for name in _ASKED}
    return dataclasses.field(**asked)


_ASKED = ("default", "default_factory", "init", "repr", "hash", "compare", "kw_only")


def _stub(cls: Any, name: str) -> Any:
    """Write the method in its own place, then do what was asked for."""

    def method(self: Any, *values: Any, **named: Any) -> Any:
        written = _write(cls, name)
        setattr(cls, name, written)
        return written(self, *values, **named)

    return method


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
