"""A document in the house's layout: the same data, the same comments, another look."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from orchestrator.documents.diagnostic import Diagnostic, has_errors, in_order
from orchestrator.documents.load import load
from orchestrator.documents.places import Document
from orchestrator.documents.schema import kind_of, read_schema

ROUNDS_MAX: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Formatted:
    """What came of a text."""

    text: str
    """As it should be; as it was where it cannot be read."""
    diagnostics: tuple[Diagnostic, ...] = ()
    """Why it was left alone."""


def format_text(content: str | bytes, file: str) -> Formatted:
    """Lay a document out anew. What cannot be read is left as it is, with the reason.

    The result reads as exactly the same data: that is not only tested but looked at each time.
    """
    document, problems = load(content, file)
    if document is None or has_errors(problems):
        text = content if isinstance(content, str) else content.decode("utf-8", "replace")
        return Formatted(text=text, diagnostics=in_order(problems))
    return Formatted(text=_settled(document))


def _settled(document: Document) -> str:
    """Lay out until nothing moves any more: what a long line pushed may have had company."""
    now = document
    for _ in range(ROUNDS_MAX):
        laid_out = _laid_out(now)
        if laid_out == now.text:
            return laid_out
        again, _ = load(laid_out, document.file)
        if again is None or not _same(_meaning(again), _meaning(document)):
            return document.text
        now = again
    return document.text


def _meaning(document: Document) -> object:
    """Give what a document says: its data, and what is to be put in where."""
    tags = {repr(path): [tag.name, tag.argument] for path, tag in document.places.tags.items()}
    return [document.data, tags]


def _same(one: object, other: object) -> bool:
    """Compare data with their kinds: 1, 1.0 and true are three things."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return one == other


def _laid_out(document: Document) -> str:
    # PyYAML takes 10 ms to import.
    from orchestrator.documents.layout.tree import Collection, TooOdd, read_tree

    text = "\n".join(document.lines) + "\n"
    try:
        root, scalars = read_tree(text)
    except TooOdd:
        return document.text
    if not isinstance(root, Collection) or not root.entries or root.properties:
        return document.text
    from orchestrator.documents.layout.sections import write_sections

    can_move = all(each.style != "*" for each in scalars)
    order = _order(document) if can_move else ()
    return "\n".join(write_sections(text, root, scalars, order)) + "\n"


def _order(document: Document) -> tuple[str, ...]:
    """Give the order of a profile's sections, that of the schema; other kinds keep their own."""
    return tuple(read_schema("profile/1")["properties"]) if kind_of(document) == "profile/1" else ()
