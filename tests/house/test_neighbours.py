"""A hung vessel, plugin or client never holds another vessel's actions up: here to the second, by
`make bench` to the millisecond."""

from __future__ import annotations

import pytest

from tools.bench.neighbours import lateness_beside

LONG_S = 1.0
"""A driver that is waited for takes two seconds, the plugin an hour; a busy machine takes its
time, too."""


@pytest.mark.processes
async def test_actions_of_a_vessel_are_on_time_whatever_hangs_beside_it() -> None:
    late_s = await lateness_beside(50, troubled=True)
    assert min(late_s) >= 0.0
    assert max(late_s) < LONG_S
