"""What a schema found, in a biologist's words and at the deepest place that is to blame."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from typing import Any, Final

from orchestrator.documents.diagnostic import Diagnostic, Span
from orchestrator.documents.expressions import TEMPLATE_LENGTH_MAX
from orchestrator.documents.places import Document, Path
from orchestrator.documents.suggest import closest, listed

_KINDS: Final = ("ramp", "move", "cron", "every", "at", "count", "for_each", "while", "until")
_BESIDE: Final = frozenset({"timeout", "late", "if", "vessels"})
_STEPS: Final = frozenset({"ask", "sample", "dose", "dilute", "circulate", "call", "repeat"})
"""Steps with keys of their own, beside which those of every step stand."""
_ALONE: Final = frozenset({"blank", "pause", "resume", "finish", "fail", "snapshot"})
"""Steps that may stand without anything behind their colon."""
_EXCLUSIVE: Final = ("ramp", "move", "cron", "every")
"""Of which an item is only one, which is said once."""
_NOUNS: Final = {
    "object": "a mapping (key: value)",
    "array": "a list",
    "string": "text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "null": "nothing",
}


def explain(error: Any, document: Document) -> Iterator[Diagnostic]:
    """Turn a validation error of jsonschema into diagnostics."""
    path: Path = tuple(error.absolute_path)
    explainer = _EXPLAINERS.get(error.validator, _other)
    yield from explainer(error, document, path)


def _unknown_keys(error: Any, document: Document, path: Path) -> Iterator[Diagnostic]:
    allowed = error.schema.get("properties", {})
    later = error.schema.get("x-later", ())
    for key in error.instance:
        span = document.places.of_key((*path, key))
        if key in allowed or (key == "<<" and document.written(span) == key):
            continue  # the loader has reported a merge key, which is never quoted
        if key in later:
            message = f"'{key}' is part of the language, but this version does not carry it out yet"
            yield Diagnostic.at(document.file, span, "not-yet", message)
            continue
        missing = [name for name in allowed if name not in error.instance]
        message = f"there is no '{key}' here" + (
            f"; known are {listed(allowed)}" if allowed else ""
        )
        meant = missing[0] if len(allowed) == len(missing) == 1 else closest(key, missing)
        if key in _BESIDE and path and path[-1] in _STEPS:
            message, meant = f"'{key}' belongs beside {path[-1]}:, not into it", None
        elif key in _sequences(document) and "call" in allowed:
            message, meant = f"'{key}' is a sequence; call: does its steps", f"call: {key}"
            if error.instance[key] is not None:
                meant = None
        if ":" in key and error.instance[key] is None and key.partition(":")[0] in allowed:
            message = "YAML wants a space behind the colon"
            meant = ": ".join(key.split(":", 1))
        yield Diagnostic.at(document.file, span, "unknown-key", message, suggestion=meant)


def _sequences(document: Document) -> Container[str]:
    found = document.data.get("sequences") if isinstance(document.data, dict) else None
    return found if isinstance(found, dict) else ()


def _missing_key(error: Any, document: Document, path: Path) -> Iterator[Diagnostic]:
    name = error.message.split("'")[1]
    known = error.schema.get("properties", {})
    strangers = [key for key in error.instance if known and key not in known]
    alone = len(known) == 1 and error.schema.get("additionalProperties") is False
    reported = any(alone or closest(key, [name]) == name for key in strangers)
    if reported or any(key in error.schema.get("x-later", ()) for key in error.instance):
        return
    what = f" in '{path[-1]}'" if path and isinstance(path[-1], str) else ""
    message = f"'{name}' is missing{what}"
    yield Diagnostic.at(document.file, document.places.of_key(path), "missing-key", message)


def _depends(error: Any, document: Document, path: Path) -> Iterator[Diagnostic]:
    for name, needed in error.validator_value.items():
        for other in needed if name in error.instance else ():
            if other not in error.instance:
                span = document.places.of_key((*path, name))
                message = f"'{name}' needs '{other}' beside it"
                yield Diagnostic.at(document.file, span, "missing-key", message)


def _wrong_type(error: Any, document: Document, path: Path) -> Iterator[Diagnostic]:
    wanted = error.validator_value
    names = [wanted] if isinstance(wanted, str) else wanted
    yield _shape(document, path, names, error.instance)


def _shape(document: Document, path: Path, names: list[str], found: Any) -> Diagnostic:
    nouns = [_NOUNS[name] for name in dict.fromkeys(names)]
    needed = " or ".join(filter(None, [", ".join(nouns[:-1]), *nouns[-1:]])) or "something else"
    message = f"{needed} is needed here, not {_noun_of(found)}"
    span = document.places.of_value(path)
    if found is None:
        span = document.places.of_key(path)
    meant = None
    if names == ["array"]:
        meant = _in_brackets(document.written(span), found, path)
    if isinstance(found, str) and found in _ALONE and path and isinstance(path[-1], int):
        meant = f"{found}:"
    if names == ["string"] and isinstance(found, (bool, int, float)):
        meant = f'"{document.written(span)}"'
    return Diagnostic.at(document.file, span, "wrong-type", message, suggestion=meant)


def _in_brackets(written: str, found: Any, path: Path) -> str | None:
    """Guess that a list of one, or of names, only lacks its brackets."""
    is_names = isinstance(found, str) and path[-1] in ("vessels", "for_each", "choices")
    is_step = isinstance(found, dict) and written.startswith("{")
    return f"[{written}]" if (is_names or is_step) and "\n" not in written else None


def _noun_of(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return f"the number {value:g}"
    if isinstance(value, str):
        return f"the text {value!r:.40}"
    return _NOUNS["object"] if isinstance(value, dict) else _NOUNS["array"]


def _not_a_choice(error: Any, document: Document, path: Path) -> Iterator[Diagnostic]:
    wanted = error.validator_value
    choices = [str(each) for each in (wanted if isinstance(wanted, list) else [wanted])]
    if len(choices) == 1:
        message = f"only '{choices[0]}' can stand here"
    else:
        found = str(error.instance).lower() if isinstance(error.instance, bool) else None
        message = f"{found or format(repr(error.instance), '.60')} is none of {', '.join(choices)}"
    span = document.places.of_value(path)
    meant = closest(str(error.instance), choices)
    if path and path[-1] == "on":
        message += ", or a mapping such as {button: NAME}"
    elif len(choices) == 1:
        meant = choices[0]
    if error.instance is False and "off" in choices:
        meant = "off"
    yield Diagnostic.at(document.file, span, "not-a-choice", message, suggestion=meant)


def _one_of(error: Any, document: Document, path: Path) -> Iterator[Diagnostic]:
    keys = error.schema.get("x-one-of")
    if keys is not None:
        if isinstance(error.instance, dict):
            yield from _one_key_of(keys, error, document, path)
        return  # else its type is wrong, which is reported for itself
    branches: dict[Any, list[Any]] = {}
    for cause in error.context:
        branches.setdefault(cause.relative_schema_path[0], []).append(cause)
    fitting = [causes for causes in branches.values() if not any(map(_is_type_of_whole, causes))]
    if len(fitting) == 1:
        for cause in fitting[0]:
            yield from explain(cause, document)
        return
    kinds = [
        name
        for causes in branches.values()
        for cause in causes
        if _is_type_of_whole(cause)
        for name in _as_list(cause.validator_value)
    ]
    yield _shape(document, path, kinds, error.instance)


def _is_type_of_whole(cause: Any) -> bool:
    return cause.validator == "type" and not cause.relative_path


def _as_list(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def _one_key_of(
    keys: list[str], error: Any, document: Document, path: Path
) -> Iterator[Diagnostic]:
    """Explain that exactly one of several keys has to stand in a mapping."""
    kind = error.schema.get("x-kind", "this")
    present = [key for key in error.instance if key in keys]
    if _is_several(error.instance):
        if not present:
            return
        exclusive = [key for key in present if key in _EXCLUSIVE]
        present = exclusive if len(exclusive) > 1 else present
    known = {*error.schema.get("properties", {}), *error.schema.get("x-later", ())}
    if not present:
        if known and any(
            key not in known or key in error.schema.get("x-later", ()) for key in error.instance
        ):
            return
        span = document.places.of_value(path)
        message = f"{kind} needs one of {', '.join(keys)}"
    else:
        span = document.places.of_key((*path, present[1]))
        several = error.schema.get("x-several", "make two of it")
        message = f"{kind} is one thing, but this is {' and '.join(present)}: {several}"
    yield Diagnostic.at(document.file, span, "one-of", message)


def _is_several(item: Any) -> bool:
    return isinstance(item, dict) and sum(key in item for key in _EXCLUSIVE) > 1


def _ruled_out(error: Any, document: Document, path: Path) -> Iterator[Diagnostic]:
    """Explain a key that another key of the same mapping rules out."""
    parent: Any = document.data
    for step in path:
        parent = parent[step]
    if _is_several(parent):
        return  # so what belongs to which is not known yet
    kind = next((key for key in _KINDS if key in parent), "this")
    span = document.places.of_key((*path, error.instance))
    message = f"'{error.instance}' does not belong to {kind}"
    yield Diagnostic.at(document.file, span, "misplaced-key", message)


def _count(error: Any, document: Document, path: Path) -> Iterator[Diagnostic]:
    if error.validator in ("minItems", "minProperties", "minLength"):
        message = (
            "this is empty" if not error.instance else f"at least {error.validator_value} here"
        )
    else:
        message = f"at most {error.validator_value} are possible here"
    if error.validator == "maxLength":
        if "{{" in error.instance and len(error.instance) > TEMPLATE_LENGTH_MAX:
            return  # which has been said where expressions are read
        message = f"{len(error.instance)} characters; {message}"
    span = document.places.of_value(path)
    yield Diagnostic.at(document.file, span, "wrong-count", message)


def _pattern(error: Any, document: Document, path: Path) -> Iterator[Diagnostic]:
    says = error.schema.get("x-says", "this is not written as it has to be")
    span = document.places.of_value(path)
    if "propertyNames" in error.absolute_schema_path:
        span = document.places.of_key((*path, error.instance))
    yield Diagnostic.at(document.file, span, "malformed", f"{error.instance!r:.60}: {says}")


def _bound(error: Any, document: Document, path: Path) -> Iterator[Diagnostic]:
    below = error.validator in ("minimum", "exclusiveMinimum")
    word = "below" if below else "above"
    message = f"{error.instance:g} is {word} {error.validator_value:g}"
    yield Diagnostic.at(document.file, document.places.of_value(path), "out-of-range", message)


def _twice(error: Any, document: Document, path: Path) -> Iterator[Diagnostic]:
    seen: list[Any] = []
    for index, item in enumerate(error.instance):
        if item in seen:
            span: Span = document.places.of_value((*path, index))
            yield Diagnostic.at(document.file, span, "duplicate-item", f"{item!r:.60} stands twice")
        seen.append(item)


def _other(error: Any, document: Document, path: Path) -> Iterator[Diagnostic]:
    span = document.places.of_value(path)
    yield Diagnostic.at(document.file, span, "malformed", str(error.message)[:200])


_EXPLAINERS: Final[dict[str | None, Callable[[Any, Document, Path], Iterator[Diagnostic]]]] = {
    "additionalProperties": _unknown_keys,
    "required": _missing_key,
    "dependentRequired": _depends,
    "type": _wrong_type,
    "not": _ruled_out,
    "enum": _not_a_choice,
    "const": _not_a_choice,
    "oneOf": _one_of,
    "anyOf": _one_of,
    "minItems": _count,
    "maxItems": _count,
    "minProperties": _count,
    "maxProperties": _count,
    "minLength": _count,
    "maxLength": _count,
    "pattern": _pattern,
    "minimum": _bound,
    "maximum": _bound,
    "exclusiveMinimum": _bound,
    "exclusiveMaximum": _bound,
    "uniqueItems": _twice,
}
