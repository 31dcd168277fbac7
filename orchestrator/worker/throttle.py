"""Saying a thing once rather than at every step."""

from __future__ import annotations

KINDS_MAX = 200


class Throttle:
    """Lets each kind of message through once in a while, and counts what it held back."""

    def __init__(self, interval_s: float = 600.0) -> None:
        self._interval_s = interval_s
        self._said: dict[str, tuple[float, int]] = {}

    def passes(self, kind: str, now_s: float) -> bool:
        """Whether to say it now."""
        last = self._said.get(kind)
        if last is not None and now_s < last[0] + self._interval_s:
            self._said[kind] = (last[0], last[1] + 1)
            return False
        if len(self._said) >= KINDS_MAX:
            self._said.pop(next(iter(self._said)))
        self._said[kind] = (now_s, 0)
        return True
