"""The sections of a document: each first-level key with all that is below it, in their order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from orchestrator.documents.decode import lines_of
from orchestrator.documents.layout.comments import comments_of
from orchestrator.documents.layout.inline import aligned
from orchestrator.documents.layout.tree import Collection, Scalar
from orchestrator.documents.layout.write import Writer


def write_sections(
    text: str, root: Collection, scalars: Iterable[Scalar], order: Sequence[str]
) -> list[str]:
    """Write a document's lines, its sections in the given order; others stay behind theirs."""
    source = lines_of(text)
    writer = Writer(source=source, comments=comments_of(text, scalars), lines=[])
    head = _head(writer, source, root)
    widths = aligned(root, 0)
    sections: list[tuple[str, list[str]]] = []
    for number, entry in enumerate(root.entries):
        writer.lines = []
        writer.comments_before(entry.place.start, 0, first=False)
        writer.blank(entry.place.line, first=False)
        last = number + 1 == len(root.entries)
        limit = len(text) if last else root.entries[number + 1].place.start
        writer.entry(entry, 0, "", limit, widths.get(number, 0))
        sections.append((entry.key.value if entry.key else "", writer.lines))
    writer.lines = []
    writer.comments_before(len(text), 0, first=False)
    return _joined(head, _ordered(sections, order), writer.lines)


def _head(writer: Writer, source: list[str], root: Collection) -> list[str]:
    """Write what stands before the first key, which stays there whatever comes first then."""
    dashes = (number for number in range(root.place.line) if source[number].rstrip() == "---")
    start = next(dashes, None)
    if start is not None:
        writer.comments_before(sum(len(each) + 1 for each in source[:start]), 0, first=True)
        writer.lines.append("---")
    writer.comments_before(root.entries[0].place.start, 0, first=start is None and not writer.lines)
    writer.blank(root.place.line, first=not writer.lines)
    return writer.lines


def _ordered(sections: list[tuple[str, list[str]]], order: Sequence[str]) -> list[list[str]]:
    """Sort by the order; what it does not know stays behind the section it stood behind."""
    places: list[tuple[int, int]] = []
    before = -1
    for number, (key, _) in enumerate(sections):
        before = order.index(key) if key in order else before
        places.append((before, number))
    found = [sections[number][1] for _, number in sorted(places)]
    former = sections[0][1]
    if found[0] is not former and former[0] != "" and any(lines[0] == "" for lines in found):
        former.insert(0, "")  # what came first had no blank line before it
    return found


def _joined(head: list[str], sections: list[list[str]], tail: list[str]) -> list[str]:
    first, *others = sections
    written = head + (first[1:] if first[0] == "" else first)
    return [*written, *(line for lines in others for line in lines), *tail]
