"""SEMANTICS rules 8 to 10 in workers: barriers between machines, failures of peers, power cuts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest

from orchestrator.messages import topics
from orchestrator.messages.codec import decode
from orchestrator.messages.reports import StateMessage
from orchestrator.model.experiment import State
from orchestrator.model.ledger import Entry, Kind
from orchestrator.sim.reactor_port import SimReactor
from orchestrator.transport.memory import MemoryBroker, MemoryLink
from orchestrator.worker.service import Worker
from tests.support.hurried_clock import HurriedClock
from tests.support.played_leader import until
from tests.support.worker_rig import ATTEMPT, World, order, phase, slice_of, step, unit

HOUR_S = 3600.0
FOR_EVER = {"when": ["compare", ["signal", "od600"], ">", 99.0]}


def part(vessel: str, grow_s: float, peer: str, then: str = "fail", **more: Any) -> dict[str, Any]:
    """A vessel that grows for a while, then goes on together with its peer."""
    barrier = {"peers": [peer], "after_s": more.pop("after_s", 50 * HOUR_S), "then": then}
    slice_ = slice_of(
        phase("grow", duration_s=grow_s),
        phase("joint", until=FOR_EVER, together=barrier),
        vessel=vessel,
    )
    return {**slice_, **more}


class Lab:
    """Machines at one broker, each with a journal of its own."""

    def __init__(self) -> None:
        self.broker = MemoryBroker()
        self.clock = HurriedClock()
        self.worlds = {"a": World(), "b": World()}
        self.links: dict[str, MemoryLink] = {}
        for world in self.worlds.values():
            world.clock = self.clock

    @asynccontextmanager
    async def working(self, vessel: str) -> AsyncIterator[Worker]:
        """Let the worker of a vessel serve, with a link of its own."""
        world = self.worlds[vessel]
        link = self.links[vessel] = MemoryLink(self.broker, identifier=f"w-{vessel}")
        reactors = {name: SimReactor(it, self.clock, name) for name, it in world.physics.items()}
        worker = Worker(
            f"w-{vessel}", clock=self.clock, journal=world.journal, reactors=reactors, link=link
        )
        async with world.working(worker):
            yield worker

    async def begin(self, worker: Worker, slice_: Mapping[str, Any]) -> None:
        answer = await self.worlds[slice_["vessel"]].take(worker, order(slice_))
        assert answer.accepted, answer

    async def entries(self, vessel: str, *kinds: Kind) -> Sequence[Entry]:
        return await self.worlds[vessel].entries(*kinds, run=f"{ATTEMPT}:{vessel}")

    async def pass_s(self, seconds: float) -> None:
        """Clock seconds."""
        await asyncio.sleep(seconds / self.clock.speed)


@pytest.fixture
def lab() -> Lab:
    return Lab()


def at(worker: Worker) -> str | None:
    return unit(worker).view.phase


def waits(worker: Worker) -> bool:
    return unit(worker).view.barrier is not None


async def test_rule_9_vessels_of_two_machines_enter_together(lab: Lab) -> None:
    async with lab.working("a") as first, lab.working("b") as second:
        await lab.begin(first, part("a", 5.0, "b"))
        await lab.begin(second, part("b", 60.0, "a"))
        await until(lambda: waits(first))
        await lab.pass_s(20.0)
        assert (at(first), at(second)) == ("grow", "grow")
        await until(lambda: at(first) == at(second) == "joint")
    [latched] = [
        each
        for each in await lab.entries("a", Kind.SIGNAL_LATCHED)
        if each.data["name"] == "b.arrived.joint"
    ]
    [_, entered] = await lab.entries("a", Kind.PHASE_ENTERED)
    assert entered.process_s >= latched.process_s


async def test_a_worker_tells_before_which_phase_its_vessel_waits_and_for_whom(lab: Lab) -> None:
    told = lab.broker.retained
    async with lab.working("a") as first, lab.working("b") as second:
        await lab.begin(first, part("a", 5.0, "b"))
        await lab.begin(second, part("b", 60.0, "a"))

        def said() -> tuple[str | None, list[str]]:
            [run] = decode(told[topics.state("w-a")], StateMessage).runs or [None]
            return (None, ["?"]) if run is None else (run.waits_at, run.waits_for)

        await until(lambda: waits(first))
        await until(lambda: said() == ("joint", ["b"]))
        await until(lambda: at(first) == "joint")
        await until(lambda: said() == (None, []))


async def test_rule_9_a_peer_that_begins_late_is_waited_for(lab: Lab) -> None:
    async with lab.working("a") as first:
        await lab.begin(first, part("a", 5.0, "b"))
        await until(lambda: waits(first))
        async with lab.working("b") as second:
            await lab.pass_s(20.0)
            assert waits(first)
            await lab.begin(second, part("b", 5.0, "a"))
            await until(lambda: at(first) == at(second) == "joint")


async def test_rule_9_a_vessel_hears_after_a_restart_what_its_peer_said_meanwhile(
    lab: Lab,
) -> None:
    async with lab.working("b") as second:
        async with lab.working("a") as first:
            await lab.begin(first, part("a", 5.0, "b"))
            await lab.begin(second, part("b", 60.0, "a"))
            # What a worker did not say before it ended, it says when it is back: not tried here.
            await until(lambda: bool(unit(second).view.latched.get("a.arrived.joint")))
        await until(lambda: at(second) == "joint", limit_s=10.0)
        async with lab.working("a") as first:
            await until(lambda: at(first) == "joint")
    assert len(await lab.entries("a", Kind.ARRIVED)) == 1


async def test_rule_9_a_restarted_worker_says_again_where_its_vessel_is(lab: Lab) -> None:
    async with lab.working("b") as second:
        await lab.begin(second, part("b", 5.0, "a"))
        await until(lambda: waits(second))
    lab.broker.retained.clear()
    async with lab.working("a") as first, lab.working("b") as second:
        await lab.begin(first, part("a", 5.0, "b"))
        await until(lambda: at(first) == at(second) == "joint")


async def test_rule_9_what_was_latched_needs_no_peer_any_more(lab: Lab) -> None:
    async with lab.working("a") as first, lab.working("b") as second:
        await lab.begin(first, part("a", 300.0, "b"))
        await lab.begin(second, part("b", 5.0, "a"))
        await until(lambda: bool(unit(first).view.latched.get("b.arrived.joint")))
    lab.broker.retained.clear()
    async with lab.working("a") as first:
        await until(lambda: at(first) == "joint", limit_s=10.0)


async def test_rule_9_nobody_enters_while_the_network_is_down_and_all_do_after(lab: Lab) -> None:
    async with lab.working("a") as first, lab.working("b") as second:
        await lab.begin(first, part("a", 5.0, "b"))
        lab.links["b"].unplug()
        await lab.begin(second, part("b", 5.0, "a"))
        await until(lambda: waits(first) and waits(second))
        await lab.pass_s(30.0)
        assert (at(first), at(second)) == ("grow", "grow")
        lab.links["b"].plug_in()
        await until(lambda: at(first) == at(second) == "joint", limit_s=15.0)


async def test_rule_9_a_peer_that_never_comes_is_not_waited_for_for_ever(lab: Lab) -> None:
    async with lab.working("a") as first:
        await lab.begin(first, part("a", 5.0, "b", then="enter", after_s=30.0))
        await until(lambda: at(first) == "joint")
    [_, entered] = await lab.entries("a", Kind.PHASE_ENTERED)
    assert entered.data["without"] == ["b"]
    alerts = [each.data["text"] for each in await lab.entries("a", Kind.ALERT)]
    assert "b did not come to phase joint within 30 s" in alerts


async def test_rule_9_a_peer_that_failed_counts_as_arrived(lab: Lab) -> None:
    fails = slice_of(phase("grow", do=[step("fail")]), vessel="b")
    async with lab.working("a") as first, lab.working("b") as second:
        await lab.begin(first, part("a", 5.0, "b"))
        await until(lambda: waits(first))
        await lab.begin(second, fails)
        await until(lambda: at(first) == "joint")


async def test_rule_10_stop_all_reaches_the_vessels_of_other_machines(lab: Lab) -> None:
    fails = slice_of(phase("grow", do=[step("fail")]), vessel="b")
    async with lab.working("b") as second:
        await lab.begin(second, fails)
        await until(lambda: unit(second).view.ended)
        async with lab.working("a") as first:
            await lab.begin(first, part("a", 500.0, "b", on_vessel_failure="stop_all"))
            await until(lambda: unit(first).view.ended)
    [ended] = await lab.entries("a", Kind.RUN_ENDED)
    assert ended.data == {"state": "cancelled", "reason": "b failed, and all stop with it"}


def says(name: str, operator: str, bound_c: float) -> dict[str, Any]:
    """A rule of another vessel that looks at the thermometer of a."""
    seen = ["compare", ["signal", "temperature.measured", "a"], operator, bound_c]
    return {
        "item": name,
        "starts": [{"kind": "when", "when": {"when": seen}}],
        "steps": [step("alert", text=[f"a is {name}"])],
        "source": {"file": "t", "line": 1},
    }


async def test_rule_12_what_another_machine_measured_grows_old_and_is_not_fresh_by_being_kept(
    lab: Lab,
) -> None:
    lab.clock.speed = 30.0  # live values pass four times a second of the room, and live for 30 s
    rules = [says("warm", ">", 10.0), says("cold", "<", 10.0)]
    watching = slice_of(phase("grow", until=FOR_EVER), vessel="b", rules=rules)
    kept = topics.live("w-a", "r1", "temperature", "measured")

    async def alerts() -> list[str]:
        return [each.data["text"] for each in await lab.entries("b", Kind.ALERT)]

    async def edges() -> list[Entry]:
        return list(await lab.entries("b", Kind.CONDITION))

    async with lab.working("a") as first, lab.working("b") as second:
        await lab.begin(first, slice_of(phase("grow", until=FOR_EVER), vessel="a"))
        await lab.begin(second, watching)
        while await alerts() != ["a is warm"]:
            await lab.pass_s(1.0)

        lab.links["a"].unplug()
        while {each.data["value"] for each in (await edges())[-2:]} != {"unknown"}:
            await lab.pass_s(1.0)
        unknown = (await edges())[-1]
        assert "vessels.a.temperature.measured, stale, 30 s old" in unknown.data["reason"]

        # A broker hands out what it kept to whoever comes back, however old it is.
        assert float(lab.broker.retained[kept]) > 10.0
        lab.broker.retained[kept] = b"5.0"
        lab.links["b"].unplug()
        lab.links["b"].plug_in()
        await until(lambda: lab.links["b"].connected)
        await lab.pass_s(15.0)
        assert (await edges())[-1] == unknown
        assert await alerts() == ["a is warm"]

        lab.worlds["a"].reactor.sensors["thermometer"].offset = -40.0
        lab.links["a"].plug_in()
        while await alerts() != ["a is warm", "a is cold"]:
            await lab.pass_s(1.0)


async def test_rule_9_two_vessels_of_one_machine_enter_together() -> None:
    world = World(("r1", "r2"))
    async with world.working() as worker:
        await world.take(worker, order(part("a", 60.0, "b")))
        await world.advance(min=5)
        await world.take(
            worker, order(part("a", 60.0, "b")), order(part("b", 60.0, "a"), reactor="r2")
        )
        await world.advance(min=5)
        assert [report.phase for report in worker.runs()] == ["joint", "joint"]
    entered = await world.entries(Kind.PHASE_ENTERED)
    assert [each.process_s for each in entered] == [0.0, 360.0]


OPEN = slice_of(phase("open", until=FOR_EVER))


async def test_power_on_off_keeps_the_heater_off_after_a_power_cut_and_says_so() -> None:
    world = World()
    slice_ = {**OPEN, "power_on": {"temperature": "off"}}
    async with world.working() as worker:
        await world.take(worker, order(slice_))
        await world.advance(min=10)
        assert world.reactor.outputs["heater"].commanded_duty > 0.0
    after = world.crash()
    async with after.working() as worker:
        await after.advance(min=10)
        assert after.reactor.outputs["heater"].commanded_duty > 0.0, "the machine was not off"
    after.clock.boot = "another"  # type: ignore[misc]
    async with after.working() as worker:
        await after.advance(min=10)
        assert after.reactor.outputs["heater"].commanded_duty == 0.0
        assert after.reactor.outputs["stirrer"].commanded_duty > 0.0
        alerts = [each.data["text"] for each in await after.entries(Kind.ALERT)]
        assert any(text.startswith("power returned: temperature stays off") for text in alerts)
    async with after.working() as worker:
        unit(worker).override("temperature", "run", "anna", 60.0)
        await after.advance(min=10)
        assert after.reactor.outputs["heater"].commanded_duty > 0.0


async def test_rule_8_on_pause_stop_turns_a_job_off_until_the_vessel_is_resumed() -> None:
    world = World()
    slice_ = {**OPEN, "on_pause": {"stirring": "stop"}}
    async with world.working() as worker:
        await world.take(worker, order(slice_))
        await world.advance(min=5)
        await world.take(worker, order(slice_, wanted="paused", control_seq=2))
        await world.advance(min=5)
        assert worker.runs()[0].state == State.PAUSED
        assert world.reactor.outputs["stirrer"].commanded_duty == 0.0
        assert world.reactor.outputs["heater"].commanded_duty > 0.0
        await world.take(worker, order(slice_, wanted="running", control_seq=3))
        await world.advance(min=5)
        assert world.reactor.outputs["stirrer"].commanded_duty > 0.0
