"""Small pieces of Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A table without the columns that are empty throughout."""
    body = [[_cell(text) for text in row] for row in rows]
    kept = [column for column in range(len(head)) if any(row[column] for row in body)]
    lines = [[head[column] for column in kept], ["---" for _ in kept]]
    lines += [[row[column] for column in kept] for row in body]
    return ["| " + " | ".join(line) + " |" for line in lines] if body else []


def code(value: object) -> str:
    """A value as it is written in YAML."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return f"`{value}`"


def codes(values: Iterable[object]) -> str:
    """Several values, `a`, `b`."""
    return ", ".join(code(value) for value in values)


def page(title: str, *sections: Iterable[str]) -> str:
    """A page whose blocks are parted by one empty line."""
    blocks = ["\n".join(section) for section in sections]
    note = "<!-- Written by `make docs`; change what it is made from. -->"
    return "\n\n".join([f"# {title}", note, *filter(None, blocks)]) + "\n"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
