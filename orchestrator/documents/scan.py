"""PyYAML's scanner, with what it does most often done at once instead of letter by letter.

It says exactly what PyYAML says: a property test compares the two. Plain scalars are taken a line
at a time, and a token that nothing can change any more is not asked about again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import yaml
from yaml.tokens import ScalarToken

_BREAKS: Final = "\r\n\x85\u2028\u2029"
_END: Final = rf"\0 \t{_BREAKS}"
_BLOCK_WORD: Final = rf"(?:[^:{_END}]|:(?![{_END}]))+"
_FLOW_WORD: Final = rf"(?:[^:,?\[\]{{}}{_END}]|:(?![{_END},\[\]{{}}]))+"
_MARK: Final = "\ufeff"


def _line_of(word: str) -> re.Pattern[str]:
    """Words and the spaces between them, as far as one line goes."""
    return re.compile(rf"{word}(?: +(?!#){word})*")


_IN_BLOCK: Final = _line_of(_BLOCK_WORD)
_IN_FLOW: Final = _line_of(_FLOW_WORD)


def events_of(text: str) -> Iterator[Any]:
    """Yield what a text consists of, as `yaml.parse` does."""
    loader = Loader(text)
    try:
        while loader.check_event():
            yield loader.get_event()  # type: ignore[no-untyped-call]
    finally:
        loader.dispose()


class Loader(yaml.SafeLoader):
    """Reads like `yaml.SafeLoader`, in a fraction of its time."""

    def __init__(self, text: str) -> None:
        self._settled = False
        """Whether the first token in the queue is known not to begin a key."""
        super().__init__(text)

    def check_token(self, *choices: Any) -> bool:
        """Tell whether the next token is one of some kinds."""
        if not self._settled:
            self._settle()
        tokens = self.tokens
        return bool(tokens) and (not choices or isinstance(tokens[0], choices))

    def peek_token(self) -> Any:
        """Look at the next token."""
        if not self._settled:
            self._settle()
        return self.tokens[0] if self.tokens else None

    def get_token(self) -> Any:
        """Take the next token."""
        if not self._settled:
            self._settle()
        self._settled = False
        if not self.tokens:
            return None
        self.tokens_taken += 1
        return self.tokens.pop(0)

    def scan_plain(self) -> ScalarToken:
        """Read a plain scalar, a line at a time."""
        chunks: list[str] = []
        start = end = self.get_mark()
        indent = self.indent + 1
        pattern = _IN_FLOW if self.flow_level else _IN_BLOCK
        spaces: list[str] | None = []
        while self.peek() != "#" and (found := pattern.match(self.buffer, self.pointer)):
            self.allow_simple_key = False
            chunks.extend(spaces or ())
            chunks.append(found[0])
            self._pass(found[0])
            end = self.get_mark()
            spaces = self.scan_plain_spaces(indent, start)
            if not spaces or self.peek() == "#" or (not self.flow_level and self.column < indent):
                break
        return ScalarToken("".join(chunks), True, start, end)

    def _settle(self) -> None:
        while self.need_more_tokens():
            self.fetch_more_tokens()
        self._settled = True

    def _pass(self, written: str) -> None:
        """Go on behind something that holds no line end."""
        self.pointer += len(written)
        self.index += len(written)
        self.column += len(written) - written.count(_MARK)
