"""Did you mean …?"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

_OTHER_WORDS: Final = {
    "action": ("do", "then"),
    "actions": ("do", "then"),
    "alias": ("name",),
    "condition": ("if", "when"),
    "conditions": ("if", "when"),
    "delay": ("wait",),
    "duration": ("over", "for"),
    "end": ("finish",),
    "entry": ("on_enter",),
    "exit": ("on_leave",),
    "freq": ("period",),
    "frequency": ("period",),
    "id": ("name",),
    "interval": ("every",),
    "mode": ("automation",),
    "notify": ("alert",),
    "rpm": ("target",),
    "sequence": ("do", "call"),
    "setpoint": ("target",),
    "size": ("bottle",),
    "speed": ("target",),
    "steps": ("do",),
    "times": ("count",),
    "title": ("name",),
    "trigger": ("on",),
    "triggers": ("on",),
    "wait_for": ("wait_until",),
    "wait_template": ("wait_until",),
    "while": ("when",),
}
"""What something is called in other programs, or might as well be called here."""


def closest(word: str, candidates: Iterable[str]) -> str | None:
    """Give the candidate that a word was probably meant to be, or None."""
    names = list(dict.fromkeys(candidates))
    lowered = {name.lower(): name for name in reversed(names)}
    if word.lower() in lowered:
        return lowered[word.lower()]
    other = [name for name in _OTHER_WORDS.get(word.lower(), ()) if name in names]
    if other:
        return other[0]
    # difflib takes 5 ms to import, and most documents have no mistake.
    import difflib

    found = difflib.get_close_matches(word[:100].lower(), list(lowered), n=1, cutoff=0.6)
    if found:
        return lowered[found[0]]
    tails = [name for name in names if name.rpartition(".")[2] == word]
    return tails[0] if len(tails) == 1 else None


def listed(names: Iterable[str], limit: int = 8) -> str:
    """Write names as people do: `feed, waste`, `a, b, …`."""
    known = sorted(names)
    return ", ".join(known[:limit]) + (", …" if len(known) > limit else "")
