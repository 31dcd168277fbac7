"""Did you mean …?"""

from __future__ import annotations

from collections.abc import Iterable


def closest(word: str, candidates: Iterable[str]) -> str | None:
    """Give the candidate that a word was probably meant to be, or None."""
    # difflib takes 5 ms to import, and most documents have no mistake.
    import difflib

    names = list(dict.fromkeys(candidates))
    lowered = {name.lower(): name for name in reversed(names)}
    if word.lower() in lowered:
        return lowered[word.lower()]
    found = difflib.get_close_matches(word[:100].lower(), list(lowered), n=1, cutoff=0.6)
    if found:
        return lowered[found[0]]
    tails = [name for name in names if name.rpartition(".")[2] == word]
    return tails[0] if len(tails) == 1 else None


def listed(names: Iterable[str], limit: int = 8) -> str:
    """Write names as people do: `feed, waste`, `a, b, …`."""
    known = sorted(names)
    return ", ".join(known[:limit]) + (", …" if len(known) > limit else "")
