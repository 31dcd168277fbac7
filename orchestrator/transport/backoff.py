"""How long to wait before trying again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True, kw_only=True)
class Backoff:
    """Delays that double up to a limit, each shortened by chance so that clients spread out."""

    first_s: float = 0.1
    limit_s: float = 5.0

    def delays_s(self, random: Random) -> Iterator[float]:
        """Yield the delays of one series of attempts, without end."""
        ceiling_s = self.first_s
        while True:
            yield ceiling_s * random.uniform(0.5, 1.0)
            ceiling_s = min(self.limit_s, ceiling_s * 2)
