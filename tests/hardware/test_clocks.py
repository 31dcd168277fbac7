from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from orchestrator.hardware.clock import ScaledClock, SystemClock, boot_id, is_synchronised
from orchestrator.hardware.epoch import SAVE_S, ClockStands, read_epoch, running_epoch
from orchestrator.ports.clock import Clock
from orchestrator.ports.wake import Wake

SPEED = 50.0


@pytest.fixture(params=["system", "scaled"])
def clock(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Clock]:
    if request.param == "system":
        yield SystemClock()
        return
    with running_epoch(tmp_path / "epoch", SPEED, boot_id()):
        yield ScaledClock(tmp_path / "epoch")


async def test_sleeping_ends_at_the_moment_and_never_before(clock: Clock) -> None:
    for wait_s in (0.0, 0.001, 0.02):
        until_s = clock.now().monotonic_s + wait_s * clock.speed
        await clock.sleep_until(until_s)
        assert 0.0 <= clock.now().monotonic_s - until_s < 0.05 * clock.speed


async def test_a_sleeper_is_woken_and_the_event_stays_set(clock: Clock) -> None:
    wake = Wake()
    asyncio.get_running_loop().call_later(0.02, wake.set)
    began_s = time.monotonic()
    await clock.sleep_until(clock.now().monotonic_s + 100.0 * clock.speed, wake)
    assert time.monotonic() - began_s < 1.0
    assert wake.is_set()


async def test_a_call_comes_at_its_moment_unless_it_is_called_off(clock: Clock) -> None:
    came: list[float] = []
    at_s = clock.now().monotonic_s + 0.02 * clock.speed
    clock.call_at(at_s, lambda: came.append(clock.now().monotonic_s))
    clock.call_at(at_s, lambda: came.append(0.0)).cancel()
    clock.call_at(at_s - 1000.0, lambda: came.append(-1.0))
    await asyncio.sleep(0.1)
    assert came[0] == -1.0
    assert len(came) == 2
    assert came[1] >= at_s


def test_the_machines_clock_tells_wall_time_and_whether_to_trust_it() -> None:
    now = SystemClock(trust_wall=True).now()
    assert now.trusted
    assert now.wall_s == pytest.approx(time.time(), abs=1.0)
    assert SystemClock().now().trusted is is_synchronised()
    assert not SystemClock(trust_wall=False).now().trusted


def test_a_demos_processes_share_one_fast_clock(tmp_path: Path) -> None:
    path = tmp_path / "epoch"
    with running_epoch(path, SPEED, boot_id()):
        one, other = ScaledClock(path), ScaledClock(path)
        assert one.boot == other.boot
        first, began_s = one.now(), time.monotonic()
        time.sleep(0.1)
        second, ended_s = other.now(), time.monotonic()
        passed_s = second.monotonic_s - first.monotonic_s
        assert passed_s == pytest.approx(SPEED * (ended_s - began_s), rel=0.05)
        assert second.wall_s - first.wall_s == pytest.approx(passed_s)
        assert second.trusted


def test_it_stands_still_while_the_demo_is_stopped(tmp_path: Path) -> None:
    path = tmp_path / "epoch"
    with running_epoch(path, SPEED, boot_id()):
        time.sleep(0.05)
        boot, last = ScaledClock(path).boot, ScaledClock(path).now()
    with pytest.raises(ClockStands):
        ScaledClock(path)
    time.sleep(0.2)
    with running_epoch(path, SPEED, boot_id()):
        now = ScaledClock(path).now()
        assert ScaledClock(path).boot == boot
    assert 0.0 <= now.monotonic_s - last.monotonic_s < 0.1 * SPEED
    passed_s = now.monotonic_s - last.monotonic_s
    assert now.wall_s - last.wall_s == pytest.approx(passed_s, abs=1e-3)


def test_after_a_kill_the_clock_has_not_gone_back(tmp_path: Path) -> None:
    path = tmp_path / "epoch"
    with running_epoch(path, SPEED, boot_id()):
        time.sleep(1.2 * SAVE_S)
        left_behind = path.read_bytes()
        time.sleep(0.5 * SAVE_S)
        last_s = ScaledClock(path).now().monotonic_s
    path.write_bytes(left_behind)
    with running_epoch(path, SPEED, boot_id()):
        assert ScaledClock(path).now().monotonic_s >= last_s


def test_another_boot_of_the_machine_does_not_take_up_a_running_clock(tmp_path: Path) -> None:
    path = tmp_path / "epoch"
    with running_epoch(path, SPEED, boot_id()):
        epoch = read_epoch(path)
        assert epoch is not None
        elsewhere = tmp_path / "elsewhere"
        elsewhere.write_bytes(
            msgspec.json.encode(msgspec.structs.replace(epoch, room_boot="before"))
        )
        with pytest.raises(ClockStands):
            ScaledClock(elsewhere)
