"""A tree becomes lines again: two spaces a level, comments where they belong."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import takewhile
from typing import Final

from orchestrator.documents.layout.comments import Comment
from orchestrator.documents.layout.inline import WIDTH, aligned, flow, key_of
from orchestrator.documents.layout.tree import (
    Collection,
    Entry,
    Node,
    Scalar,
    value_is_empty,
)
from orchestrator.documents.layout.write_scalar import block_scalar, continued, written_scalar

STEP: Final = 2


@dataclass(slots=True)
class Writer:
    """Writes each entry with the comments before, behind and below it."""

    source: list[str]
    comments: list[Comment]
    """What has not been written yet, in order."""
    lines: list[str]

    def comments_before(self, start: int, indent: int, *, first: bool, column: int = -1) -> bool:
        """Write comments that stand before a place, each on its line; tell if it is still first.

        With a `column`, only those that are indented at least as far.
        """
        while self.comments and self.comments[0].start < start:
            comment = self.comments[0]
            if column >= 0 and comment.column < column:
                break
            self.comments.pop(0)
            self.blank(comment.line, first=first)
            self.lines.append(" " * indent + comment.text)
            first = False
        return first

    def collection(self, node: Collection, indent: int, lead: str, limit: int) -> None:
        """Write a block; `lead` stands before its first entry, as in `- name: …`."""
        widths = aligned(node, indent) if node.is_mapping and not node.is_flow else {}
        for number, entry in enumerate(node.entries):
            end = node.entries[number + 1].place.start if number + 1 < len(node.entries) else limit
            if number or not lead.strip():
                first = self.comments_before(entry.place.start, indent, first=number == 0)
                self.blank(entry.place.line, first=first)
            start = lead if number == 0 and lead else " " * indent
            self.entry(entry, indent, start, end, widths.get(number, 0))
        if node.is_flow:
            self.comments_before(node.place.end, indent, first=False)
        else:
            inner = node.entries[0].place.column
            self.comments_before(limit, indent, first=False, column=inner)

    def entry(self, entry: Entry, indent: int, lead: str, limit: int, width: int = 0) -> None:
        """Write a key or a dash with its value; `limit` is where the next thing begins."""
        value = entry.value
        head = lead + (f"{key_of(entry.key)}:" if entry.key is not None else "-")
        behind = self._behind(entry, value, indent, limit)
        if isinstance(value, Scalar):
            self._scalar(entry, value, head, indent, width, behind)
            return
        line = self._flow_line(value, head, width)
        if line is not None:
            self._line(line, behind)
            return
        head += f" {value.properties}".rstrip()
        inner = indent + STEP
        if entry.key is None and not value.properties and not self._own_lines_in(value):
            self._hoist(behind, indent)
            self.collection(value, inner, head + " ", limit)
            return
        self._line(head, behind)
        self.collection(value, inner, "", limit)

    def _own_lines_in(self, value: Collection) -> bool:
        """Tell whether a comment stands between a dash and the first entry behind it."""
        start = value.entries[0].place.start
        return bool(self.comments) and self.comments[0].start < start

    def _scalar(
        self, entry: Entry, value: Scalar, head: str, indent: int, width: int, behind: list[Comment]
    ) -> None:
        if value_is_empty(value):
            self._line(head, behind)
            return
        head = head.ljust(len(head) + width) + " " + value.properties
        inner = indent + STEP
        if value.style in ("|", ">"):
            header, *rest = block_scalar(value, inner, entry.place.column)
            self._hoist(behind, indent)
            self.lines += [(head + header).rstrip(), *rest]
            return
        first = value.raw.split("\n")[0] if "\n" in value.raw else written_scalar(value)
        rest = continued(value, inner)
        if not rest:
            self._line((head + first).rstrip(), behind)
            return
        self._hoist(behind[:-1], indent)
        self.lines.append(head + first)
        self.lines += rest[:-1]
        self._line(rest[-1], behind[-1:])

    def _flow_line(self, value: Collection, head: str, width: int) -> str | None:
        """Write a flow on one line, if it was one, fits, and has no comment in it."""
        if value.entries and not value.is_flow:
            return None
        inside = any(value.place.start < each.start < value.place.end for each in self.comments)
        said = flow(value)
        if said is None or inside:
            return None
        line = head.ljust(len(head) + width) + " " + said
        return line if len(line) <= WIDTH or not value.entries else None

    def _behind(self, entry: Entry, value: Node, indent: int, limit: int) -> list[Comment]:
        """Take the comment that belongs on the entry's line, and write others above it."""
        near = takewhile(lambda each: each.start < limit, self.comments)
        found = [
            each for each in near if each.start > entry.place.start and _belongs(each, entry, value)
        ]
        for each in found:
            self.comments.remove(each)
        self._hoist(found[:-1], indent)
        return found[-1:]

    def _hoist(self, comments: list[Comment], indent: int) -> None:
        self.lines += [" " * indent + each.text for each in comments]

    def _line(self, said: str, behind: list[Comment]) -> None:
        """Write a line with its comment, which stays below others where it stood below them."""
        for comment in behind:
            column = comment.column if comment.below_another else 0
            said = said.ljust(max(len(said) + 2, column)) + comment.text
        self.lines.append(said)

    def blank(self, line: int, *, first: bool) -> None:
        """Keep one blank line where there were some, but none at a block's beginning."""
        if not first and line > 0 and not self.source[line - 1].strip() and self.lines[-1:] != [""]:
            self.lines.append("")


def _belongs(comment: Comment, entry: Entry, value: Node) -> bool:
    """Tell whether a comment belongs to an entry's first line."""
    if value_is_empty(value):
        return not comment.alone and comment.line == entry.place.line
    if isinstance(value, Collection) and value.entries and not value.is_flow:
        first = value.entries[0].place.start
        return not comment.alone and comment.line == entry.place.line and comment.start < first
    if comment.start < value.place.start:
        return True
    is_block = isinstance(value, Scalar) and value.style in ("|", ">")
    is_on_its_end = comment.start >= value.place.end and comment.line == value.place.end_line
    return is_on_its_end and not comment.alone and not is_block
