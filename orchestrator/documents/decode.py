"""Bytes become text, or a diagnostic that says which byte is wrong.

Lines end as editors end them: with LF, CR LF or CR. A column counts characters (code points) from
1; a tab is one, and so is an emoji. A byte order mark is not part of the text.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from orchestrator.documents.diagnostic import Diagnostic, Span

SIZE_MAX_BYTES: Final = 1024 * 1024
LINES_MAX: Final = 100_000
START: Final = Span(1, 1, 1, 2)
_BREAKS: Final = re.compile("\r\n|\n|\r")
_ODD_BREAKS: Final = "\x85\u2028\u2029"


def decode(content: bytes, file: str) -> str | Diagnostic:
    """Decode UTF-8, with or without a byte order mark, and refuse what no text editor writes."""
    if len(content) > SIZE_MAX_BYTES:
        return too_large(file, len(content))
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return Diagnostic.at(file, START, "not-utf8", "the file is UTF-16; save it as UTF-8")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8", "replace").removeprefix("\ufeff")
        message = f"byte 0x{content[error.start]:02x} is not UTF-8; save the file as UTF-8"
        return Diagnostic.at(file, _span_after(before), "not-utf8", message)
    return printable(text.removeprefix("\ufeff"), file)


def printable(text: str, file: str) -> str | Diagnostic:
    """Refuse control characters, lone surrogates, and line ends that only some programs see."""
    if len(text) > SIZE_MAX_BYTES:
        return too_large(file, len(text))
    if len(lines_of(text)) > LINES_MAX:
        message = f"the file has more lines than the {LINES_MAX} that a document may have"
        return Diagnostic.at(file, START, "too-large", message)
    if all(line.isprintable() for line in text.split("\n")):
        return text
    found = _unprintable().search(text)
    if found is None:
        return text
    message = f"the character U+{ord(found[0]):04X} cannot stand in YAML"
    if found[0] in _ODD_BREAKS:
        message = f"U+{ord(found[0]):04X} ends a line for some programs, but not for others"
    return Diagnostic.at(file, _span_after(text[: found.start()]), "unprintable", message)


def too_large(file: str, size_bytes: int) -> Diagnostic:
    """Say that a document has more than it may have."""
    message = f"the file has {size_bytes / 1024:.0f} KiB; a document may have 1024"
    return Diagnostic.at(file, START, "too-large", message)


def lines_of(text: str) -> list[str]:
    """Split a text into lines as editors do; what follows the last line end is one if it is any."""
    lines = _BREAKS.split(text) if "\r" in text else text.split("\n")
    if lines[-1] == "":
        lines.pop()
    return lines


@cache
def _unprintable() -> re.Pattern[str]:
    """Compile what only odd texts need: YAML's printable characters, turned round."""
    return re.compile(
        "[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
    )


def _span_after(before: str) -> Span:
    lines = _BREAKS.split(before)
    line, column = len(lines), len(lines[-1]) + 1
    return Span(line, column, line, column + 1)
