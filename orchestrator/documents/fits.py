"""A quick yes: does a document fit its schema?

Importing jsonschema costs more than checking a profile does, so the good case is settled here, for
the keywords that our schemas use: a schema becomes a function, once. What this does not know counts
as no; then jsonschema decides.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sized
from functools import cache
from typing import Any, Final, TypeAlias

Schema: TypeAlias = Any
Check: TypeAlias = Callable[[Any], bool]

_SILENT: Final = frozenset(
    {"$schema", "$id", "$defs", "title", "description", "default", "examples", "$comment"}
)
_OF_OBJECTS: Final = frozenset(
    {"properties", "additionalProperties", "propertyNames", "required", "dependentRequired"}
)
_TOGETHER: Final = _SILENT | _OF_OBJECTS | {"then", "else"}


def fits(schema: Schema, data: Any) -> bool:
    """Tell whether data certainly fits a schema."""
    return compile_schema(schema)(data)


def compile_schema(schema: Schema) -> Check:
    """Turn a schema into a function that tells whether data certainly fits."""
    return _Compiler(schema).check(schema)


def compile_parts(schema: Schema) -> Callable[[str], Check]:
    """Give such a function for each part of a schema that is referred to, as `#/$defs/step`."""
    return _Compiler(schema).reference


class _Compiler:
    """Compiles the parts of one schema; what is referred to is compiled when it is first met."""

    def __init__(self, root: Schema) -> None:
        self._root = root
        self._referred: dict[str, Check] = {}

    def check(self, schema: Schema) -> Check:
        """Turn a part into a function."""
        if isinstance(schema, bool):
            return _always if schema else _never
        checks = [
            self._keyword(keyword, schema)
            for keyword in schema
            if keyword not in _TOGETHER and not keyword.startswith("x-")
        ]
        if not _OF_OBJECTS.isdisjoint(schema):
            checks.append(self._object(schema))
        return _all(checks)

    def _keyword(self, keyword: str, schema: Schema) -> Check:
        value = schema[keyword]
        if keyword in _SIMPLE:
            return _SIMPLE[keyword](value)
        if keyword == "$ref":
            return self.reference(value)
        if keyword == "items":
            item = self.check(value)
            return lambda data: not isinstance(data, list) or all(map(item, data))
        if keyword == "oneOf":
            return self._one_of(value)
        if keyword == "allOf":
            return _all([self.check(each) for each in value])
        if keyword == "anyOf":
            choices = [self.check(each) for each in value]
            return lambda data: any(check(data) for check in choices)
        if keyword == "not":
            denied = self.check(value)
            return lambda data: not denied(data)
        return self._if(schema) if keyword == "if" else _never

    def reference(self, target: str) -> Check:
        """Turn a part that is referred to into a function, when it is first asked."""
        if not target.startswith("#/"):
            return _never
        referred = self._referred

        def check(data: Any) -> bool:
            found = referred.get(target)
            if found is None:
                found = referred[target] = self.check(self._target(target))
            return found(data)

        return check

    def _target(self, target: str) -> Schema:
        found = self._root
        for step in target[2:].split("/"):
            found = found[step]
        return found

    def _one_of(self, branches: list[Schema]) -> Check:
        if all(each.keys() == {"required"} and len(each["required"]) == 1 for each in branches):
            names = frozenset(each["required"][0] for each in branches)
            return lambda data: isinstance(data, dict) and len(names & data.keys()) == 1
        checks = [self.check(each) for each in branches]
        return lambda data: sum(check(data) for check in checks) == 1

    def _if(self, schema: Schema) -> Check:
        asked = self.check(schema["if"])
        then, otherwise = (self.check(schema.get(each, True)) for each in ("then", "else"))
        return lambda data: then(data) if asked(data) else otherwise(data)

    def _object(self, schema: Schema) -> Check:
        known = {key: self.check(each) for key, each in schema.get("properties", {}).items()}
        other = self.check(schema.get("additionalProperties", True))
        name = self.check(schema["propertyNames"]) if "propertyNames" in schema else None
        required = tuple(schema.get("required", ()))
        dependent = tuple(schema.get("dependentRequired", {}).items())

        def check(data: Any) -> bool:
            if not isinstance(data, dict):
                return True
            for key in required:
                if key not in data:
                    return False
            for key, value in data.items():
                if not known.get(key, other)(value) or (name is not None and not name(key)):
                    return False
            return all(each in data for key, needed in dependent if key in data for each in needed)

        return check


def _always(_data: Any) -> bool:
    return True


def _never(_data: Any) -> bool:
    return False


def _all(checks: list[Check]) -> Check:
    """Join checks; most schemas have one or two."""
    if len(checks) < 2:
        return checks[0] if checks else _always
    if len(checks) == 2:
        first, second = checks
        return lambda data: first(data) and second(data)
    return lambda data: all(check(data) for check in checks)


def _type(names: str | list[str]) -> Check:
    if isinstance(names, str):
        return _IS[names]
    checks = [_IS[name] for name in names]
    return lambda data: any(check(data) for check in checks)


def _enum(values: list[Any]) -> Check:
    return lambda data: any(type(each) is type(data) and each == data for each in values)


def _pattern(pattern: str) -> Check:
    def check(data: Any) -> bool:
        return not isinstance(data, str) or _compiled(pattern).search(data) is not None

    return check


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _unique(wanted: bool) -> Check:
    def check(data: Any) -> bool:
        if not wanted or not isinstance(data, list):
            return True
        return all(isinstance(each, str) for each in data) and len(set(data)) == len(data)

    return check


def _size(kind: type[Sized], *, least: bool) -> Callable[[int], Check]:
    def bound(size: int) -> Check:
        if least:
            return lambda data: not isinstance(data, kind) or len(data) >= size
        return lambda data: not isinstance(data, kind) or len(data) <= size

    return bound


def _is_number(data: Any) -> bool:
    return isinstance(data, (int, float)) and not isinstance(data, bool)


def _is_whole(data: Any) -> bool:
    return _is_number(data) and (isinstance(data, int) or data.is_integer())


_IS: Final[dict[str, Check]] = {
    "object": lambda data: isinstance(data, dict),
    "array": lambda data: isinstance(data, list),
    "string": lambda data: isinstance(data, str),
    "number": _is_number,
    "integer": _is_whole,
    "boolean": lambda data: isinstance(data, bool),
    "null": lambda data: data is None,
}
_SIMPLE: Final[dict[str, Callable[[Any], Check]]] = {
    "type": _type,
    "const": lambda value: _enum([value]),
    "enum": _enum,
    "pattern": _pattern,
    "uniqueItems": _unique,
    "minItems": _size(list, least=True),
    "maxItems": _size(list, least=False),
    "minProperties": _size(dict, least=True),
    "maxProperties": _size(dict, least=False),
    "minLength": _size(str, least=True),
    "maxLength": _size(str, least=False),
    "minimum": lambda bound: lambda data: not _is_number(data) or data >= bound,
    "maximum": lambda bound: lambda data: not _is_number(data) or data <= bound,
    "exclusiveMinimum": lambda bound: lambda data: not _is_number(data) or data > bound,
    "exclusiveMaximum": lambda bound: lambda data: not _is_number(data) or data < bound,
}
