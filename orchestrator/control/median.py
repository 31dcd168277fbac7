"""The middle of three: one wild reading changes nothing, at the price of one reading's delay."""

from __future__ import annotations


def median_of_three(a: float, b: float, c: float) -> float:
    """Return the value that lies between the other two."""
    if a > b:
        a, b = b, a
    return a if c < a else min(b, c)
