"""The thin loop around a vessel's turns."""

from __future__ import annotations

import asyncio
import logging

from orchestrator.ports.clock import Clock, Timer
from orchestrator.worker.unit import VesselUnit

END_LIMIT_S = 1.0
RETRY_S = 5.0
RETRY_S_MAX = 300.0

logger = logging.getLogger(__name__)


async def tend(unit: VesselUnit, clock: Clock) -> None:
    """Turn until the run is over and nothing of it is left to do; leave pumps and jobs stopped."""
    pumping = asyncio.create_task(unit.doser.run(), name=f"dose {unit.run}")
    try:
        await _turn_on_and_on(unit, clock)
    finally:
        await unit.end(END_LIMIT_S)
        pumping.cancel()
        await asyncio.wait((pumping,))


async def _turn_on_and_on(unit: VesselUnit, clock: Clock) -> None:
    failures = 0
    ahead: Timer | None = None

    def turn() -> float | None:
        nonlocal failures, ahead
        if ahead is not None:
            ahead.cancel()
            ahead = None
        if unit.over:
            return None
        try:
            look_again_s = unit.turn(clock.now())
        except Exception as error:  # the other vessels have nothing to do with it
            failures += 1
            logger.exception("the run of %s broke down", unit.run)
            unit.break_down(error)
            retry_s = min(RETRY_S * 2.0 ** (failures - 1), RETRY_S_MAX)
            look_again_s = clock.now().monotonic_s + retry_s * max(1.0, clock.speed)
        if unit.looks_ahead:
            ahead = clock.call_at(look_again_s, unit.act_ahead)
        return look_again_s

    try:
        await clock.keep_calling(turn, unit.wake)
    finally:
        if ahead is not None:
            ahead.cancel()
