"""SEMANTICS rule 3: every dose passes one journal; intent before, outcome after."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from orchestrator.jobs.job import Exchange, Exchanged
from orchestrator.journal.memory import MemoryJournal
from orchestrator.model.ledger import Entry
from orchestrator.model.outcome import Outcome
from orchestrator.ports.journal import JournalFault
from orchestrator.ports.reactor import DeviceFault, PumpEnd
from orchestrator.sim.clock import VirtualClock
from orchestrator.sim.reactor import Reactor as Physics
from orchestrator.sim.reactor_port import SimReactor
from orchestrator.worker.account import Fluids, open_fluids
from orchestrator.worker.dose import QUEUE_MAX, Asked, Doser
from orchestrator.worker.guard import Guard, Refusal
from orchestrator.worker.pump import unknown_doses
from orchestrator.worker.run_clock import begin_clock
from orchestrator.worker.run_ledger import RunLedger

RUN = "1.1:a"


class BrittleJournal(MemoryJournal):
    """Fails on request."""

    broken = False

    async def write(self, run: str, entries: Sequence[Entry], *, revision: int = 1) -> None:
        if self.broken:
            raise JournalFault("the disk is full")
        await super().write(run, entries, revision=revision)


class MutePump(SimReactor):
    """A pump of which nobody hears again, or which cannot be begun."""

    mute = False
    faulty = False
    broken = False

    def begin_pump(
        self, run: str, pump: str, volume_ml: float, deliver: Callable[[PumpEnd], None]
    ) -> float:
        if self.faulty:
            raise DeviceFault("the keeper does not answer")
        if self.broken:
            raise ValueError("a bug in a driver")
        return super().begin_pump(
            run, pump, volume_ml, (lambda end: None) if self.mute else deliver
        )


@dataclass
class Bench:
    """A doser with everything around it."""

    clock: VirtualClock = field(default_factory=VirtualClock)
    journal: BrittleJournal = field(default_factory=BrittleJournal)
    fluids: Fluids = field(default_factory=lambda: open_fluids(15.0, ()))
    limits: dict[str, float] = field(default_factory=dict)
    told: list[Exchanged] = field(default_factory=list)
    refused: list[tuple[Refusal, Asked]] = field(default_factory=list)
    devices: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.physics = Physics()
        self.reactor = MutePump(self.physics, self.clock)
        self.ledger = RunLedger(self.journal, RUN, 1)
        self.ledger.folds = [self.fluids.apply]

    def doser(self) -> Doser:
        return Doser(
            attempt="1.1",
            vessel="a",
            reactor=self.reactor,
            ledger=self.ledger,
            fluids=self.fluids,
            guard=Guard(self.limits, 20.0),
            clock=self.clock,
            run_clock=begin_clock(self.clock.now()),
            tell=self.told.append,
            refused=lambda refusal, asked: self.refused.append((refusal, asked)),
            device_told=lambda device, fault: self.devices.append((device, fault)),
            held_told=lambda pump, reason: self.held.append((pump, reason)),
        )

    async def lines(self) -> list[tuple[str, str, float, str]]:
        """Kind, pump, volume and outcome of each entry."""
        return [
            (
                entry.kind.value,
                entry.data["pump"],
                round(entry.data["volume_ml"], 6),
                entry.data.get("outcome", ""),
            )
            for entry in await self.journal.read(RUN)
        ]

    async def pass_s(self, seconds: float) -> None:
        await self.clock.sleep_until(self.clock.now().monotonic_s + seconds)


@asynccontextmanager
async def pumping(doser: Doser) -> AsyncIterator[Doser]:
    task = asyncio.create_task(doser.run())
    try:
        yield doser
    finally:
        task.cancel()
        await asyncio.wait((task,))


@pytest.fixture
def bench() -> Bench:
    return Bench()


ONE = Exchange(remove_ml=1.0, add_ml=1.0, cause="od600 0.83 above 0.82")


async def test_an_exchange_removes_before_it_adds(bench: Bench) -> None:
    async with pumping(bench.doser()) as doser:
        doser.ask(ONE)
        await bench.pass_s(60.0)
    assert await bench.lines() == [
        ("dose_began", "waste_pump", 1.0, ""),
        ("dose_ended", "waste_pump", 1.0, "done"),
        ("dose_began", "feed_pump", 1.0, ""),
        ("dose_ended", "feed_pump", 1.0, "done"),
    ]
    [ended] = bench.told
    assert (ended.removed_ml, ended.added_ml, ended.own) == (1.0, 1.0, True)
    assert ended.ending.outcome is Outcome.DONE


async def test_rule_3_the_intent_says_pump_volume_and_deadline(bench: Bench) -> None:
    async with pumping(bench.doser()) as doser:
        doser.ask(Exchange(remove_ml=0.0, add_ml=1.0, cause="too dense"))
        await bench.pass_s(1.0)
        [began] = await bench.journal.read(RUN)
    assert began.data["deadline_s"] == pytest.approx(10.0)
    assert began.data["cause"] == "too dense"


async def test_rule_3_nothing_moves_when_the_intent_is_not_durable(bench: Bench) -> None:
    bench.journal.broken = True
    async with pumping(bench.doser()) as doser:
        doser.ask(ONE)
        await bench.pass_s(60.0)
    assert await bench.lines() == []
    assert bench.physics.culture.state.fed_ml == 0.0
    [ended] = bench.told
    assert ended.ending.outcome is Outcome.FAILED
    assert "disk is full" in ended.ending.reason


async def test_exchanges_are_carried_out_one_at_a_time_in_order(bench: Bench) -> None:
    async with pumping(bench.doser()) as doser:
        for number in range(3):
            doser.ask(Exchange(remove_ml=0.1, add_ml=0.1, key=f"1.1:a:*:x@{number}"))
        await bench.pass_s(60.0)
    assert [ended.key for ended in bench.told] == [f"1.1:a:*:x@{number}" for number in range(3)]
    ends = [ended.at_s for ended in bench.told]
    assert ends == pytest.approx([2.0, 4.0, 6.0])


async def test_the_queue_is_bounded(bench: Bench) -> None:
    doser = bench.doser()
    for _ in range(QUEUE_MAX + 1):
        doser.ask(ONE)
    [refused] = bench.told
    assert refused.ending.outcome is Outcome.REFUSED


async def test_rule_13_what_the_guard_refuses_leaves_no_dose(bench: Bench) -> None:
    bench.limits["dosing.per_hour"] = 1.5
    async with pumping(bench.doser()) as doser:
        doser.ask(ONE)
        doser.ask(ONE)
        await bench.pass_s(120.0)
    assert [ended.ending.outcome for ended in bench.told] == [Outcome.DONE, Outcome.REFUSED]
    assert len(await bench.lines()) == 4
    [(refusal, asked)] = bench.refused
    assert refusal.limit == "dosing.per_hour"
    assert asked.own == 2


async def test_rule_3_a_pump_that_does_not_report_is_unknown_in_full(bench: Bench) -> None:
    bench.reactor.mute = True
    async with pumping(bench.doser()) as doser:
        doser.ask(Exchange(remove_ml=0.0, add_ml=1.0))
        await bench.pass_s(60.0)
    assert (await bench.lines())[-1] == ("dose_ended", "feed_pump", 1.0, "unknown")
    assert bench.fluids.unknown_doses == 1
    assert bench.fluids.fed_ml == 1.0
    assert bench.devices == [("feed_pump", "feed_pump did not say how far it got")]


async def test_a_pump_that_does_what_it_is_told_is_well(bench: Bench) -> None:
    async with pumping(bench.doser()) as doser:
        doser.ask(ONE)
        await bench.pass_s(60.0)
    assert bench.devices == [("waste_pump", ""), ("feed_pump", "")]


async def test_a_pump_that_was_halted_is_not_to_blame(bench: Bench) -> None:
    async with pumping(bench.doser()) as doser:
        doser.ask(Exchange(remove_ml=0.0, add_ml=5.0))
        await bench.pass_s(0.5)
        doser.halt("emergency stop")
        await bench.pass_s(60.0)
    assert (await bench.lines())[-1][3] == "failed"
    assert bench.devices == []


async def test_rule_3_a_keeper_that_does_not_answer_makes_the_dose_unknown(bench: Bench) -> None:
    bench.reactor.faulty = True
    async with pumping(bench.doser()) as doser:
        doser.ask(ONE)
        await bench.pass_s(60.0)
    assert await bench.lines() == [
        ("dose_began", "waste_pump", 1.0, ""),
        ("dose_ended", "waste_pump", 1.0, "unknown"),
    ]


async def test_after_a_removal_that_went_wrong_nothing_is_added(bench: Bench) -> None:
    async with pumping(bench.doser()) as doser:
        doser.ask(ONE)
        await bench.pass_s(5.0)
        doser.halt("emergency stop")
        await bench.pass_s(60.0)
    assert await bench.lines() == [
        ("dose_began", "waste_pump", 1.0, ""),
        ("dose_ended", "waste_pump", 0.5, "failed"),
    ]
    assert bench.physics.culture.state.fed_ml == 0.0


async def test_withdrawn_before_it_began_an_exchange_is_skipped(bench: Bench) -> None:
    async with pumping(bench.doser()) as doser:
        doser.ask(ONE)
        doser.ask(Exchange(remove_ml=0.0, add_ml=1.0, key="1.1:a:*:x@1"))
        await bench.pass_s(1.0)
        doser.withdraw("1.1:a:*:x@1")
        await bench.pass_s(60.0)
    assert [ended.ending.outcome for ended in bench.told] == [Outcome.SKIPPED, Outcome.DONE]


async def test_own_exchanges_are_numbered_on_after_a_restart(bench: Bench) -> None:
    async with pumping(bench.doser()) as doser:
        doser.ask(ONE)
        await bench.pass_s(60.0)
    async with pumping(bench.doser()) as doser:
        doser.ask(ONE)
        await bench.pass_s(60.0)
    assert [ended.key for ended in bench.told] == ["1.1:a:*:dosing@1", "1.1:a:*:dosing@2"]


async def test_rule_3_a_dose_that_nobody_saw_the_end_of_is_unknown_in_full(bench: Bench) -> None:
    async with pumping(bench.doser()) as doser:
        doser.ask(Exchange(remove_ml=0.0, add_ml=2.0))
        await bench.pass_s(5.0)
    after = open_fluids(15.0, (), await bench.journal.read(RUN))
    [ended] = unknown_doses(after, 100.0, None)
    after.apply(ended)
    assert (ended.data["outcome"], ended.data["volume_ml"]) == ("unknown", 2.0)
    assert (after.volume_ml, after.unknown_doses, after.under_way) == (17.0, 1, {})
    assert after.own_exchanges == 1


async def test_nothing_is_left_waiting_for_a_pump(bench: Bench) -> None:
    async with pumping(bench.doser()) as doser:
        doser.ask(ONE)
        await bench.pass_s(1.0)
        assert doser.busy
        await bench.pass_s(60.0)
        assert not doser.busy


async def test_a_journal_that_breaks_down_counts_the_dose_as_unknown_and_goes_on(
    bench: Bench,
) -> None:
    async with pumping(bench.doser()) as doser:
        bench.reactor.broken = True
        doser.ask(ONE)
        await bench.pass_s(60.0)
        bench.reactor.broken = False
        doser.ask(ONE)
        await bench.pass_s(60.0)
    first, second = bench.told
    assert first.ending.outcome is Outcome.UNKNOWN
    assert "a bug in a driver" in first.ending.reason
    assert (first.removed_ml, first.added_ml) == (1.0, 0.0)
    assert second.ending.outcome is Outcome.DONE
    assert (await bench.lines())[:2] == [
        ("dose_began", "waste_pump", 1.0, ""),
        ("dose_ended", "waste_pump", 1.0, "unknown"),
    ]
