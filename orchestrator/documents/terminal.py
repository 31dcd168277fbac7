"""How text looks on a terminal: how wide each character is, and nothing that could steer it."""

from __future__ import annotations

import unicodedata


def visible(text: str) -> str:
    """Give text that a terminal shows and does not obey: one character for each that there was."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_shown(character) for character in text)


def widths(text: str) -> list[int]:
    """Tell how many columns of a terminal each character takes."""
    if text.isascii():
        return [1] * len(text)
    return [_width(character) for character in text]


def _shown(character: str) -> str:
    if character == "\t":
        return " "
    if character.isprintable() or unicodedata.category(character) in ("Zs", "Co"):
        return character
    return "\ufffd"


def _width(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
