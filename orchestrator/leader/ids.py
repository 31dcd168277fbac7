"""Names for experiments and commands."""

from __future__ import annotations

import time
from random import Random

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Without i, l, o and u, which people confuse or read as words."""
_STEPS_PER_S = 3
_CHANCES = 4


def experiment_id(wall_s: float, chance: Random) -> str:
    """The day, then the time of day and a little chance: short, sortable, safe in file names."""
    day = time.strftime("%Y%m%d", time.gmtime(wall_s))
    of_day = int((wall_s % 86_400) * _STEPS_PER_S) * _CHANCES + chance.randrange(_CHANCES)
    return f"{day}-{_letters(of_day)}"


def command_id(chance: Random) -> str:
    """Never twice, as far as chance goes."""
    return f"{chance.getrandbits(64):016x}"


def _letters(number: int) -> str:
    letters = ""
    for _ in range(4):
        number, digit = divmod(number, len(ALPHABET))
        letters = ALPHABET[digit] + letters
    return letters
