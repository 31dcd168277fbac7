"""What the rehearsed room is made of: its loop, its disks, its benches."""

from __future__ import annotations

import asyncio
import json
import time
from contextvars import copy_context
from math import isfinite, nan
from pathlib import Path
from random import Random

import pytest

from orchestrator.faults.bench import Bench, Lie
from orchestrator.faults.clock import MachineClock, Watch
from orchestrator.faults.disk import Disk, JournalOnDisk
from orchestrator.faults.edits import EDITS, documents_of, edited
from orchestrator.faults.files import JournalFiles, StoreFiles
from orchestrator.faults.loop import PROCESS, Deadlock, VirtualLoop
from orchestrator.faults.machines import Machine
from orchestrator.faults.shelf import Shelf
from orchestrator.faults.storm import KINDS, What, draw
from orchestrator.faults.strike import STRIKES
from orchestrator.journal.memory import MemoryJournal
from orchestrator.model.canonical import rebuild
from orchestrator.model.interlock import Interlock
from orchestrator.model.ledger import Entry, Kind
from orchestrator.model.plan import Plan
from orchestrator.ports.journal import JournalFault
from orchestrator.ports.reactor import DeviceFault, PumpEnd
from orchestrator.sim.reactor import Reactor
from tests.support.stores import submitted
from tests.support.stormy_case import checked


def live(work: object) -> object:
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(work)  # type: ignore[arg-type]


def note(text: str) -> Entry:
    return Entry(kind=Kind.NOTE, process_s=1.0, wall_s=None, data={"text": text})


# ---- time


def test_a_day_of_waiting_passes_in_a_blink_and_timeouts_with_it() -> None:
    async def day() -> float:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(3600.0):
                await asyncio.Event().wait()
        await asyncio.sleep(86_400.0 - 3600.0)
        return asyncio.get_running_loop().time()

    began_s = time.perf_counter()
    assert live(day()) == 86_400.0
    assert time.perf_counter() - began_s < 2.0


def test_who_waits_for_nothing_is_told_instead_of_hanging() -> None:
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        loop = runner.get_loop()
        task = loop.create_task(asyncio.Event().wait())
        with pytest.raises(Deadlock):
            loop.run_until_complete(task)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            loop.run_until_complete(task)


def test_a_boot_counts_from_its_own_beginning_and_the_watch_goes_on() -> None:
    async def look() -> tuple[float, float, bool]:
        watch = Watch(1000.0)
        await asyncio.sleep(50.0)
        clock = MachineClock(watch, "second boot", booted_s=50.0)
        await clock.sleep_until(10.0)
        watch.trusted = False
        return clock.now().monotonic_s, clock.now().wall_s, clock.now().trusted

    assert live(look()) == (10.0, 1060.0, False)


# ---- processes that hang


def test_who_hangs_does_nothing_and_then_all_of_it_at_once() -> None:
    async def hang() -> list[tuple[str, float]]:
        loop, did = asyncio.get_running_loop(), list[tuple[str, float]]()
        assert isinstance(loop, VirtualLoop)

        async def work(name: str) -> None:
            for _ in range(5):
                did.append((name, loop.time()))
                await asyncio.sleep(1.0)

        tasks = []
        for name in ("one", "two"):
            context = copy_context()
            context.run(PROCESS.set, name)
            tasks.append(loop.create_task(work(name), context=context))
        await asyncio.sleep(1.5)
        loop.hang("one")
        await asyncio.sleep(10.0)
        loop.go_on("one")
        await asyncio.wait(tasks)
        return did

    did: list[tuple[str, float]] = live(hang())  # type: ignore[assignment]
    times = {name: [at_s for who, at_s in did if who == name] for name in ("one", "two")}
    assert times["two"] == [0.0, 1.0, 2.0, 3.0, 4.0]
    assert times["one"] == [0.0, 1.0, 11.5, 12.5, 13.5]


def test_a_bench_keeps_interlocks_over_a_keepers_death_and_sees_what_runs_against_them() -> None:
    async def live_on() -> tuple[list[tuple[str, str]], list[int]]:
        lock = Interlock(device="heater", while_on=("stirrer",))
        clock = MachineClock(Watch(0.0), "room")
        bench = Bench("r1", Reactor(), clock, Random(1), interlocks=(lock,))
        wire, told, against = bench.connect(), list[tuple[str, str]](), []

        async def look() -> None:
            for _ in range(3):
                bench.look()
                await asyncio.sleep(1.0)
            against.append(len(bench.truth.ran_against))

        wire.heed(lambda output, reason: told.append((output, reason)))
        wire.drive("heater", 0.5)
        await look()
        bench.lose_keeper()
        bench.find_keeper()
        await look()
        wire.drive("stirrer", 0.5)
        await look()
        bench.physics.drive("stirrer", 0.0, clock.now().monotonic_s)  # behind the keeper's back
        await look()
        return told, against

    told, against = live(live_on())  # type: ignore[assignment]
    assert [(output, bool(reason)) for output, reason in told] == [
        ("heater", True),
        ("heater", False),
        ("heater", True),
        ("heater", False),
    ]
    assert against[:3] == [0, 0, 0]
    assert against[3] == 2


def test_a_keeper_that_hears_nothing_turns_all_off_and_hears_again_what_to_do() -> None:
    async def hang() -> tuple[list[float], list[PumpEnd]]:
        bench = Bench("r1", Reactor(), MachineClock(Watch(0.0), "room"), Random(1))
        wire, heard = bench.connect(), list[PumpEnd]()
        wire.drive("stirrer", 0.5)
        wire.begin_pump("dose", "feed_pump", 1.0, heard.append)
        bench.hang()
        duties = []
        for wait_s in (0.5, 5.0):
            await asyncio.sleep(wait_s)
            duties.append(bench.physics.outputs["stirrer"].commanded_duty)
        bench.go_on()
        duties.append(bench.physics.outputs["stirrer"].commanded_duty)
        return duties, heard

    duties, [end] = live(hang())  # type: ignore[misc]
    assert duties == [0.5, 0.0, 0.5]
    assert not end.complete


def test_a_keeper_that_dies_leaves_its_dose_unknown_and_the_next_hears_what_to_do() -> None:
    async def lose() -> tuple[list[float], list[PumpEnd]]:
        bench = Bench("r1", Reactor(), MachineClock(Watch(0.0), "room"), Random(1))
        wire, heard = bench.connect(), list[PumpEnd]()
        wire.drive("stirrer", 0.5)
        wire.begin_pump("under way", "feed_pump", 1.0, heard.append)
        await asyncio.sleep(3.0)
        bench.lose_keeper()
        wire.begin_pump("without", "feed_pump", 1.0, heard.append)
        with pytest.raises(DeviceFault, match="no keeper"):
            await wire.make_safe()
        wire.drive("stirrer", 0.4)
        duties = [bench.physics.outputs["stirrer"].commanded_duty]
        bench.find_keeper()
        duties.append(bench.physics.outputs["stirrer"].commanded_duty)
        assert bench.moved_ml("under way") == pytest.approx(0.3)
        return duties, heard

    duties, [lost, never] = live(lose())  # type: ignore[misc]
    assert duties == [0.0, 0.4]
    assert (lost.moved_ml, lost.uncertain, lost.complete) == (1.0, True, False)
    assert (never.moved_ml, never.uncertain, never.complete) == (0.0, False, False)


def test_what_turns_after_an_emergency_stop_is_taken_down() -> None:
    async def stop() -> list[tuple[float, str]]:
        bench = Bench("r1", Reactor(), MachineClock(Watch(0.0), "room"), Random(1))
        wire = bench.connect()
        wire.hold("emergency stop")
        bench.stopped = True
        wire.drive("stirrer", 0.5)
        bench.lose_keeper()
        bench.find_keeper()
        assert bench.truth.moved_at_rest == [], "the next keeper holds it too"
        wire.let_go()
        wire.drive("stirrer", 0.5)
        return bench.truth.moved_at_rest

    assert live(stop()) == [(0.0, "stirrer")]


# ---- machines


class Stubborn(Machine):
    """Its processes need some seconds to end."""

    def __init__(self) -> None:
        super().__init__("m", Watch(0.0))
        self.alive: set[str] = set()
        self.seen: list[int] = []
        self.buried: list[str] = []

    async def _live(self) -> None:
        me = self.process
        self.alive.add(me)
        self.seen.append(len(self.alive))
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(5.0)
            self.alive.discard(me)

    def _cut_off(self, *, power: bool) -> None:
        self.buried.append("power" if power else "cut off")
        self.alive.clear()


@pytest.mark.parametrize("other", ["nothing", "crash", "power cut", "restart"])
def test_while_a_process_ends_in_order_no_other_begins(other: str) -> None:
    """Not even where it hangs meanwhile, and something that holds the machine down is over."""

    async def restart() -> tuple[list[int], int, list[str]]:
        machine = Stubborn()
        machine.up()
        await asyncio.sleep(1.0)
        hang = asyncio.create_task(machine.hang(60.0))
        await asyncio.sleep(1.0)
        ending = asyncio.create_task(machine.restart(2.0))
        await asyncio.sleep(1.0)
        if other == "crash":
            await machine.crash(1.0)
        elif other == "power cut":
            await machine.lose_power(1.0, 0.0)
        elif other == "restart":
            await machine.restart(1.0)
        assert not machine.is_up
        await ending
        await hang
        assert machine.is_up
        seen, starts, buried = machine.seen, machine.starts, [*machine.buried]
        await machine.end()
        return seen, starts, buried

    seen, starts, buried = live(restart())  # type: ignore[misc]
    assert (seen, starts) == ([1, 1], 2)
    assert buried == ["power" if other == "power cut" else "cut off"]


# ---- sensors that lie


@pytest.mark.parametrize(
    ("lie", "shown"),
    [
        (Lie(stuck=True), 22.0),
        (Lie(nan=True), nan),
        (Lie(gain_factor=1.5), 33.0),
        (Lie(offset=2.0), 24.0),
    ],
)
def test_a_sensor_lies_for_a_while(lie: Lie, shown: float) -> None:
    async def lying() -> list[float]:
        bench = Bench("r1", Reactor(), MachineClock(Watch(0.0), "room"), Random(1))
        values: list[float] = []

        def deliver(value: float | None, _fault: str) -> None:
            assert value is not None
            values.append(value)

        wire = bench.connect()
        task = asyncio.create_task(bench.lie("thermometer", lie, 10.0))
        await asyncio.sleep(5.0)
        wire.sense("thermometer", deliver)
        await task
        wire.sense("thermometer", deliver)
        return values

    during, after = live(lying())  # type: ignore[misc]
    assert during == pytest.approx(shown, abs=0.2, nan_ok=True)
    assert isfinite(after)


# ---- other plans


@pytest.mark.parametrize("name", sorted(EDITS))
def test_an_edit_makes_a_plan_that_can_be_read_again(name: str) -> None:
    plan = checked().plan
    assert plan is not None
    other = EDITS[name](plan, Random(1))
    assert rebuild(Plan, json.loads(documents_of(other, 2).plan_json)) == other
    assert (other == plan) is (name == "as it is")
    assert edited(plan, Random(5)) == edited(plan, Random(5))


# ---- disks


def test_a_power_cut_loses_what_was_not_synced_and_nothing_else() -> None:
    async def cut() -> list[str]:
        disk = Disk(kept=MemoryJournal(), chance=Random(1))
        journal = JournalOnDisk(disk)
        await journal.write("r", [note("durable")])
        journal.record("r", [note("under way")])
        journal.kill()
        return [str(each.data["text"]) for each in await disk.kept.read("r")]

    assert live(cut()) == ["durable"]


def test_a_journal_that_closes_is_killed_in_the_middle_of_that() -> None:
    async def close() -> list[str]:
        disk = Disk(kept=MemoryJournal(), chance=Random(1), sync_s=5.0)
        journal = JournalOnDisk(disk)
        await journal.write("r", [note("durable")])
        journal.record("r", [note("perhaps")])
        await asyncio.sleep(1.0)
        journal.record("r", [note("waits")])
        closing = asyncio.create_task(journal.close())
        await asyncio.sleep(1.0)
        journal.kill()
        await asyncio.wait_for(closing, 60.0)
        return [str(each.data["text"]) for each in await disk.kept.read("r")]

    assert live(close()) == ["durable", "perhaps"]


def test_a_full_disk_refuses_who_cannot_wait_and_keeps_the_order_of_who_can() -> None:
    async def fill() -> list[str]:
        disk = Disk(kept=MemoryJournal(), chance=Random(1))
        journal = JournalOnDisk(disk)
        disk.full = True
        journal.record("r", [note("patient")])
        with pytest.raises(JournalFault):
            await journal.write("r", [note("refused")])
        journal.record("r", [note("later")])
        disk.full = False
        await asyncio.sleep(5.0)
        await journal.close()
        return [str(each.data["text"]) for each in await disk.kept.read("r")]

    assert live(fill()) == ["patient", "later"]


def test_real_files_lose_what_was_not_committed_and_nothing_else(tmp_path: Path) -> None:
    """A power cut in the middle of a transaction, with a torn end of the write-ahead log."""

    async def cut() -> tuple[list[str], int]:
        files = JournalFiles(tmp_path, "w1", Random(2))
        disk = Disk.of_files(files, Random(1))
        for number in range(5):
            journal = JournalOnDisk(disk)
            await journal.write("r", [note(f"durable {number}")])
            journal.record("r", [note("waits")])
            journal.kill()
        written = JournalOnDisk(disk)
        disk.full = True
        with pytest.raises(JournalFault):
            await written.write("r", [note("refused")])
        texts = [str(each.data["text"]) for each in await disk.kept.read("r")]
        newest = disk.kept.level().newest
        written.kill()
        files.close()
        return texts, newest

    texts, newest = live(cut())  # type: ignore[misc]
    assert texts == [f"durable {number}" for number in range(5)]
    assert newest == 5
    assert len([*tmp_path.glob("*.sqlite")]) == 1


def test_a_store_on_files_is_opened_as_its_leader_left_it(tmp_path: Path) -> None:
    async def leave() -> list[str]:
        files = StoreFiles(tmp_path, Random(2))
        shelf = Shelf.of_files(files)
        await shelf.store.create_experiment(submitted())
        shelf.die()
        page = await shelf.store.experiments()
        files.close()
        return [each.id for each in page.items]

    assert live(leave()) == [submitted().id]


# ---- benches


def test_a_worker_that_dies_leaves_pumps_off_and_hears_nothing_more() -> None:
    async def die() -> tuple[list[PumpEnd], float]:
        clock = MachineClock(Watch(0.0), "room")
        bench = Bench("r1", Reactor(), clock, Random(1))
        wire, heard = bench.connect(), list[PumpEnd]()
        wire.drive("stirrer", 0.5)
        wire.begin_pump("dose", "feed_pump", 1.0, heard.append)
        await asyncio.sleep(5.0)
        bench.disconnect()
        await asyncio.sleep(0.5)
        assert bench.physics.outputs["stirrer"].commanded_duty == 0.5, "the keeper is patient"
        await asyncio.sleep(60.0)
        assert bench.physics.outputs["stirrer"].commanded_duty == 0.0
        bench.look()
        return heard, bench.truth.fed[-1][1]

    heard, fed_ml = live(die())  # type: ignore[misc]
    assert heard == []
    assert fed_ml == pytest.approx(0.5)


# ---- storms


def test_every_kind_of_trouble_has_a_rate_and_a_way_to_strike() -> None:
    assert set(KINDS) == set(STRIKES) == set(What)


@pytest.mark.parametrize("level", ["light", "heavy"])
def test_all_troubles_are_over_when_the_calm_begins(level: str) -> None:
    for seed in range(20):
        troubles = draw(level, Random(seed), 3600.0)
        assert all(one.at_s + one.for_s <= 3600.0 for one in troubles)
        assert list(troubles) == sorted(troubles, key=lambda one: one.at_s)


def test_a_heavy_day_brings_more_than_a_light_one_and_none_brings_nothing() -> None:
    counts = [len(draw(level, Random(1), 36_000.0)) for level in ("none", "light", "heavy")]
    assert counts[0] == 0 < counts[1] < counts[2] / 3
