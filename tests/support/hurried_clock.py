"""A clock that runs fast, as a demo's does."""

from __future__ import annotations

import time

from orchestrator.hardware.clock import SystemClock
from orchestrator.ports.clock import Instant


class HurriedClock(SystemClock):
    """The room's time, many times over."""

    def __init__(self, speed: float = 100.0) -> None:
        super().__init__(trust_wall=True)
        self.boot, self.speed = "hurried", speed
        self._began_s = time.monotonic()

    def now(self) -> Instant:
        passed_s = (time.monotonic() - self._began_s) * self.speed
        return Instant(passed_s, 1_736_150_400.0 + passed_s, True)
