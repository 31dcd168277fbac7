"""What was written differently, line by line."""

from __future__ import annotations

from typing import Final

_END: Final = "\\ No newline at the end\n"


def text_difference(old: str, new: str, old_name: str, new_name: str) -> str:
    """As `diff -u` writes it; empty where both are the same."""
    import difflib  # for those who ask only

    lines = difflib.unified_diff(_lines(old), _lines(new), old_name, new_name)
    return "".join(line if line.endswith("\n") else f"{line}\n{_END}" for line in lines)


def _lines(text: str) -> list[str]:
    """Lines as editors count them; only a line feed ends one."""
    return [f"{line}\n" for line in text.split("\n")[:-1]] + [*filter(None, text.split("\n")[-1:])]
