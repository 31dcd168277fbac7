"""What an author's helper knows: the schema of each kind of document, and what is on offer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from orchestrator.documents.behaviours import build_behaviour
from orchestrator.documents.build import build_profile
from orchestrator.documents.build.charts import build_chart
from orchestrator.documents.catalogue import CatalogueError, Offer, automation_in
from orchestrator.documents.compose import compose_schema
from orchestrator.documents.draft import Cursor, Draft
from orchestrator.documents.files import Files
from orchestrator.documents.include import include
from orchestrator.documents.packages import merge_packages
from orchestrator.documents.places import Document, Path
from orchestrator.documents.schema import fitting, kind_of, read_schema


@dataclass(frozen=True)
class Knowledge:
    """Made once; knows nothing of any document."""

    offer: Offer

    @cached_property
    def _profile_schema(self) -> dict[str, Any]:
        return compose_schema(self.offer)

    def schema_of(self, document: Document) -> dict[str, Any]:
        """Give the schema of a document's kind; what has no kind yet is about to be a profile."""
        kind = kind_of(document) or "profile/1"
        return self._profile_schema if kind == "profile/1" else read_schema(kind)

    def whole(self, document: Document, files: Files) -> Document:
        """Give a document with what it includes, and with its packages merged, as far as can be."""
        found = include(document, files).document
        return merge_packages(found)[0] if kind_of(found) == "profile/1" else found

    def draft_of(self, document: Document) -> Draft:
        """Build a document, to see which names it mentions where."""
        draft = Draft(document, self.offer.catalogue, self.offer.charts)
        kind = kind_of(document) or "profile/1"
        if kind == "profile/1":
            build_profile(draft)
        elif kind == "chart/1":
            build_chart(Cursor(draft, document.data))
        elif kind == "automation/1":
            _build_steps(draft)
        return draft

    def shapes_at(self, document: Document, path: Path) -> list[Mapping[str, Any]]:
        """List the parts of the schema that describe a value; of alternatives, all that fit."""
        root = self.schema_of(document)
        shapes, data = [*_unfolded(root, root, document.data)], document.data
        for step in path:
            data = child_of(data, step)
            inner = [each for shape in shapes for each in _below(shape, step)]
            shapes = [each for one in inner for each in _unfolded(one, root, data)]
        return shapes


def _build_steps(draft: Draft) -> None:
    """Build what an automation does; what it declares has to be right, its steps need not be."""
    document = draft.document
    declared = {k: v for k, v in document.data.items() if k not in ("schedule", "rules")}
    if not fitting("automation/1")(declared):
        return
    try:
        own = automation_in(replace(document, data=declared))
    except CatalogueError:
        return
    if own.job in draft.catalogue.jobs:
        automations = {**draft.catalogue.automations, (own.job, own.name): own}
        draft.catalogue = replace(draft.catalogue, automations=automations)
        build_behaviour(draft, own)


def child_of(data: Any, step: str | int) -> Any:
    """Step to a key's value or an item; None where there is none."""
    if isinstance(data, dict):
        return data.get(step)
    if isinstance(data, list) and isinstance(step, int) and step < len(data):
        return data[step]
    return None


def _below(shape: Mapping[str, Any], step: str | int) -> Iterator[Any]:
    """Yield what a shape says of a key's value, or of an item."""
    if isinstance(step, int):
        yield shape.get("items", {})
        return
    properties = shape.get("properties", {})
    yield properties[step] if step in properties else shape.get("additionalProperties", {})


def _unfolded(shape: Any, root: Mapping[str, Any], data: Any) -> Iterator[Mapping[str, Any]]:
    """Follow references and alternatives; what stands beside a reference comes before it."""
    if not isinstance(shape, Mapping):
        return
    if "$ref" in shape:
        referred: Any = root
        for step in shape["$ref"].removeprefix("#/").split("/"):
            referred = referred[step]
        rest = {key: value for key, value in shape.items() if key != "$ref"}
        yield from _unfolded({**referred, **rest}, root, data)
        return
    yield shape
    if "then" in shape or "else" in shape:
        yield from _unfolded(shape.get(_branch(shape, data), {}), root, data)
    for each in shape.get("allOf", ()):
        if "$ref" in each:
            yield from _unfolded(each, root, data)
    for each in [*shape.get("oneOf", ()), *shape.get("anyOf", ())]:
        for inner in _unfolded(each, root, data):
            if _may_be(inner, data):
                yield inner


def _branch(shape: Mapping[str, Any], data: Any) -> str:
    """Choose between `then` and `else` by the keys that have to be there for it."""
    needed = shape.get("if", {}).get("required", ())
    return "then" if isinstance(data, dict) and set(needed) <= set(data) else "else"


def _may_be(shape: Mapping[str, Any], data: Any) -> bool:
    """Tell whether an alternative is for what stands there, as far as can be told."""
    kinds = shape.get("type", ())
    kinds = {kinds} if isinstance(kinds, str) else set(kinds)
    if isinstance(data, dict):
        return not kinds or "object" in kinds
    if isinstance(data, list):
        return not kinds or "array" in kinds
    return True
