"""Does a document have the right shape? JSON Schema decides, `explain_schema` tells people."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import Any, Final

from orchestrator.documents.diagnostic import PROBLEMS_MAX, Diagnostic
from orchestrator.documents.fits import Check, compile_parts, compile_schema
from orchestrator.documents.places import Document
from orchestrator.documents.suggest import closest, listed
from orchestrator.resources import resource

KINDS = {
    "profile/1": "profile",
    "chart/1": "chart",
    "automation/1": "automation",
    "job/1": "job",
    "culture/1": "culture",
    "hardware/1": "hardware",
    "plugin/1": "plugin",
    "cluster/1": "cluster",
    "calibration/1": "calibration",
}
"""The family of documents, with the schemas that describe them."""
_GRAMMAR: Final = "profile.schema.json"
"""What others of the family take rules and schedules from."""


def kind_of(document: Document) -> str | None:
    """Tell which of the family a document says it is."""
    kind = document.data.get("axenic") if isinstance(document.data, dict) else None
    return kind if isinstance(kind, str) and kind in KINDS else None


def check_kind(document: Document) -> list[Diagnostic]:
    """Say what is wrong with a document that is none of the family."""
    if not isinstance(document.data, dict):
        message = "a document is a mapping that begins with a line such as axenic: profile/1"
        return [_at(document, (), "not-a-document", message, None)]
    if "axenic" not in document.data:
        message = "the line that says what this is, such as axenic: profile/1, is missing"
        meant = closest("axenic", document.data)
        if meant is None:
            return [_at(document, (), "missing-key", message, "axenic: profile/1")]
        span = document.places.of_key((meant,))
        return [Diagnostic.at(document.file, span, "missing-key", message, suggestion="axenic")]
    if kind_of(document) is not None:
        return []
    found = document.data["axenic"]
    message = f"there is no kind of document {found!r:.60}; known are {listed(KINDS, len(KINDS))}"
    return [_at(document, ("axenic",), "unknown-kind", message, closest(str(found), KINDS))]


def check_shape(document: Document, kind: str) -> list[Diagnostic]:
    """Hold a document against its kind's schema."""
    if fitting(kind)(document.data):
        return []
    from orchestrator.documents.explain_schema import explain

    errors = validator_for(kind).iter_errors(document.data)
    found = (each for error in errors for each in explain(error, document))
    return list(islice(found, PROBLEMS_MAX + 1))


@cache
def read_schema(kind: str) -> dict[str, Any]:
    """Read the schema of `profile/1` and the like from `schemas/`."""
    path = resource("schemas", f"{KINDS[kind]}.schema.json")
    text = path.read_text("utf-8")
    content: dict[str, Any] = json.loads(text.replace(f'"{_GRAMMAR}#', '"#'))
    if _GRAMMAR in text and kind != "profile/1":
        content["$defs"] = {**read_schema("profile/1")["$defs"], **content["$defs"]}
    return content


@cache
def fitting(kind: str) -> Check:
    """Compile a kind's schema to a quick yes."""
    return compile_schema(read_schema(kind))


@cache
def validator_for(kind: str) -> Any:
    """Prepare a kind's schema for jsonschema, which then looks only at parts that do not fit."""
    from jsonschema import Draft202012Validator
    from jsonschema.validators import extend

    schema = read_schema(kind)
    quick, usual = compile_parts(schema), Draft202012Validator.VALIDATORS["$ref"]

    def reference(validator: Any, target: str, data: Any, part: Any) -> Iterator[Any]:
        return iter(()) if quick(target)(data) else usual(validator, target, data, part)

    sparing: Any = extend(Draft202012Validator, {"$ref": reference})  # type: ignore[no-untyped-call]
    return sparing(schema)


def _at(
    document: Document, path: tuple[str, ...], code: str, message: str, suggestion: str | None
) -> Diagnostic:
    span = document.places.of_value(path)
    return Diagnostic.at(document.file, span, code, message, suggestion=suggestion)
