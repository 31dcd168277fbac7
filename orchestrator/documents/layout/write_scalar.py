"""How one scalar is written: quotes only where they are needed, and then double ones."""

from __future__ import annotations

import re
from typing import Final

from orchestrator.documents.layout.tree import Scalar
from orchestrator.documents.scalars import resolve
from orchestrator.documents.traps import trap_of

_WORDS: Final = re.compile(r"[^\W\d_][\w°µ%]*(?:[ ./_-][\w°µ%]+)*")
"""What nobody can take for anything but text: words, with a sign or a space between two."""
_TRUTHS: Final = frozenset({"true", "false", "yes", "no", "on", "off", "y", "n", "null"})
_INDICATED: Final = re.compile(r"([|>][+-]?)([1-9])([+-]?)")


def written_scalar(scalar: Scalar) -> str:
    """Write a scalar that stands on one line."""
    if scalar.style not in ("'", '"') or "\n" in scalar.raw or scalar.properties:
        return scalar.raw
    if _needs_no_quotes(scalar.value):
        return scalar.value
    if scalar.style == "'" and not set('"\\\t') & set(scalar.value):
        return f'"{scalar.value}"'
    return scalar.raw


def continued(scalar: Scalar, indent: int) -> list[str]:
    """Write the lines after the first of a plain or quoted scalar that has several."""
    margin = " " * indent
    return [
        (margin + said) if (said := line.lstrip(" \t")) else ""
        for line in scalar.raw.split("\n")[1:]
    ]


def block_scalar(scalar: Scalar, indent: int, parent_column: int) -> list[str]:
    """Write a literal or folded scalar: its header, and its lines at an indent."""
    header, *lines = scalar.raw.split("\n")
    if lines and not lines[-1].strip(" "):
        lines.pop()  # the beginning of the line after
    indicated = _INDICATED.match(header)
    if indicated is not None:
        inner = parent_column + int(indicated[2])
        header = f"{indicated[1]}{2}{indicated[3]}{header[indicated.end() :]}"
    else:
        inner = min(
            (len(each) - len(each.lstrip(" ")) for each in lines if each.strip(" ")), default=0
        )
    keeps = "+" in header.partition("#")[0]
    while lines and not keeps and not lines[-1].strip(" "):
        lines.pop()
    margin = " " * indent
    shifted = [each[inner:] for each in lines]
    return [header.rstrip(" "), *(margin + each if each else "" for each in shifted)]


def _needs_no_quotes(value: str) -> bool:
    return (
        _WORDS.fullmatch(value) is not None
        and value.lower() not in _TRUTHS
        and resolve(value) == value
        and trap_of(value) is None
    )
