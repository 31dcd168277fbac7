"""Kinds of calibration of plugins: the session is as for built-in ones, and the curve is data."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import pytest

from orchestrator.documents.calibration import build_calibration, calibration_text
from orchestrator.documents.draft import Draft
from orchestrator.documents.load import load
from orchestrator.model.calibration import OWN, Comparable, OwnKind
from orchestrator.model.catalogue import Catalogue
from orchestrator.plugin_host import once
from orchestrator.plugin_host.kind import HostedKind
from orchestrator.plugin_host.process import GuestProcess
from orchestrator.plugin_host.wire import Config
from orchestrator.sim.apparatus import Apparatus, FixedProbe
from orchestrator.sim.reactor import Reactor as Physics
from orchestrator.worker.service import Worker
from tests.support.guests import UNRULY, guests
from tests.support.worker_rig import REACTOR, World

pytestmark = pytest.mark.processes
DEVICE = "redox_probe"
COMPARED = Comparable(
    raw="voltage", actual="voltage", method=OWN, values=(0.22, 0.468), prepare="Put it into {value}"
)


def kind(attribute: str, start: Callable[[Config], GuestProcess], within_s: float) -> HostedKind:
    config = Config(
        name="redox",
        folder=str(UNRULY),
        module="fits",
        attribute=attribute,
        memory_mb=300,
        vessel="",
        simulated=False,
        options={},
        seed=0,
    )
    return HostedKind("redox", DEVICE, COMPARED, partial(start, config), within_s)


@asynccontextmanager
async def compared(attribute: str, within_s: float = 20.0) -> AsyncIterator[tuple[Worker, str]]:
    """A worker, and a session in which all is compared."""
    world = World()
    apparatus = Apparatus(probes={DEVICE: FixedProbe(volts=0.2, noise_v=0.0)})
    world.physics = {REACTOR: Physics(apparatus=apparatus, seed=1)}
    async with (
        guests() as made,
        world.working(own_kinds=[kind(attribute, made.start, within_s)]) as worker,
    ):
        began = await take(worker, do="start", device=DEVICE)
        session = began["result"]["session"]
        assert session["prepare"] == "Put it into 0.22 V."
        assert (session["raw_type"], session["method"], session["of"]) == ("voltage", "own", 2)
        for value in (0.22, 0.468):
            assert (await take(worker, do="go", session=session["id"]))["outcome"] == "done"
            await world.advance(min=1.0)
            told = await take(worker, do="answer", session=session["id"], value=value)
            assert told["outcome"] == "done"
        yield worker, session["id"]


async def take(worker: Worker, **args: Any) -> dict[str, Any]:
    return await worker.calibrate.take(REACTOR, args, "anna")


async def test_it_is_compared_kept_and_in_force_as_a_built_in_kind_is() -> None:
    async with compared("Offset") as (worker, session):
        kept = await take(worker, do="keep", session=session, name="spring", activate=True)
        assert kept["outcome"] == "done", kept
        curve = worker.vessels.reactors[REACTOR].spec.curves[DEVICE]
        assert curve.value(0.2) == pytest.approx(0.344)
        assert worker.capabilities().kinds[DEVICE].values == [0.22, 0.468]
        [record] = worker.cabinet.records
    made = record.calibration()
    document, problems = load(calibration_text(made), "spring.yaml")
    assert problems == []
    assert document is not None
    own = OwnKind(name="redox", device=DEVICE, compared=COMPARED)
    catalogue = Catalogue(jobs={}, automations={}, calibrations={DEVICE: own})
    assert build_calibration(Draft(document, catalogue, {})) == made


@pytest.mark.parametrize(
    ("attribute", "reason"),
    [
        ("Asleep", "it did not answer within 1 s"),
        ("Quitter", "its process ended with exit code 3"),
        ("Eater", "it wanted more than the 300 MB that it may have"),
        ("Endless", "a curve has 200 points at the most, not 1000"),
        ("Nothing", "its curve has a point that is no number"),
        ("Turning", "two points with different meanings"),
    ],
)
async def test_a_fit_that_falls_keeps_nothing_and_the_session_is_as_it_was(
    attribute: str, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(once, "START_S", 0.0)
    within_s = 1.0 if attribute == "Asleep" else 20.0
    async with compared(attribute, within_s) as (worker, session):
        keeping = asyncio.create_task(take(worker, do="keep", session=session, name="spring"))
        if attribute == "Asleep":  # other sessions do not wait for it
            async with asyncio.timeout(0.5):
                await asyncio.sleep(0.1)
                assert (await take(worker, do="go", session="other"))["outcome"] == "refused"
        refused = await keeping
        assert refused["outcome"] == "refused"
        assert reason in refused["reason"]
        [left] = worker.calibrate.message().sessions
        assert (left.stage, left.done) == ("complete", 2)
        by_line = await take(worker, do="keep", session=session, name="spring", method="offset")
        assert by_line["outcome"] == "done", "the built-in fits are there still"
