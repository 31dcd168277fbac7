"""Values as JSON and back: one form, the same bytes for the same value.

Plans travel and are hashed in this form. Defaults are left out; expressions and texts are written
by their own rules. Reading is typed and says the path of what does not fit.
"""

from __future__ import annotations

import hashlib
import json
import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import cache
from typing import Any, Final, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from orchestrator.model.expression import Expression, from_json, to_json
from orchestrator.model.text import Text, text_from_json, text_to_json

T = TypeVar("T")
_NODES: Final = frozenset(get_args(Expression))
_NAMES: Final = {float: "a number", int: "a whole number", bool: "true or false", str: "a text"}


class RebuildError(ValueError):
    """The JSON is not such a value; the message names the path."""


def plain(value: Any) -> Any:
    """Write a value as what JSON knows. Fields at their default are left out, but for `kind`."""
    if isinstance(value, Text):
        return text_to_json(value)
    if type(value) in _NODES:
        return to_json(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {
            each.name: plain(getattr(value, each.name))
            for each in fields(value)
            if each.name in ("kind", "format") or not _is_default(each, getattr(value, each.name))
        }
    if isinstance(value, Mapping):
        return {str(name): plain(each) for name, each in value.items()}
    if isinstance(value, tuple | list):
        return [plain(each) for each in value]
    return value


def content_of(value: Any) -> Any:
    """Write a part of a plan as plain data, whatever place in a file it comes from."""
    return _without_places(plain(value))


def canonical_json(value: Any) -> bytes:
    """Write plain values as bytes: keys sorted, no spaces, UTF-8, neither NaN nor infinity."""
    text = json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return text.encode()


def digest(data: bytes) -> str:
    """Give the SHA-256 of bytes, hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def rebuild(cls: type[T], data: Any) -> T:
    """Read a value of a class back from what `plain` wrote.

    Raises:
        RebuildError: naming the path of the first thing that does not fit.
    """
    return cast(T, _read(cls, data, ""))


def _without_places(data: Any) -> Any:
    """Leave out where things stand, which is not what they are."""
    if isinstance(data, dict):
        return {name: _without_places(each) for name, each in data.items() if name != "source"}
    if isinstance(data, list):
        return [_without_places(each) for each in data]
    return data


def _is_default(each: Field[Any], value: Any) -> bool:
    if each.default is not MISSING:
        return type(value) is type(each.default) and bool(value == each.default)
    return each.default_factory is not MISSING and bool(value == each.default_factory())


@cache
def _hints(cls: type) -> dict[str, Any]:
    return get_type_hints(cls)


def _read(hint: Any, data: Any, path: str) -> Any:
    if hint is Any:
        return data
    if isinstance(hint, type) and hint in _READERS:
        return _READERS[hint](data, path)
    if hint is Text:
        return _by(text_from_json, data, path)
    if is_dataclass(hint):
        return _dataclass(cast(type, hint), data, path)
    origin = get_origin(hint)
    if origin is Literal:
        if data in get_args(hint):
            return data
        raise _misfit(path, " or ".join(map(str, get_args(hint))), data)
    if origin in (Union, types.UnionType):
        return _union(get_args(hint), data, path)
    if origin is tuple:
        return _tuple(get_args(hint), data, path)
    return _mapping(get_args(hint), data, path)


def _dataclass(cls: type, data: Any, path: str) -> Any:
    if not isinstance(data, Mapping):
        raise _misfit(path, f"a {cls.__name__}", data)
    hints = _hints(cls)
    for name in data:
        if name not in hints:
            raise RebuildError(f"{_join(path, name)}: a {cls.__name__} has no such field")
    values = {name: _read(hints[name], data[name], _join(path, name)) for name in data}
    for each in fields(cls):
        optional = each.default is not MISSING or each.default_factory is not MISSING
        if each.name not in values and not optional:
            raise RebuildError(f"{_join(path, each.name)}: missing")
    return cls(**values)


def _union(choices: tuple[Any, ...], data: Any, path: str) -> Any:
    """Unions are of expressions, of dataclasses told apart by `kind`, or of plain kinds."""
    some = [choice for choice in choices if choice is not types.NoneType]
    if set(some) == _NODES:
        return _by(from_json, data, path)
    if data is None and len(some) < len(choices):
        return None
    if len(some) == 1:
        return _read(some[0], data, path)
    if all(is_dataclass(choice) for choice in some):
        return _dataclass(_of_kind(some, data, path), data, path)
    for kind in (bool, str, int, float):
        fits = isinstance(data, kind) and (kind is bool or not isinstance(data, bool))
        if kind in some and fits:
            return data
    if float in some:
        return _number(data, path)
    raise _misfit(path, " or ".join(_NAMES.get(each, str(each)) for each in some), data)


def _of_kind(choices: list[Any], data: Any, path: str) -> type:
    kind = data.get("kind") if isinstance(data, Mapping) else None
    for choice in choices:
        if kind is not None and kind in get_args(_hints(choice)["kind"]):
            return cast(type, choice)
    names = " or ".join(str(get_args(_hints(choice)["kind"])[0]) for choice in choices)
    raise _misfit(_join(path, "kind"), names, kind)


def _tuple(arguments: tuple[Any, ...], data: Any, path: str) -> tuple[Any, ...]:
    if not isinstance(data, list | tuple):
        raise _misfit(path, "a list", data)
    return tuple(_read(arguments[0], each, f"{path}[{n}]") for n, each in enumerate(data))


def _mapping(arguments: tuple[Any, ...], data: Any, path: str) -> dict[str, Any]:
    if not isinstance(data, Mapping):
        raise _misfit(path, "an object", data)
    return {str(name): _read(arguments[1], each, _join(path, name)) for name, each in data.items()}


def _by(reader: Callable[[Any], Any], data: Any, path: str) -> Any:
    try:
        return reader(data)
    except ValueError as error:
        raise RebuildError(f"{path}: {error}") from None


def _number(data: Any, path: str) -> float:
    if isinstance(data, bool) or not isinstance(data, int | float):
        raise _misfit(path, "a number", data)
    return float(data)


def _exactly(kind: type) -> Callable[[Any, str], Any]:
    def read(data: Any, path: str) -> Any:
        if type(data) is not kind:
            raise _misfit(path, _NAMES[kind], data)
        return data

    return read


_READERS: Final[Mapping[type, Callable[[Any, str], Any]]] = {
    float: _number,
    int: _exactly(int),
    bool: _exactly(bool),
    str: _exactly(str),
}


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _misfit(path: str, wanted: str, data: Any) -> RebuildError:
    return RebuildError(f"{path or 'value'}: {wanted} is needed, not {data!r:.60}")
