from __future__ import annotations

from itertools import islice
from random import Random

from orchestrator.transport.backoff import Backoff


def test_delays_double_up_to_the_limit_and_differ_by_chance() -> None:
    backoff = Backoff(first_s=1.0, limit_s=8.0)
    delays_s = list(islice(backoff.delays_s(Random(1)), 6))
    for delay_s, ceiling_s in zip(delays_s, [1, 2, 4, 8, 8, 8], strict=True):
        assert ceiling_s / 2 <= delay_s <= ceiling_s
    assert delays_s == list(islice(backoff.delays_s(Random(1)), 6))
    assert delays_s != list(islice(backoff.delays_s(Random(2)), 6))
