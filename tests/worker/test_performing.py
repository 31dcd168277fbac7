"""Steps that jobs carry out, on a worker: circulating over a pause, and taking pictures."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from typing import Any, ClassVar

import pytest

from orchestrator.jobs import registry
from orchestrator.jobs.job import Command, Finish, Requested, Step, View
from orchestrator.model.ledger import Entry, Kind
from orchestrator.model.outcome import Ending, Outcome
from orchestrator.worker import regulate, report
from tests.support.worker_rig import JOBS, World, order, phase, slice_of, step

DOSING = {"settings": {"exchange": 0.5, "medium": "feed"}, "automation": "silent"}


class Camera:
    """Takes a picture of whoever asks, unless there is no film in it."""

    name: ClassVar[str] = "camera"
    watches: ClassVar[tuple[str, ...]] = ()

    def __init__(self) -> None:
        self.labels: list[str] = []

    def begin(self, _memory: Mapping[str, Any], _now_s: float) -> int:
        return 0

    def step(self, state: int, view: View, _now_s: float) -> Step[int]:
        taken = [each for each in view.events if isinstance(each, Requested)]
        self.labels += [str(each.args["text"]) for each in taken]
        outcome = Outcome.FAILED if view.settings.get("empty") else Outcome.DONE
        ending = Ending(outcome=outcome, reason="no film" if outcome is Outcome.FAILED else "")
        told = tuple(
            Finish(key=each.key, ending=ending, result={"file": f"{number}.jpg"})
            for number, each in enumerate(taken, state)
        )
        return Step(state + len(taken), told, {}, inf)

    def end(self, _state: int) -> tuple[Command, ...]:
        return ()


@pytest.fixture
def camera(monkeypatch: pytest.MonkeyPatch) -> Camera:
    made = Camera()
    jobs = {**registry.BUILT_IN, made.name: made}
    monkeypatch.setattr(registry, "BUILT_IN", jobs)
    monkeypatch.setattr(report, "BUILT_IN", jobs)
    monkeypatch.setattr(regulate, "_ORDER", {name: place for place, name in enumerate(jobs)})
    return made


async def ended(world: World, action: str) -> list[Entry]:
    entries = await world.entries(Kind.ACTION_ENDED)
    return [entry for entry in entries if entry.data["action"] == action]


def doing(*steps: Mapping[str, Any], **jobs: Any) -> dict[str, Any]:
    return slice_of(phase("day", duration_s=86400.0, do=list(steps)), jobs={**JOBS, **jobs})


@pytest.mark.parametrize("empty", [False, True])
async def test_a_snapshot_is_taken_by_the_job_that_offers_it(camera: Camera, empty: bool) -> None:
    world = World()
    plan = doing(
        step("snapshot", job="camera", text=["Colony 3"]),
        camera={"settings": {"empty": empty}},
    )
    async with world.working() as worker:
        answer = await world.take(worker, order(plan))
        assert answer.accepted, answer
        await world.advance(min=1)
    [only] = await ended(world, "snapshot")
    assert camera.labels == ["Colony 3"]
    assert only.data["outcome"] == ("failed" if empty else "done")
    assert only.data["reason"] == ("no film" if empty else "")
    assert only.data["result"] == {"file": "0.jpg"}


async def test_a_snapshot_without_its_job_has_failed(camera: Camera) -> None:
    world = World()
    async with world.working() as worker:
        plan = doing(step("snapshot", job="camera", text=["x"]))
        await world.take(worker, order(plan))
        await world.advance(min=1)
    [only] = await ended(world, "snapshot")
    assert (only.data["outcome"], only.data["reason"]) == ("failed", "camera does not run")


async def test_rule_8_circulating_stands_while_paused_and_goes_on_afterwards() -> None:
    world = World()
    plan = doing(step("circulate", duration_s=120.0, medium="feed"), dosing=DOSING)
    async with world.working() as worker:
        answer = await world.take(worker, order(plan))
        assert answer.accepted, answer
        await world.advance(s=50)
        await world.take(worker, order(plan, wanted="paused", control_seq=2))
        await world.advance(min=2)
        before = len(await world.entries(Kind.DOSE_ENDED))
        await world.advance(h=1)
        assert len(await world.entries(Kind.DOSE_ENDED)) == before
        assert not await ended(world, "circulate")
        await world.take(worker, order(plan, control_seq=3))
        await world.advance(min=5)
        after = len(await world.entries(Kind.DOSE_ENDED))
    [only] = await ended(world, "circulate")
    assert only.data["outcome"] == "done"
    assert 0 < before < after, "each portion is two doses: out, then in"
    assert only.data["result"]["exchanged_ml"] == pytest.approx(0.25 * after)
