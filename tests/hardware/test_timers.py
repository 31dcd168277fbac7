"""Sleepers of one event loop behind one timer of the kernel, or behind asyncio's own."""

from __future__ import annotations

import asyncio
import gc
import os
import time
from functools import partial

import pytest

from orchestrator.hardware import timers as timers_module
from orchestrator.hardware.clock import SystemClock
from orchestrator.hardware.timerfd import Timerfd
from orchestrator.hardware.timers import CALLED_OFF_MAX, LoopTimers, PreciseTimers, timers
from orchestrator.ports.wake import Wake


def _no_timerfd() -> Timerfd:
    raise OSError("none here")


@pytest.fixture(params=["timerfd", "asyncio"])
def kind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "asyncio":
        monkeypatch.setattr(timers_module, "Timerfd", _no_timerfd)
    return str(request.param)


def precise() -> PreciseTimers:
    found = timers()
    assert isinstance(found, PreciseTimers)
    return found


async def test_without_timers_as_files_the_loops_own_serve(kind: str) -> None:
    assert isinstance(timers(), LoopTimers if kind == "asyncio" else PreciseTimers)
    assert timers() is timers(), "one for each loop"


async def test_calls_come_in_the_order_of_their_moments(kind: str) -> None:
    came: list[int] = []
    now_s = time.monotonic()
    done = Wake()
    for number in (3, 1, 4, 2, 0):
        timers().call_at(now_s + 0.02 + 0.003 * number, partial(came.append, number))
    timers().call_at(now_s - 5.0, lambda: came.append(-1))
    timers().call_at(now_s + 0.05, done.set)
    await asyncio.wait_for(done.wait(), 2.0)
    assert came == [-1, 0, 1, 2, 3, 4]


async def test_equal_moments_come_in_the_order_of_asking() -> None:
    came: list[int] = []
    at_s = time.monotonic() + 0.01
    for number in range(50):
        precise().call_at(at_s, partial(came.append, number))
    await SystemClock().sleep_until(at_s + 0.01)
    assert came == list(range(50))


async def test_exact_calls_come_first_at_their_moment_and_not_before(kind: str) -> None:
    came: list[tuple[str, float]] = []
    clock = SystemClock()
    at_s = clock.now().monotonic_s + 0.02

    async def sleep() -> None:
        await clock.sleep_until(at_s)
        came.append(("sleeper", clock.now().monotonic_s))

    sleeping = asyncio.create_task(sleep())
    await asyncio.sleep(0)
    for _ in range(3):
        clock.call_at(at_s, lambda: came.append(("call", clock.now().monotonic_s)))
    called_off = clock.call_at(at_s, lambda: came.append(("called off", 0.0)))
    called_off.cancel()
    await sleeping
    await asyncio.sleep(0.005)
    assert min(moment_s for _, moment_s in came) >= at_s
    names = [name for name, _ in came]
    assert sorted(names) == ["call", "call", "call", "sleeper"]
    if kind == "timerfd":
        assert names[-1] == "sleeper"


async def test_an_earlier_moment_overtakes_the_one_that_is_waited_for(kind: str) -> None:
    clock, began_s = SystemClock(), time.monotonic()
    late = asyncio.create_task(clock.sleep_until(began_s + 30.0))
    await asyncio.sleep(0)
    await asyncio.wait_for(clock.sleep_until(began_s + 0.01), 2.0)
    late.cancel()
    with pytest.raises(asyncio.CancelledError):
        await late


async def test_many_sleepers_all_wake_and_none_too_early(kind: str) -> None:
    clock, early = SystemClock(), list[float]()
    began_s = clock.now().monotonic_s

    async def sleep(until_s: float) -> None:
        await clock.sleep_until(until_s)
        if clock.now().monotonic_s < until_s:
            early.append(until_s)

    async with asyncio.timeout(10.0), asyncio.TaskGroup() as group:
        for number in range(1000):
            group.create_task(sleep(began_s + 1e-4 * (number * 37 % 1000)))
    assert early == []


async def test_what_falls_due_while_others_take_their_time_does_not_wait_for_all() -> None:
    """Each holds up the loop after it woke, as a vessel's turn does."""
    work = partial(time.sleep, 0.01)
    clock, over = SystemClock(), list[float]()
    began_s = clock.now().monotonic_s + 0.02

    async def take_time() -> None:
        await clock.sleep_until(began_s)
        work()
        over.append(time.monotonic())

    called = asyncio.get_running_loop().create_future()
    timers().call_at(began_s + 0.005, lambda: called.set_result(len(over)))
    async with asyncio.TaskGroup() as group:
        for _ in range(6):
            group.create_task(take_time())
    assert await called <= 1


@pytest.mark.parametrize("wake", [False, True])
async def test_a_cancelled_sleeper_is_cancelled_and_leaves_no_call(kind: str, wake: bool) -> None:
    clock, event = SystemClock(), Wake() if wake else None
    sleeping = asyncio.create_task(clock.sleep_until(clock.now().monotonic_s + 30.0, event))
    await asyncio.sleep(0.01)
    sleeping.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sleeping
    assert sleeping.cancelled()
    await clock.sleep_until(clock.now().monotonic_s + 0.01)


async def test_a_sleeper_with_an_event_wakes_at_its_moment_too(kind: str) -> None:
    clock, event = SystemClock(), Wake()
    until_s = clock.now().monotonic_s + 0.02
    await asyncio.wait_for(clock.sleep_until(until_s, event), 2.0)
    assert clock.now().monotonic_s >= until_s
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0, "nothing of the limit is left"


async def test_a_limit_around_a_sleeper_is_kept(kind: str) -> None:
    clock = SystemClock()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.02):
            await clock.sleep_until(clock.now().monotonic_s + 30.0, Wake())


async def test_what_was_called_off_is_not_called_even_when_it_is_due(kind: str) -> None:
    came: list[str] = []
    now_s = time.monotonic()

    def call_off() -> None:
        came.append("first")
        second.cancel()
        second.cancel()

    timers().call_at(now_s + 0.005, call_off)
    second = timers().call_at(now_s + 0.0051, lambda: came.append("second"))
    await asyncio.sleep(0.03)
    assert came == ["first"]


async def test_a_call_that_fails_harms_no_other(kind: str) -> None:
    came: list[str] = []
    told: list[dict[str, object]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context))

    def fail() -> None:
        raise ValueError("no")

    now_s = time.monotonic()
    timers().call_at(now_s, fail)
    timers().call_at(now_s, lambda: came.append("after"))
    await asyncio.sleep(0.03)
    assert came == ["after"]
    assert isinstance(told[0]["exception"], ValueError)


async def test_what_is_called_off_far_ahead_does_not_pile_up() -> None:
    far_s = time.monotonic() + 3000.0
    for _ in range(20 * CALLED_OFF_MAX):
        precise().call_at(far_s, lambda: None).cancel()
    assert len(precise()._heap) <= 2 * CALLED_OFF_MAX


async def test_a_thousand_pending_delay_no_one_by_a_millisecond() -> None:
    """The budget of DESIGN.md is measured by `make bench`; here only that epoll rounds nothing."""
    clock = SystemClock()
    pending = [precise().call_at(time.monotonic() + 900.0 + n, _nothing) for n in range(1000)]
    late: list[float] = []
    for number in range(60):
        until_s = clock.now().monotonic_s + 0.003 + 1e-5 * (number * 37 % 100)
        await clock.sleep_until(until_s)
        late.append(clock.now().monotonic_s - until_s)
    for each in pending:
        each.cancel()
    assert sorted(late)[len(late) // 4] < 4e-4


def _nothing() -> None:
    """Never called."""


def test_a_loop_that_ended_gives_its_timer_back() -> None:
    async def open_one() -> int:
        return precise().timer.fd

    fd = asyncio.run(open_one())
    gc.collect()
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(fd)
