"""Let a trouble come true, and end it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Final

from orchestrator.faults.bench import Lie
from orchestrator.faults.people import (
    bring_something,
    change_what_runs,
    hold_by_hand,
    say_what_moved,
)
from orchestrator.faults.stopping import stop_for_a_while
from orchestrator.faults.storm import Trouble, What
from orchestrator.leader.service import Leader
from orchestrator.transport.memory_broker import Faults

if TYPE_CHECKING:
    from orchestrator.faults.room import Room

SENSORS: Final = ("photodiode", "thermometer", "tachometer")
CLOCK_STEPS_S: Final = (-7200.0, -3600.0, -90.0, -5.0, 5.0, 90.0, 3600.0, 7200.0)
DOUBTS_S: Final = 600.0
SYNC_S: Final = 1.5
"""One fsync of a worn memory card."""
COMMIT_S: Final = 3.0
LIES: Final = (
    Lie(nan=True),
    Lie(stuck=True),
    Lie(gain_factor=1.03),
    Lie(gain_factor=0.97),
    Lie(gain_factor=0.0),
    Lie(gain_factor=10.0),
    Lie(offset=0.3),
)
SLOW_S: Final = 1.9
"""Sensors answer within 2 s, says their port."""
HAND_ML: Final = 0.5
PATIENCE_S: Final = 300.0
DOSE_S: Final = 8.0
"""Somewhat longer than the usual dose takes, journal included."""

log = logging.getLogger(__name__)
Strike = Callable[["Room", Trouble], Awaitable[None]]


async def strike(room: Room, trouble: Trouble) -> None:
    """From its moment to its end."""
    loop = asyncio.get_running_loop()
    await asyncio.sleep(trouble.at_s - loop.time())
    log.warning("trouble: %s, for %.1f s", trouble.what.value, trouble.for_s)
    await STRIKES[trouble.what](room, trouble)


async def _in_the_middle(room: Room, trouble: Trouble) -> None:
    """Half of the crashes wait for a dose to begin, and hit it within some seconds."""
    if trouble.dice < 0.5:
        return
    turns = next(iter(room.worker(trouble).benches.values())).turns
    turns.clear()
    patience_s = min(PATIENCE_S, room.calm_s - asyncio.get_running_loop().time())
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(patience_s):
            await turns.wait()
            await asyncio.sleep((trouble.dice * 7919.0 % 1.0) ** 3 * DOSE_S)


async def _worker_crash(room: Room, trouble: Trouble) -> None:
    await _in_the_middle(room, trouble)
    await room.worker(trouble).crash(trouble.for_s)


async def _worker_restart(room: Room, trouble: Trouble) -> None:
    await room.worker(trouble).restart(trouble.for_s)


async def _power_cut(room: Room, trouble: Trouble) -> None:
    await _in_the_middle(room, trouble)
    left_s = max(0.0, room.calm_s - asyncio.get_running_loop().time() - trouble.for_s)
    await room.worker(trouble).lose_power(trouble.for_s, min(trouble.dice * DOUBTS_S, left_s))


async def _leader_crash(room: Room, trouble: Trouble) -> None:
    await room.leader.crash(trouble.for_s)


async def _broker_loss(room: Room, trouble: Trouble) -> None:
    room.broker.stop(forget=trouble.dice < 0.3)
    await asyncio.sleep(trouble.for_s)
    room.broker.start()


async def _worker_unplugged(room: Room, trouble: Trouble) -> None:
    machine = room.worker(trouble)
    link = machine.link
    if link is not None:
        link.unplug()
        await asyncio.sleep(trouble.for_s)
        if link is machine.link and machine.is_up:
            link.plug_in()


async def _leader_unplugged(room: Room, trouble: Trouble) -> None:
    link = room.leader.link
    if link is not None:
        link.unplug()
        await asyncio.sleep(trouble.for_s)
        if link is room.leader.link and room.leader.is_up:
            link.plug_in()


async def _noise(room: Room, trouble: Trouble) -> None:
    much = trouble.dice
    room.broker.faults = Faults(
        lost=0.2 * much,
        unconfirmed=0.1 * much,
        doubled=0.2 * much,
        delay_s_max=2.0 * much,
        repeated=0.1 * much,
        repeated_s_max=60.0 * much,
    )
    await asyncio.sleep(trouble.for_s)
    room.broker.faults = Faults()


async def _clock_step(room: Room, trouble: Trouble) -> None:
    room.worker(trouble).watch.ahead_s += CLOCK_STEPS_S[trouble.choose(len(CLOCK_STEPS_S))]


async def _leader_clock_step(room: Room, trouble: Trouble) -> None:
    room.leader.watch.ahead_s += CLOCK_STEPS_S[trouble.choose(len(CLOCK_STEPS_S))]


async def _clock_doubt(room: Room, trouble: Trouble) -> None:
    watch = room.worker(trouble).watch
    watch.trusted = False
    await asyncio.sleep(trouble.for_s)
    watch.trusted = True


async def _sensor_dead(room: Room, trouble: Trouble) -> None:
    sensor = room.bench(trouble).physics.sensors[SENSORS[trouble.choose(len(SENSORS))]]
    sensor.dead = True
    await asyncio.sleep(trouble.for_s)
    sensor.dead = False


async def _sensors_slow(room: Room, trouble: Trouble) -> None:
    bench = room.bench(trouble)
    bench.slow_s = SLOW_S * trouble.dice
    await asyncio.sleep(trouble.for_s)
    bench.slow_s = 0.0


async def _sensor_wrong(room: Room, trouble: Trouble) -> None:
    lie = LIES[int(trouble.dice * 104729.0) % len(LIES)]
    await room.bench(trouble).lie(SENSORS[trouble.choose(len(SENSORS))], lie, trouble.for_s)


async def _worker_hangs(room: Room, trouble: Trouble) -> None:
    await _in_the_middle(room, trouble)
    left_s = room.calm_s - asyncio.get_running_loop().time()
    await room.worker(trouble).hang(min(trouble.for_s, max(0.0, left_s)))


async def _leader_hangs(room: Room, trouble: Trouble) -> None:
    await room.leader.hang(trouble.for_s)


async def _keeper_lost(room: Room, trouble: Trouble) -> None:
    await _in_the_middle(room, trouble)
    left_s = room.calm_s - asyncio.get_running_loop().time()
    await room.worker(trouble).lose_keeper(min(trouble.for_s, max(0.0, left_s)))


async def _pump_jam(room: Room, trouble: Trouble) -> None:
    bench = room.bench(trouble)
    pumps = sorted(bench.physics.media_pumps)
    await bench.jam(pumps[trouble.choose(len(pumps))], trouble.for_s)


async def _disk_full(room: Room, trouble: Trouble) -> None:
    disk = room.worker(trouble).disk
    disk.full = True
    await asyncio.sleep(trouble.for_s)
    disk.full = False


async def _disk_slow(room: Room, trouble: Trouble) -> None:
    disk = room.worker(trouble).disk
    usual_s, disk.sync_s = disk.sync_s, SYNC_S * trouble.dice
    await asyncio.sleep(trouble.for_s)
    disk.sync_s = usual_s


async def _store_full(room: Room, trouble: Trouble) -> None:
    room.leader.shelf.full = True
    await asyncio.sleep(trouble.for_s)
    room.leader.shelf.full = False


async def _store_slow(room: Room, trouble: Trouble) -> None:
    room.leader.shelf.slow_s = COMMIT_S * trouble.dice
    await asyncio.sleep(trouble.for_s)
    room.leader.shelf.slow_s = 0.0


async def _hand_dose(room: Room, trouble: Trouble) -> None:
    vessels = sorted(room.bindings)
    vessel = vessels[trouble.choose(len(vessels))]
    at = room.bindings[vessel]
    await room.attendant.attempt(
        lambda leader: leader.command(
            at.worker, "dose", {"volume_ml": HAND_ML}, by="rehearsal", reactor=at.reactor
        )
    )


async def _pause(room: Room, trouble: Trouble) -> None:
    experiment, attendant = room.attendant.experiment, room.attendant
    if await attendant.attempt(lambda leader: leader.pause(experiment, by="rehearsal")):
        await asyncio.sleep(trouble.for_s)

        async def go_on(leader: Leader) -> None:
            """Unless somebody else has, who released an emergency stop."""
            found = await room.leader.shelf.store.experiment(experiment)
            if found is not None and found.wanted == "paused":
                await leader.resume(experiment, by="rehearsal")

        await attendant.insist(go_on)


STRIKES: Final[Mapping[What, Strike]] = {
    What.WORKER_CRASH: _worker_crash,
    What.WORKER_RESTART: _worker_restart,
    What.POWER_CUT: _power_cut,
    What.LEADER_CRASH: _leader_crash,
    What.BROKER_LOSS: _broker_loss,
    What.WORKER_UNPLUGGED: _worker_unplugged,
    What.LEADER_UNPLUGGED: _leader_unplugged,
    What.NOISE: _noise,
    What.CLOCK_STEP: _clock_step,
    What.CLOCK_DOUBT: _clock_doubt,
    What.LEADER_CLOCK_STEP: _leader_clock_step,
    What.SENSOR_DEAD: _sensor_dead,
    What.SENSORS_SLOW: _sensors_slow,
    What.PUMP_JAM: _pump_jam,
    What.DISK_FULL: _disk_full,
    What.DISK_SLOW: _disk_slow,
    What.STORE_FULL: _store_full,
    What.STORE_SLOW: _store_slow,
    What.HAND_DOSE: _hand_dose,
    What.PAUSE: _pause,
    What.WORKER_HANGS: _worker_hangs,
    What.SENSOR_WRONG: _sensor_wrong,
    What.REVISION: change_what_runs,
    What.BY_HAND: hold_by_hand,
    What.OUTSIDE: bring_something,
    What.KEEPER_LOST: _keeper_lost,
    What.LEADER_HANGS: _leader_hangs,
    What.EMERGENCY_STOP: stop_for_a_while,
    What.RESOLUTION: say_what_moved,
}
