"""What stands between brackets, closed or not yet."""

from __future__ import annotations

import re
from typing import Any, Final

from orchestrator.documents.assist.notes import Frame, Notes, Open, Part
from orchestrator.documents.scalars import resolve

DEPTH_MAX: Final = 60
_WORD_ENDS: Final = re.compile(r",|[\[\]{}]|:(?=[\s,\]}]|$)|[ \t]#")
_KEY_ENDS: Final = re.compile(r":(?=[\s,\]}]|$)")


class Brackets(Notes):
    """Reads `{…}` and `[…]`, word by word."""

    __slots__ = ()

    def _begin_flow(self, top: Frame, column: int, bracket: str) -> None:
        node: Any = {} if bracket == "{" else []
        path = top.child
        if top.slot is not None and top.is_waiting:
            top.node[top.slot] = node
        self._mark(self.values, path, column, column + 1)
        expects: Part = "key" if bracket == "{" else "value"
        self._frames.append(Frame(-1, path, node, flow=True, expects=expects))

    def _flow(self, line: str, column: int) -> None:
        while column < len(line):
            top = self._frames[-1]
            character = line[column]
            if not top.flow:
                return
            if character in " \t":
                column += 1
            elif character == "#" and (column == 0 or line[column - 1] in " \t"):
                self._is_silent = True
                return
            elif character in "]}":
                self._mark_end(top.path, column + 1)
                self._frames.pop()
                column += 1
            elif character == ",":
                top.expects, top.slot = ("key", None) if top.is_mapping else ("value", None)
                column += 1
            elif character == ":" and top.is_mapping:
                top.expects = "value"
                column += 1
            elif character in "{[" and len(self._frames) < DEPTH_MAX:
                self._slot(top)
                self._begin_flow(top, column, character)
                column += 1
            else:
                column = self._flow_word(line, column, top)

    def _slot(self, top: Frame) -> None:
        if not top.is_mapping and (top.slot is None or top.node[top.slot] is not None):
            top.node.append(None)
            top.slot = len(top.node) - 1

    def _flow_word(self, line: str, column: int, top: Frame) -> int:
        """Read a word between brackets; give where it ends."""
        quote = line[column] if line[column] in "\"'" else ""
        if quote:
            end = line.find(quote, column + 1)
            closed = end >= 0
            end = end + 1 if closed else len(line)
            said = line[column + 1 : end - 1 if closed else end]
        else:
            found = _WORD_ENDS.search(line, column)
            end = found.start() if found else len(line)
            end = max(end, column + 1)
            closed, said = False, line[column:end].rstrip()
        after = line[end:].lstrip(" \t")
        if not top.is_mapping and _KEY_ENDS.match(after):
            self._lone_pair(top)
            top = self._frames[-1]
        is_key = top.is_mapping and top.expects == "key"
        ends_here = end == len(line) and not line.endswith((" ", "\t")) and not (quote and closed)
        if ends_here or (quote and not closed):
            self._open = self._in_flow(top, said)
        if is_key:
            top.node.setdefault(said, None)
            top.slot = said
            self._mark(self.keys, top.child, column, end)
            self._mark(self.values, top.child, column, end)
        else:
            self._slot(top)
            if top.slot is not None and top.is_waiting:
                top.node[top.slot] = said if quote else resolve(said)
                self._mark(self.values, top.child, column, column + len(said) + 2 * len(quote))
        if quote and not closed:
            outer = next(frame for frame in reversed(self._frames) if not frame.flow)
            self._quote = (quote, outer.indent, top.child, said)
        return end

    def _lone_pair(self, top: Frame) -> None:
        """Begin the mapping of `[key: value]`, which has no brackets of its own."""
        self._slot(top)
        fresh: dict[str, Any] = {}
        assert top.slot is not None
        top.node[top.slot] = fresh
        # Takes the list's place, so that a comma or bracket closes both.
        self._frames[-1] = Frame(-1, top.child, fresh, flow=True)

    def _in_flow(self, top: Frame, word: str) -> Open:
        if top.is_mapping:
            is_key = top.expects == "key"
            path = top.path if is_key else top.child
            return Open(
                path=path,
                part="key" if is_key else "value",
                word=word,
                in_flow=True,
            )
        filled = top.slot is not None
        index = top.slot if filled and word else len(top.node)
        return Open(
            path=(*top.path, index if isinstance(index, int) else 0),
            part="either",
            word=word,
            in_flow=True,
        )
