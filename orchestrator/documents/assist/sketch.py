"""Reads a document that is just being typed: never fails, and knows what is open where it ends.

The strict reader answers a broken document with what is broken. While somebody types, a document is
broken most of the time, and still they want to know what may stand here. This reader goes by
indentation and brackets, and takes what it cannot understand as a piece of text.
"""

from __future__ import annotations

import re
from typing import Any, Final

from orchestrator.documents.assist.brackets import DEPTH_MAX, Brackets
from orchestrator.documents.assist.notes import Frame, Open, Part
from orchestrator.documents.decode import lines_of
from orchestrator.documents.places import Document, Places, Tag
from orchestrator.documents.scalars import resolve

_KEY: Final = re.compile(r"(\"[^\"]*\"|'[^']*'|[^\s\-?:,\[\]{}#&*!|>'\"%@`][^#\n]*?):(?=\s|$)")
_PROPERTIES: Final = re.compile(r"(?:[&!]\S*[ \t]+)+")
_COMMENT: Final = re.compile(r"(?:^|[ \t])#.*")


def sketch(text: str, file: str) -> Document:
    """Read what can be read of a text."""
    reader = _Lines(text)
    reader.read()
    return Document(file, text, reader.data, Places(reader.values, reader.keys, reader.tags))


def open_at_end(text: str) -> Open | None:
    """Tell what is open where a text breaks off; None in comments and the like."""
    reader = _Lines(text)
    reader.read()
    return reader.what_is_open()


class _Lines(Brackets):
    """Goes through the lines by their indentation."""

    __slots__ = ()

    def read(self) -> None:
        """Go through all lines."""
        self._lines = lines_of(self.text) or [""]
        if self.text[-1:] in ("\n", "\r"):
            self._lines.append("")
        self._frames = [Frame(0, (), self.data)]
        for line in self._lines:
            self._number += 1
            self._open, self._is_silent = None, False
            self._line(line)

    def what_is_open(self) -> Open | None:
        """Tell what is open behind the last line."""
        if self._is_silent:
            return None
        if self._open is not None:
            return self._open
        top = self._frames[-1]
        if top.flow:
            return self._in_flow(top, "")
        line = self._lines[-1]
        if line.strip():
            return self._behind(line)
        return self._on_empty_line(len(line))

    def _line(self, line: str) -> None:
        indent = len(line) - len(line.lstrip(" \t"))
        if self._block is not None:
            if not line.strip() or indent > self._block:
                self._is_silent = bool(line.strip())
                return
            self._block = None
        if self._quote is not None and self._goes_on(line, indent):
            return
        if self._frames[-1].flow and self._flow_goes_on(line, indent):
            return
        said = line.strip()
        if said.startswith("#"):
            self._is_silent = True
        elif said not in ("", "---", "...") and not (said.startswith("%") and indent == 0):
            self._block_content(line, indent)

    def _goes_on(self, line: str, indent: int) -> bool:
        """Read on in a quoted text, unless it looks as if its end was forgotten."""
        assert self._quote is not None
        quote, outer, path, _ = self._quote
        if line.strip() and indent <= outer:
            self._quote = None
            return False
        end = line.find(quote)
        if end < 0:
            self._open = Open(path=path, part="value", word=line.strip())
            return True
        self._quote = None
        if self._frames[-1].flow:
            self._flow(line, end + 1)
        return True

    def _flow_goes_on(self, line: str, indent: int) -> bool:
        """Read on between brackets, unless it looks as if the closing one was forgotten."""
        outer = next(frame for frame in reversed(self._frames) if not frame.flow)
        if (
            line.strip()
            and indent <= outer.indent
            and outer.slot is not None
            and line.strip()[0] not in "]}"
        ):
            self._frames = [frame for frame in self._frames if not frame.flow]
            return False
        self._flow(line, 0)
        return True

    def _block_content(self, line: str, column: int) -> None:
        while True:
            rest = line[column:]
            if rest == "-" or rest.startswith(("- ", "-\t")):
                self._item(column)
                column += 1
                column += len(line[column:]) - len(line[column:].lstrip(" \t"))
            elif (found := _KEY.match(rest)) and len(self._frames) < DEPTH_MAX:
                self._key(column, found[1])
                column += found.end()
                column += len(line[column:]) - len(line[column:].lstrip(" \t"))
            else:
                self._scalar(line, column)
                return
            if column >= len(line) or line[column] == "#":
                self._is_silent = column < len(line)
                return

    def _item(self, column: int) -> None:
        self._close(column, keep_list=True)
        top = self._frames[-1]
        if not (isinstance(top.node, list) and top.indent == column and not top.flow):
            fresh: list[Any] = []
            if top.slot is None or not top.is_waiting:
                return  # a dash where no list can begin
            top.node[top.slot] = fresh
            self._frames.append(top := Frame(column, top.child, fresh))
        top.node.append(None)
        top.slot = len(top.node) - 1
        self._mark(self.values, top.child, column, column + 1)

    def _key(self, column: int, written: str) -> None:
        self._close(column, keep_list=False)
        top = self._frames[-1]
        if not top.is_mapping or top.indent != column:
            fresh: dict[str, Any] = {}
            if top.slot is not None and top.is_waiting:
                top.node[top.slot] = fresh
            self._frames.append(top := Frame(column, top.child, fresh))
        name = written[1:-1] if written[0] in "\"'" else written
        top.node.setdefault(name, None)
        top.slot = name
        self._mark(self.keys, top.child, column, column + len(written))
        self._mark(self.values, top.child, column + len(written) + 1, column + len(written) + 2)

    def _close(self, column: int, *, keep_list: bool) -> None:
        """Leave what is indented more, and a list for a key in its column."""
        while len(self._frames) > 1:
            top = self._frames[-1]
            is_past = top.indent > column or (
                top.indent == column and not keep_list and not top.is_mapping
            )
            if not is_past:
                return
            self._frames.pop()

    def _scalar(self, line: str, column: int) -> None:
        """Take a value, or a word that is about to become a key."""
        found = _PROPERTIES.match(line, column)
        column = found.end() if found else column
        rest = line[column:]
        top = self._frames[-1]
        on_own_line = not line[:column].strip()
        if on_own_line:
            self._close(column, keep_list=False)
            top = self._frames[-1]
        if found and self._included(top, found[0], rest, column):
            return
        if rest[:1] in ("{", "["):
            if top.slot is None:
                top = self._frames[0]
            self._begin_flow(top, column, rest[0])
            self._flow(line, column + 1)
            return
        if rest[:1] in ("|", ">"):
            self._block = top.indent
            self._is_silent = True
            return
        if rest[:1] in ('"', "'"):
            self._quoted(line, column, top)
            return
        comment = _COMMENT.search(rest)
        said = (rest[: comment.start()] if comment else rest).rstrip()
        self._is_silent = comment is not None
        self._word(top, column, said, touches=len(rest) == len(said), on_own_line=on_own_line)

    def _included(self, top: Frame, properties: str, rest: str, column: int) -> bool:
        """Note what is to be included in the place of a value."""
        name = next((each for each in properties.split() if each.startswith("!include")), None)
        if name is None or top.slot is None or not top.is_waiting:
            return False
        argument = _COMMENT.sub("", rest).strip(" \t\"'")
        self._mark(self.values, top.child, column, column + len(argument))
        self.tags[top.child] = Tag(name, argument, self.values[top.child])
        self._is_silent = True
        return True

    def _word(
        self, top: Frame, column: int, said: str, *, touches: bool, on_own_line: bool
    ) -> None:
        """Keep a plain text as the value that is waited for, if one is."""
        is_key = on_own_line and top.is_mapping and top.indent == column
        if is_key:
            if touches and not self._is_silent:
                self._open = Open(path=top.path, part="key", word=said)
            return
        if not top.is_waiting or top.slot is None:
            return
        part: Part = "either" if on_own_line or isinstance(top.slot, int) else "value"
        if touches:
            self._open = Open(path=top.child, part=part, word=said)
        top.node[top.slot] = resolve(said)
        self._mark(self.values, top.child, column, column + len(said))

    def _quoted(self, line: str, column: int, top: Frame) -> None:
        quote = line[column]
        end = line.find(quote, column + 1)
        while quote == '"' and end > 0 and line[end - 1] == "\\":
            end = line.find(quote, end + 1)
        closed = end >= 0
        said = line[column + 1 : end if closed else len(line)]
        if not closed:
            self._quote = (quote, top.indent, top.child, said)
            self._open = Open(path=top.child, part="value", word=said)
        if top.slot is not None and top.is_waiting:
            top.node[top.slot] = said
            self._mark(self.values, top.child, column, end + 1 if closed else len(line))

    def _behind(self, line: str) -> Open | None:
        """Behind `key: ` or `- ` on the same line."""
        top = self._frames[-1]
        if not top.is_waiting or not line.endswith((" ", "\t")):
            return None
        return Open(path=top.child, part="value" if top.is_mapping else "either")

    def _on_empty_line(self, column: int) -> Open | None:
        self._close(column, keep_list=False)
        top = self._frames[-1]
        if top.indent == column and top.is_mapping:
            return Open(path=top.path, part="key")
        if top.indent < column and top.is_waiting:
            return Open(path=top.child, part="either")
        return None
