"""The thin loop around a vessel's turns."""

from __future__ import annotations

import asyncio
import logging

from orchestrator.ports.clock import Clock
from orchestrator.worker.unit import VesselUnit

END_LIMIT_S = 1.0
RETRY_S = 5.0
RETRY_S_MAX = 300.0
BREATH = 50

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
    failures = turns = 0
    while not unit.over:
        try:
            look_again_s = unit.turn(clock.now())
        except Exception as error:  # the other vessels have nothing to do with it
            failures += 1
            logger.exception("the run of %s broke down", unit.run)
            unit.break_down(error)
            retry_s = min(RETRY_S * 2.0 ** (failures - 1), RETRY_S_MAX)
            look_again_s = clock.now().monotonic_s + retry_s * max(1.0, clock.speed)
        turns += 1
        if turns % BREATH == 0:
            await asyncio.sleep(0)  # a vessel that is behind leaves others their turn
        ahead = clock.call_at(look_again_s, unit.act_ahead) if unit.looks_ahead else None
        try:
            await clock.sleep_until(look_again_s, unit.wake)
        finally:
            if ahead is not None:
                ahead.cancel()
        unit.wake.clear()
