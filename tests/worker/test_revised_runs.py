"""A worker takes another revision of what it runs, or goes on as it was (SEMANTICS rule 18)."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from orchestrator.journal.memory import MemoryJournal
from orchestrator.messages.orders import RunOrder
from orchestrator.model.experiment import State
from orchestrator.model.ledger import Kind
from tests.support.worker_rig import JOBS, RUN, World, at, order, phase, slice_of, step

DAY_S = 86400.0


def beats(*texts: str, **more: Any) -> dict[str, Any]:
    """A day in which something is logged a minute after the other."""
    items = [
        at(text, 60.0 * number, step("log", text=[text]))
        for number, text in enumerate(texts, start=1)
    ]
    return slice_of(phase("day", duration_s=DAY_S, items=items), **more)


def later(slice_: dict[str, Any], revision: int = 2, **more: Any) -> RunOrder:
    return msgspec.structs.replace(order(slice_, revision=revision), **more)


async def logged(world: World) -> list[str]:
    return [entry.data["text"] for entry in await world.entries(Kind.NOTE)]


FASTER = {**JOBS, "stirring": {"settings": {"target": 800.0}}}


@pytest.fixture
def world() -> World:
    return World()


async def test_it_goes_on_by_the_new_revision_and_says_so(world: World) -> None:
    async with world.working() as worker:
        await world.take(worker, order(beats("one", "two", "three")))
        await world.advance(s=90)
        answer = await world.take(worker, later(beats("one", "two", "other")))
        assert answer.accepted and answer.runs[0].revision == 2
        assert worker.runs()[0].revision == 2
        assert worker.runs()[0].plan_hash == "hash2"
        await world.advance(min=3)
    assert await logged(world) == ["one", "two", "other"]
    [revised] = await world.entries(Kind.REVISED)
    assert revised.data == {"revision": 2, "plan_hash": "hash2"}


async def test_entries_and_readings_carry_the_revision_that_they_were_made_under(
    world: World,
) -> None:
    async with world.working() as worker:
        await world.take(worker, order(beats("one", "two")))
        await world.advance(s=90)
        await world.take(worker, later(beats("one", "two")))
        await world.advance(min=1)
    batch = await world.journal.next_batch(0, 10_000)
    assert batch is not None
    told = {(each.data["text"], each.revision) for each in batch.records if _is_note(each)}
    assert told == {("one", 1), ("two", 2)}
    readings = {each.revision for each in batch.records if hasattr(each, "signal")}
    assert readings == {1, 2}


def _is_note(record: Any) -> bool:
    return getattr(record, "kind", "") == Kind.NOTE


async def test_it_runs_on_by_the_new_revision_after_a_crash(world: World) -> None:
    async with world.working() as worker:
        await world.take(worker, order(beats("one", "two", "three")))
        await world.advance(s=90)
        await world.take(worker, later(beats("one", "two", "other")))
        await world.take(worker, later(beats("one", "two", "last"), revision=3))
        crashed = world.crash()
    async with crashed.working() as worker:
        assert worker.runs()[0].revision == 3
        await crashed.advance(min=3)
        assert worker.runs()[0].state == State.RUNNING
    assert await logged(crashed) == ["one", "two", "last"]


async def test_a_revision_that_was_kept_and_not_taken_is_as_if_it_had_not_come(
    world: World,
) -> None:
    """The crash falls between keeping the order and writing the entry."""
    async with world.working() as worker:
        await world.take(worker, order(beats("one", "two")))
        await world.advance(s=90)
        lost = msgspec.to_builtins(later(beats("one", "lost")))
        await world.journal.keep(f"order:{RUN}@2", lost)
        crashed = world.crash()
    async with crashed.working() as worker:
        assert worker.runs()[0].revision == 1
        await crashed.advance(min=1)
        answer = await crashed.take(worker, later(beats("one", "two", "other")))
        assert answer.accepted
        await crashed.advance(min=2)
    assert await logged(crashed) == ["one", "two", "other"]


async def test_what_is_only_prepared_changes_nothing(world: World) -> None:
    async with world.working() as worker:
        await world.take(worker, order(beats("one", "two")))
        answer = await world.take(worker, later(beats("one", "other"), stage="prepare"))
        assert answer.accepted and answer.runs[0].revision == 2
        assert worker.runs()[0].revision == 1
        await world.advance(min=3)
    assert await logged(world) == ["one", "two"]
    assert await world.journal.kept(f"order:{RUN}@2") is None


async def test_what_has_not_begun_is_not_begun_by_preparing(world: World) -> None:
    async with world.working() as worker:
        answer = await world.take(worker, later(beats("one"), stage="prepare"))
        assert answer.accepted
        assert worker.runs() == []


@pytest.mark.parametrize("stage", ["prepare", "run"])
async def test_a_jump_is_refused_unless_it_is_accepted(world: World, stage: str) -> None:
    async with world.working() as worker:
        await world.take(worker, order(beats("one")))
        await world.advance(s=10)
        answer = await world.take(worker, later(beats("one", jobs=FASTER), stage=stage))
        assert not answer.accepted
        assert "stirring.target from 500 to 800" in answer.runs[0].reason
        assert worker.runs()[0].revision == 1
        accepted = later(beats("one", jobs=FASTER), stage=stage, accept_jumps=True)
        assert (await world.take(worker, accepted)).accepted


async def test_a_job_that_nobody_here_knows_is_refused(world: World) -> None:
    async with world.working() as worker:
        await world.take(worker, order(beats("one")))
        unknown = {**JOBS, "juggling": {"settings": {}}}
        answer = await world.take(worker, later(beats("one", jobs=unknown), accept_jumps=True))
        assert not answer.accepted
        assert "juggling" in answer.runs[0].reason
        await world.advance(min=2)
        assert worker.runs()[0].state == State.RUNNING
    assert await logged(world) == ["one"]


async def test_a_removed_phase_is_left_for_the_one_that_was_said(world: World) -> None:
    night = slice_of(phase("night", duration_s=DAY_S))
    async with world.working() as worker:
        await world.take(worker, order(beats("one")))
        await world.advance(s=10)
        answer = await world.take(worker, later(night))
        assert "is in day, which revision 2 does not have" in answer.runs[0].reason
        assert (await world.take(worker, later(night, move_to="night"))).accepted
        await world.advance(s=1)
        assert worker.runs()[0].phase == "night"


async def test_a_new_limit_holds_at_once(world: World) -> None:
    cooler = beats("one", limits={"temperature.maximum": 36.0})
    async with world.working() as worker:
        await world.take(worker, order(beats("one", limits={"temperature.maximum": 40.0})))
        await world.advance(s=10)
        assert (await world.take(worker, later(cooler))).accepted
        await world.advance(s=10)
        unit = worker.vessels.units[0]
        refusal = unit.override("temperature.target", 38.0, "ada", None)
        assert refusal is not None and refusal.limit == "temperature.maximum"


async def test_a_wish_that_comes_with_the_revision_is_heard(world: World) -> None:
    async with world.working() as worker:
        await world.take(worker, order(beats("one")))
        await world.take(worker, later(beats("one", "two"), wanted="paused", control_seq=2))
        report = worker.runs()[0]
        assert (report.revision, report.state) == (2, State.PAUSED)


@pytest.mark.parametrize("wanted", ["paused", "finished", "cancelled"])
async def test_who_refuses_a_revision_pauses_and_ends_all_the_same(
    world: World, wanted: str
) -> None:
    """It was away when the others took it, and cannot follow: its vessel must stay steerable."""
    async with world.working() as worker:
        await world.take(worker, order(beats("one")))
        await world.advance(s=10)
        jumps = later(beats("one", jobs=FASTER), wanted=wanted, control_seq=2)
        answer = await world.take(worker, jumps)
        assert not answer.accepted
        await world.advance(s=10)
        states = {"finished": State.COMPLETED, "cancelled": State.CANCELLED}
        report = worker.runs()[0]
        assert (report.revision, report.state) == (1, states.get(wanted, State.PAUSED))


async def test_an_old_ledger_takes_its_revisions_with_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("orchestrator.worker.vessels.LEDGERS_MAX", 1)
    async with world.working() as worker:
        await world.take(worker, order(beats("one")))
        assert (await world.take(worker, later(beats("one", "two")))).accepted
        for attempt in ("20250107-test.1", "20250108-test.1"):
            await world.take(worker, order(beats("one"), attempt=attempt))
    assert isinstance(world.journal, MemoryJournal)
    assert await world.journal.kept(f"order:{RUN}@2") is not None
    async with world.working():
        pass
    assert await world.journal.kept(f"order:{RUN}@2") is None
