"""Bytes become text, or a diagnostic that says which byte is wrong."""

from __future__ import annotations

import re
from typing import Final

from orchestrator.documents.diagnostic import Diagnostic, Span

SIZE_MAX_BYTES: Final = 1024 * 1024
_UNPRINTABLE: Final = re.compile(
    "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
START: Final = Span(1, 1, 1, 2)


def decode(content: bytes, file: str) -> str | Diagnostic:
    """Decode UTF-8, with or without a byte order mark, and refuse what no text editor writes."""
    if len(content) > SIZE_MAX_BYTES:
        message = f"the file has {len(content) / 1024:.0f} KiB; a document may have 1024"
        return Diagnostic.at(file, START, "too-large", message)
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return Diagnostic.at(file, START, "not-utf8", "the file is UTF-16; save it as UTF-8")
    try:
        text = content.removeprefix(b"\xef\xbb\xbf").decode("utf-8")
    except UnicodeDecodeError as error:
        span = _span_at(content[: error.start].decode("utf-8", "replace"))
        message = f"byte 0x{content[error.start]:02x} is not UTF-8; save the file as UTF-8"
        return Diagnostic.at(file, span, "not-utf8", message)
    return printable(text, file)


def printable(text: str, file: str) -> str | Diagnostic:
    """Refuse control characters and lone surrogates, which YAML does not allow."""
    if len(text) > SIZE_MAX_BYTES:
        return Diagnostic.at(file, START, "too-large", "a document may have 1024 KiB")
    found = _UNPRINTABLE.search(text)
    if found is None:
        return text
    span = _span_at(text[: found.start()])
    message = f"the character U+{ord(found[0]):04X} cannot stand in YAML"
    return Diagnostic.at(file, span, "unprintable", message)


def _span_at(before: str) -> Span:
    lines = (before + ".").splitlines()
    line, column = len(lines), len(lines[-1])
    return Span(line, column, line, column + 1)
