"""What stands on one line: flows, and values that their author has put below each other."""

from __future__ import annotations

from typing import Final

from orchestrator.documents.layout.tree import Collection, Entry, Node, Scalar, value_is_empty
from orchestrator.documents.layout.write_scalar import written_scalar

WIDTH: Final = 120


def flow(node: Node) -> str | None:
    """Write a node on one line; None where that is not possible."""
    if isinstance(node, Scalar):
        if "\n" in node.raw or node.style in ("|", ">"):
            return None
        return node.properties + written_scalar(node)
    said = []
    for entry in node.entries:
        value = flow(entry.value)
        if value is None:
            return None
        said.append(f"{key_of(entry.key)}: {value}" if entry.key is not None else value)
    inner = ", ".join(said)
    if not node.braces:
        return node.properties + inner
    return node.properties + (f"{{{inner}}}" if node.is_mapping else f"[{inner}]")


def key_of(key: Scalar | None) -> str:
    """Write a key; an alias needs a space before its colon."""
    if key is None:
        return ""
    said = key.properties + written_scalar(key)
    return said + " " if key.style == "*" else said


def aligned(node: Collection, indent: int) -> dict[int, int]:
    """Find runs of lines whose values their author has put below each other.

    Gives for such an entry how many spaces more than one follow its colon.
    """
    widths: dict[int, int] = {}
    run: dict[int, Entry] = {}
    for number, entry in enumerate(node.entries):
        inline = _is_inline(entry)
        if not (inline and run and _is_below(node.entries[number - 1], entry)):
            widths |= _spaces(run, indent)
            run = {}
        if inline:
            run[number] = entry
    return widths | _spaces(run, indent)


def _is_below(upper: Entry, lower: Entry) -> bool:
    return (
        lower.place.line == upper.place.line + 1
        and lower.value.place.column == upper.value.place.column
    )


def _is_inline(entry: Entry) -> bool:
    value = entry.value
    return (
        not value_is_empty(value)
        and value.place.line == value.place.end_line == entry.place.line
        and (isinstance(value, Scalar) or value.is_flow)
    )


def _spaces(run: dict[int, Entry], indent: int) -> dict[int, int]:
    """Say how far to move each value of a run; not at all where one would not fit then."""
    lengths = {number: len(key_of(entry.key)) for number, entry in run.items()}
    longest = max(lengths.values(), default=0)
    values = (flow(entry.value) or "" for entry in run.values() if not _is_scalar(entry.value))
    if any(indent + longest + 2 + len(value) > WIDTH for value in values):
        return {}
    return {number: longest - length for number, length in lengths.items()}


def _is_scalar(node: Node) -> bool:
    return isinstance(node, Scalar)
