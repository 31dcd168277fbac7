"""A quick yes: does a document fit its schema?

Importing jsonschema costs more than checking a profile does, so the good case is settled here, for
the keywords that our schemas use. What this does not know counts as no; then jsonschema decides.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any, Final

Schema = Any
_SILENT: Final = frozenset(
    {"$schema", "$id", "$defs", "title", "description", "default", "examples", "$comment"}
)


def fits(schema: Schema, data: Any) -> bool:
    """Tell whether data certainly fits a schema."""
    return _fits(schema, data, schema)


def _fits(schema: Schema, data: Any, root: Schema) -> bool:
    if isinstance(schema, bool):
        return schema
    for keyword, value in schema.items():
        if keyword in _SILENT or keyword.startswith("x-"):
            continue
        check = _CHECKS.get(keyword)
        if check is None or not check(value, data, schema, root):
            return False
    return True


def _type(value: Any, data: Any, _schema: Schema, _root: Schema) -> bool:
    return any(_IS[name](data) for name in ([value] if isinstance(value, str) else value))


def _ref(value: str, data: Any, _schema: Schema, root: Schema) -> bool:
    target = root
    if not value.startswith("#/"):
        return False
    for step in value[2:].split("/"):
        target = target[step]
    return _fits(target, data, root)


def _properties(value: Any, data: Any, _schema: Schema, root: Schema) -> bool:
    if not isinstance(data, dict):
        return True
    return all(_fits(value[key], each, root) for key, each in data.items() if key in value)


def _additional(value: Any, data: Any, schema: Schema, root: Schema) -> bool:
    if not isinstance(data, dict):
        return True
    known = schema.get("properties", {})
    return all(_fits(value, each, root) for key, each in data.items() if key not in known)


def _property_names(value: Any, data: Any, _schema: Schema, root: Schema) -> bool:
    return not isinstance(data, dict) or all(_fits(value, key, root) for key in data)


def _required(value: Any, data: Any, _schema: Schema, _root: Schema) -> bool:
    return not isinstance(data, dict) or all(key in data for key in value)


def _dependent(value: Any, data: Any, _schema: Schema, _root: Schema) -> bool:
    if not isinstance(data, dict):
        return True
    return all(other in data for key, needed in value.items() if key in data for other in needed)


def _items(value: Any, data: Any, _schema: Schema, root: Schema) -> bool:
    return not isinstance(data, list) or all(_fits(value, each, root) for each in data)


def _one_of(value: Any, data: Any, _schema: Schema, root: Schema) -> bool:
    return sum(_fits(each, data, root) for each in value) == 1


def _all_of(value: Any, data: Any, _schema: Schema, root: Schema) -> bool:
    return all(_fits(each, data, root) for each in value)


def _not(value: Any, data: Any, _schema: Schema, root: Schema) -> bool:
    return not _fits(value, data, root)


def _if(value: Any, data: Any, schema: Schema, root: Schema) -> bool:
    branch = schema.get("then" if _fits(value, data, root) else "else", True)
    return _fits(branch, data, root)


def _pattern(value: str, data: Any, _schema: Schema, _root: Schema) -> bool:
    return not isinstance(data, str) or _compiled(value).search(data) is not None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _unique(value: bool, data: Any, _schema: Schema, _root: Schema) -> bool:
    if not value or not isinstance(data, list):
        return True
    return all(isinstance(each, str) for each in data) and len(set(data)) == len(data)


def _is_number(data: Any) -> bool:
    return isinstance(data, (int, float)) and not isinstance(data, bool)


_IS: Final[dict[str, Callable[[Any], bool]]] = {
    "object": lambda data: isinstance(data, dict),
    "array": lambda data: isinstance(data, list),
    "string": lambda data: isinstance(data, str),
    "number": _is_number,
    "integer": lambda data: _is_number(data) and data == int(data),
    "boolean": lambda data: isinstance(data, bool),
    "null": lambda data: data is None,
}
_CHECKS: Final[dict[str, Callable[[Any, Any, Schema, Schema], bool]]] = {
    "type": _type,
    "$ref": _ref,
    "const": lambda value, data, _s, _r: type(value) is type(data) and value == data,
    "enum": lambda value, data, _s, _r: any(type(e) is type(data) and e == data for e in value),
    "properties": _properties,
    "additionalProperties": _additional,
    "propertyNames": _property_names,
    "required": _required,
    "dependentRequired": _dependent,
    "items": _items,
    "oneOf": _one_of,
    "allOf": _all_of,
    "not": _not,
    "if": _if,
    "then": lambda _v, _d, _s, _r: True,
    "else": lambda _v, _d, _s, _r: True,
    "pattern": _pattern,
    "uniqueItems": _unique,
    "minItems": lambda v, data, _s, _r: not isinstance(data, list) or len(data) >= v,
    "maxItems": lambda v, data, _s, _r: not isinstance(data, list) or len(data) <= v,
    "minProperties": lambda v, data, _s, _r: not isinstance(data, dict) or len(data) >= v,
    "maxProperties": lambda v, data, _s, _r: not isinstance(data, dict) or len(data) <= v,
    "minLength": lambda v, data, _s, _r: not isinstance(data, str) or len(data) >= v,
    "maxLength": lambda v, data, _s, _r: not isinstance(data, str) or len(data) <= v,
    "minimum": lambda v, data, _s, _r: not _is_number(data) or data >= v,
    "maximum": lambda v, data, _s, _r: not _is_number(data) or data <= v,
    "exclusiveMinimum": lambda v, data, _s, _r: not _is_number(data) or data > v,
    "exclusiveMaximum": lambda v, data, _s, _r: not _is_number(data) or data < v,
}
