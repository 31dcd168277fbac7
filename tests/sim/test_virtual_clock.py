from __future__ import annotations

import asyncio
import time
from math import inf
from random import Random

import pytest

from orchestrator.ports.clock import call_and_sleep
from orchestrator.ports.wake import Wake
from orchestrator.sim.clock import VirtualClock


async def test_a_lone_sleeper_passes_weeks_in_a_blink() -> None:
    clock, began_s = VirtualClock(), time.perf_counter()
    for step in range(1, 100_001):
        await clock.sleep_until(5.0 * step)
    assert clock.now().monotonic_s == 500_000.0
    assert time.perf_counter() - began_s < 2.0


async def test_sleepers_wake_in_the_order_of_their_moments() -> None:
    clock, story = VirtualClock(), []  # type: tuple[VirtualClock, list[tuple[float, str]]]

    async def sleeper(name: str, every_s: float) -> None:
        for step in range(1, 5):
            await clock.sleep_until(every_s * step)
            story.append((clock.now().monotonic_s, name))

    await asyncio.gather(sleeper("slow", 3.0), sleeper("fast", 1.0), sleeper("odd", 2.5))
    assert story == sorted(story, key=lambda each: each[0])
    assert len(story) == 12
    assert story[-1] == (12.0, "slow")


async def test_calls_come_in_order_and_among_equals_as_they_were_asked_for() -> None:
    clock, story = VirtualClock(), []  # type: tuple[VirtualClock, list[str]]
    clock.call_at(2.0, lambda: story.append("second"))
    clock.call_at(1.0, lambda: story.append("first"))
    clock.call_at(2.0, lambda: story.append("third"))
    clock.call_at(1.5, lambda: story.append("never")).cancel()
    await clock.sleep_until(3.0)
    assert story == ["first", "second", "third"]


async def test_a_call_sees_its_own_moment() -> None:
    clock, seen = VirtualClock(), []  # type: tuple[VirtualClock, list[float]]
    clock.call_at(7.5, lambda: seen.append(clock.now().monotonic_s))
    await clock.sleep_until(100.0)
    assert seen == [7.5]


async def test_a_call_that_wakes_the_sleeper_ends_its_sleep_then() -> None:
    clock, wake = VirtualClock(), Wake()
    clock.call_at(4.0, wake.set)
    await clock.sleep_until(100.0, wake)
    assert clock.now().monotonic_s == 4.0


async def test_another_task_that_wakes_the_sleeper_ends_its_sleep_then() -> None:
    clock, wake = VirtualClock(), Wake()

    async def waker() -> None:
        await clock.sleep_until(4.0)
        wake.set()

    task = asyncio.create_task(waker())
    await clock.sleep_until(100.0, wake)
    await task
    assert clock.now().monotonic_s == 4.0


async def test_time_stands_while_somebody_is_busy() -> None:
    clock, moments = VirtualClock(), []  # type: tuple[VirtualClock, list[float]]

    async def busy() -> None:
        for _ in range(50):
            await asyncio.sleep(0)
            moments.append(clock.now().monotonic_s)

    task = asyncio.create_task(busy())
    await clock.sleep_until(10.0)
    await task
    assert set(moments) == {0.0}


async def test_a_task_that_waits_for_an_event_is_reached_by_a_timer() -> None:
    """Nobody sleeps: the timers alone drive time on."""
    clock, done = VirtualClock(), Wake()
    clock.call_at(5.0, lambda: None)
    clock.call_at(9.0, done.set)
    await done.wait()
    assert clock.now().monotonic_s == 9.0


async def test_who_sleeps_for_ever_is_woken_by_others_only() -> None:
    clock, wake = VirtualClock(), Wake()
    clock.call_at(50.0, wake.set)
    await clock.sleep_until(inf, wake)
    assert clock.now().monotonic_s == 50.0


async def test_a_cancelled_sleeper_leaves_nothing_behind() -> None:
    clock = VirtualClock()
    tasks = [asyncio.create_task(clock.sleep_until(10.0 + n, Wake())) for n in range(3)]
    await asyncio.sleep(0)
    tasks[0].cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert tasks[0].cancelled()
    assert clock.now().monotonic_s == 12.0


async def test_a_lone_sleeper_can_be_stopped_from_outside() -> None:
    clock = VirtualClock()

    async def forever() -> None:
        step = 0.0
        while True:
            step += 1.0
            await clock.sleep_until(step)

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await forever()
    assert clock.now().monotonic_s > 100.0


async def test_the_wall_clock_can_be_set_without_moving_time() -> None:
    clock = VirtualClock(wall_s=1000.0)
    await clock.sleep_until(5.0)
    clock.step_wall(-3600.0)
    now = clock.now()
    assert (now.monotonic_s, now.wall_s) == (5.0, 1005.0 - 3600.0)


async def test_the_same_story_twice_is_the_same_story() -> None:
    async def story() -> list[tuple[float, int]]:
        clock, told, wake = VirtualClock(), list[tuple[float, int]](), Wake()

        async def actor(number: int) -> None:
            for step in range(1, 20):
                await clock.sleep_until(step * (1.0 + 0.37 * number), wake if number else None)
                wake.clear()
                told.append((clock.now().monotonic_s, number))
                if (step * number) % 5 == 3:
                    wake.set()

        await asyncio.gather(*(actor(number) for number in range(5)))
        return told

    assert await story() == await story()


async def _story(seed: int, *, by_sleeping: bool) -> list[tuple[float, str]]:
    """Rounds that call, wake each other, start tasks and end, all on the same few moments."""
    clock, chance, story = VirtualClock(), Random(seed), []  # type: ignore[var-annotated]
    wakes = [Wake() for _ in range(4)]

    def told(what: str) -> None:
        story.append((clock.now().monotonic_s, what))

    async def work(name: str) -> None:
        told(f"{name} works")
        await clock.sleep_until(clock.now().monotonic_s + chance.choice((0.0, 1.0, 2.0)))
        told(f"{name} has worked")

    async def one(number: int) -> None:
        tasks: list[asyncio.Task[None]] = []

        def call() -> float | None:
            now_s = clock.now().monotonic_s
            if now_s >= 300.0 + 10.0 * number:
                return None
            told(f"{number} is called")
            kind = chance.randrange(8)
            if kind == 0:
                tasks.append(asyncio.create_task(work(str(number))))
            elif kind == 1:
                clock.call_at(now_s + 2.0, lambda: told(f"timer of {number}"))
            elif kind == 2:
                clock.call_at(now_s + 1.0, chance.choice(wakes).set)
            elif kind == 3:
                chance.choice(wakes).set()
            return inf if kind == 4 and number else now_s + chance.choice((1.0, 2.0, 5.0))

        if by_sleeping:
            await call_and_sleep(clock, call, wakes[number])
        else:
            await clock.keep_calling(call, wakes[number])
        told(f"{number} is over")
        await asyncio.gather(*tasks)

    async def remind() -> None:
        """Nobody who waits for a wake alone does so for ever."""
        for step in range(400):
            await clock.sleep_until(step)
            if step % 7 == 0:
                for wake in wakes:
                    wake.set()

    await asyncio.gather(*(one(number) for number in range(4)), remind())
    return story


@pytest.mark.parametrize("seed", range(12))
async def test_rounds_come_in_the_order_in_which_sleepers_would_have_come(seed: int) -> None:
    story = await _story(seed, by_sleeping=False)
    assert story == await _story(seed, by_sleeping=True)
    assert len(story) > 400


async def test_what_a_round_raises_ends_its_own_task_and_no_other() -> None:
    clock, calls = VirtualClock(), []  # type: tuple[VirtualClock, list[str]]

    def breaks() -> float | None:
        calls.append("breaks")
        if len(calls) > 6:
            raise ValueError("broken")
        return clock.now().monotonic_s + 1.0

    def lasts() -> float | None:
        calls.append("lasts")
        now_s = clock.now().monotonic_s
        return now_s + 1.0 if now_s < 20.0 else None

    broken = asyncio.create_task(clock.keep_calling(breaks, Wake()))
    await clock.keep_calling(lasts, Wake())
    assert calls.count("lasts") == 21
    with pytest.raises(ValueError, match="broken"):
        await broken


async def test_a_round_that_is_cancelled_is_called_no_more() -> None:
    clock, calls = VirtualClock(), []  # type: tuple[VirtualClock, list[float]]

    def call() -> float | None:
        calls.append(clock.now().monotonic_s)
        return clock.now().monotonic_s + 1.0

    task = asyncio.create_task(clock.keep_calling(call, Wake()))
    await clock.sleep_until(3.5)
    task.cancel()
    await clock.sleep_until(9.0)
    assert task.cancelled()
    assert calls == [0.0, 1.0, 2.0, 3.0]
