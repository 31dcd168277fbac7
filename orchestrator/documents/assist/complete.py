"""What may be written at a place: keys from the schema, values and names from what is known.

Which names belong somewhere is not written down a second time. A word that nobody uses is put in
the place, the document is built with it, and what the builder takes it for is what is wanted there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from orchestrator.documents.assist.knowledge import Knowledge, child_of
from orchestrator.documents.assist.names import Named, declared, names_of
from orchestrator.documents.assist.sketch import sketch
from orchestrator.documents.assist.spot import Inside, Spot, expression_at, spot_at
from orchestrator.documents.diagnostic import Span
from orchestrator.documents.draft import Cursor, Draft
from orchestrator.documents.expressions import FILTERS
from orchestrator.documents.files import NO_FILES, Files
from orchestrator.documents.places import Document, Path
from orchestrator.documents.schema import kind_of
from orchestrator.documents.triggers import trigger_types
from orchestrator.documents.variables import variable_types
from orchestrator.model.expression.functions import FUNCTIONS

ChoiceKind: TypeAlias = Literal["key", "value", "name", "signal", "function", "word"]

PROBE: Final = "axenic_what_is_wanted_here"
CHOICES_MAX: Final = 1000
_WORDS: Final = ("and", "or", "not", "if", "else", "in", "true", "false")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Something that may be written."""

    label: str
    kind: ChoiceKind
    about: str
    insert: str
    span: Span


def complete(
    text: str,
    file: str,
    line: int,
    column: int,
    knowledge: Knowledge,
    files: Files = NO_FILES,
) -> tuple[Choice, ...]:
    """List what may be written at a place, counted from 1. No text makes this raise."""
    document = knowledge.whole(sketch(text, file), files)
    inside = expression_at(text, line, column)
    spot = spot_at(text, line, column)
    if inside is not None:
        path = spot.open.path if spot is not None else ()
        found = _in_expression(inside, document, path, knowledge)
    elif spot is not None:
        found = _in_document(spot, document, knowledge)
    else:
        return ()
    unique = {each.label: each for each in reversed([*found])}
    return tuple(reversed(unique.values()))[:CHOICES_MAX]


# ---- keys and values


def _in_document(spot: Spot, document: Document, knowledge: Knowledge) -> Iterator[Choice]:
    path, part = spot.open.path, spot.open.part
    shapes = knowledge.shapes_at(document, path)
    if part != "key":
        yield from _values(spot, shapes)
        if not any("enum" in shape for shape in shapes):
            for each in _probed(document, path, PROBE, knowledge):
                yield _choice(spot, each.name, "name", each.about, each.name)
    if part != "value":
        data = _at(document.data, path)
        present = set(data) - {spot.whole} if isinstance(data, dict) else set()
        yield from _keys(spot, shapes, present)
        if any(shape.get("additionalProperties") for shape in shapes):
            for each in _probed(document, path, {PROBE: None}, knowledge):
                if each.name not in present:
                    yield _key(spot, each.name, each.about)
        is_item = bool(path) and isinstance(path[-1], int)
        if not (spot.open.in_flow or is_item) and any("items" in shape for shape in shapes):
            yield _choice(spot, "- ", "value", "An item of the list.", "- ")


def _keys(spot: Spot, shapes: list[Mapping[str, Any]], present: set[Any]) -> Iterator[Choice]:
    for shape in shapes:
        group = set(shape.get("x-one-of", ()))
        taken = group if group & present else set()
        refused = {*present, *taken, *_ruled_out(shape, present)}
        for name, inner in shape.get("properties", {}).items():
            if name not in refused:
                about = inner.get("description", "") if isinstance(inner, Mapping) else ""
                yield _key(spot, name, about)


def _ruled_out(shape: Mapping[str, Any], present: set[Any]) -> Iterator[str]:
    """Yield keys that do not belong beside what is there, such as `do` beside `ramp`."""
    for each in shape.get("allOf", ()):
        condition, then = each.get("if", {}), each.get("then", {})
        unless = condition.get("not", {}).get("required", ())
        if set(condition.get("required", ())) <= present and not (
            unless and set(unless) <= present
        ):
            yield from then.get("propertyNames", {}).get("not", {}).get("enum", ())


def _key(spot: Spot, name: str, about: str) -> Choice:
    return _choice(spot, name, "key", about, name if spot.has_colon else f"{name}: ")


def _values(spot: Spot, shapes: list[Mapping[str, Any]]) -> Iterator[Choice]:
    for shape in shapes:
        about = shape.get("description", "")
        listed = [*shape.get("enum", ())]
        if "const" in shape:
            listed.append(shape["const"])
        if shape.get("type") == "boolean":
            listed += [True, False]
        if "default" in shape:
            listed.append(shape["default"])
        listed += shape.get("examples", ())
        for value in listed:
            said = _yaml(value)
            yield _choice(spot, said, "value", about, said)


def _yaml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    said = str(value)
    return f'"{said}"' if said[:1] in "{[*&!|>'\"%@`" or ": " in said or " #" in said else said


def _choice(spot: Spot, label: str, kind: ChoiceKind, about: str, insert: str) -> Choice:
    return Choice(label=label, kind=kind, about=about, insert=insert, span=spot.span)


# ---- what is wanted


def _probed(document: Document, path: Path, probe: Any, knowledge: Knowledge) -> list[Named]:
    """Put a probe in a place and list the names of what the builder takes it for."""
    changed = _put(document.data, path, probe)
    draft = knowledge.draft_of(Document(document.file, document.text, changed, document.places))
    honest = Draft(document, draft.catalogue, draft.known_charts)
    found: list[Named] = []
    for mention in draft.names:
        if PROBE in mention.name.split("."):
            before = mention.name.partition(PROBE)[0]
            names = names_of(
                mention.kind,
                honest,
                job=mention.job,
                automation=mention.automation,
                sequence=mention.sequence,
            )
            found += [
                Named(name=each.name.removeprefix(before), about=each.about)
                for each in names
                if each.name.startswith(before) or mention.kind == "setting"
            ]
    for misfit in draft.misfits:
        if PROBE in misfit.error.message and misfit.error.suggestion is not None:
            found.append(Named(name=misfit.error.suggestion, about="For example."))
    for start in draft.starts:
        if start.name == PROBE:
            found += names_of(start.kind, honest)
    return found


def _put(data: Any, path: Path, value: Any) -> Any:
    """Copy data with a value in one place; what has to be there for that is made."""
    if not path:
        return {**data, **value} if isinstance(data, dict) and isinstance(value, dict) else data
    step, rest = path[0], path[1:]
    if isinstance(step, int):
        items = list(data) if isinstance(data, list) else []
        items += [None] * (step + 1 - len(items))
        items[step] = _put(items[step], rest, value) if rest else _merged(items[step], value)
        return items
    content = dict(data) if isinstance(data, dict) else {}
    inner = content.get(step)
    content[step] = _put(inner, rest, value) if rest else _merged(inner, value)
    return content


def _merged(data: Any, value: Any) -> Any:
    return {**data, **value} if isinstance(data, dict) and isinstance(value, dict) else value


def _at(data: Any, path: Path) -> Any:
    for step in path:
        data = child_of(data, step)
    return data


# ---- expressions


def _in_expression(
    inside: Inside, document: Document, path: Path, knowledge: Knowledge
) -> Iterator[Choice]:
    draft = Draft(document, knowledge.offer.catalogue, knowledge.offer.charts)
    if inside.compared_with is not None:
        kind = {"phase": "phase", "vessel": "vessel"}.get(inside.compared_with)
        for found in names_of(kind, draft) if kind else ():
            yield _word(inside, found.name, "name", found.about)
        return
    if inside.before.rstrip().endswith("|"):
        for known in sorted(FILTERS):
            yield _word(inside, known, "function", FUNCTIONS[known].description)
        return
    signals = names_of("signal", draft)
    for each in signals:
        yield _word(inside, each.name, "signal", each.about)
    for each in names_of("input", draft):
        yield _word(inside, f"inputs.{each.name}", "name", each.about)
    if inside.word.startswith("vessels."):
        for vessel in declared("vessel", document.data):
            for each in signals:
                yield _word(inside, f"vessels.{vessel}.{each.name}", "signal", each.about)
    else:
        for each in names_of("vessel", draft):
            yield _word(inside, f"vessels.{each.name}.", "name", each.about)
    changed = _put(document.data, path, PROBE) if path else document.data
    probing = Draft(Document(document.file, "", changed, document.places), draft.catalogue, {})
    for name, kind in variable_types(Cursor(probing, PROBE, path)).items():
        yield _word(inside, name, "name", f"A variable of the steps; {kind}.")
    if kind_of(document) == "automation/1":
        for each in names_of("variable", draft):
            yield _word(inside, f"variables.{each.name}", "name", each.about)
    for name, kind in trigger_types(Cursor(probing, PROBE, path)).items():
        yield _word(inside, name, "name", f"Of what started the rule; {kind}.")
    for name, function in FUNCTIONS.items():
        yield _word(inside, name, "function", function.description)
    for word in _WORDS:
        yield _word(inside, word, "word", "")


def _word(inside: Inside, name: str, kind: ChoiceKind, about: str) -> Choice:
    return Choice(label=name, kind=kind, about=about, insert=name, span=inside.span)
