"""The tutorial's plugin at a vessel: a meter on a serial port, which a pseudo-terminal plays."""

from __future__ import annotations

import asyncio
import os
import tty
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from orchestrator.cli.guests import guest_specs
from orchestrator.documents.check import check_text
from orchestrator.hardware.clock import SystemClock
from orchestrator.hardware.spec import hardware_of, spec_of
from orchestrator.model.ledger import Kind
from orchestrator.plugin_host.guests import Guests
from orchestrator.worker.service import Worker
from tests.support.plugin_folders import look_again
from tests.support.worker_rig import REACTOR, World, order, phase, slice_of, unit

pytestmark = pytest.mark.processes
HARDWARE = """\
axenic: hardware/1
bench: bench.sock
reactors:
  r1:
    capacity: 20 mL
    options:
      ph_meter: {port: PORT}
"""


@asynccontextmanager
async def meter(show: Callable[[], str]) -> AsyncIterator[str]:
    """Play the meter; the path of the port that it hangs on."""
    ours, theirs = os.openpty()
    tty.setraw(ours)
    loop = asyncio.get_running_loop()

    def answer() -> None:
        if b"R\r" in os.read(ours, 100):
            os.write(ours, f"{show()}\r".encode())

    loop.add_reader(ours, answer)
    try:
        yield os.ttyname(theirs)
    finally:
        loop.remove_reader(ours)
        os.close(ours)
        os.close(theirs)


@asynccontextmanager
async def vessel(world: World, port: str) -> AsyncIterator[Worker]:
    """A worker with the meter's plugin, whose hardware document names the port."""
    world.clock = SystemClock(trust_wall=True)
    checked = check_text(HARDWARE.replace("PORT", port), "hardware.yaml")
    assert checked.hardware is not None, checked.diagnostics
    world.options = spec_of(REACTOR, hardware_of(checked.hardware).reactors[REACTOR]).options
    guests = Guests(guest_specs())
    worker = world.worker(jobs=guests.job_named, guests=guests.names)
    try:
        async with world.working(worker):
            jobs = {"ph_meter": {"settings": {"interval": 1.0}}}
            plan = slice_of(phase("one", duration_s=3600.0), jobs=jobs)
            answer = await world.take(worker, order(plan))
            assert answer.accepted, answer.reason
            yield worker
    finally:
        await guests.close()


@pytest.fixture
def plugged_in(checkout: Path, monkeypatch: pytest.MonkeyPatch, plugin_folder: Path) -> None:
    monkeypatch.setenv("AXENIC_PLUGINS", str(checkout / "contrib" / "plugins"))
    look_again()


async def until(happened: Callable[[], bool]) -> None:
    async with asyncio.timeout(20.0):
        while not happened():
            await asyncio.sleep(0.02)


async def test_what_the_meter_shows_is_a_signal_of_the_vessel(plugged_in: None) -> None:
    shown = iter(["6.91", *["6.42"] * 100])
    world = World()
    async with meter(lambda: next(shown)) as port, vessel(world, port) as worker:
        signals = unit(worker).signals
        await until(lambda: "ph_meter.ph" in signals and signals["ph_meter.ph"].value == 6.42)
        assert signals["ph_meter.ph"].max_age_s == 180.0


async def test_a_meter_that_makes_no_sense_is_a_loss_and_is_opened_again(plugged_in: None) -> None:
    """A job that is lost begins anew after 5 s, and opens the port again."""
    shown = iter(["garbage", *["7.00"] * 100])
    world = World()
    async with meter(lambda: next(shown)) as port, vessel(world, port) as worker:
        signals = unit(worker).signals
        await until(lambda: "ph_meter.ph" in signals)
        changes = [
            (entry.data["state"], entry.data["reason"]) for entry in await world.entries(Kind.JOB)
        ]
    assert [state for state, _ in changes] == ["ready", "lost", "ready"]
    assert changes[1][1].startswith("ValueError: could not convert string to float: b'garbage")
    assert "(ph_meter.py:" in changes[1][1]


async def test_a_port_that_is_not_there_is_told_by_its_name(plugged_in: None) -> None:
    world = World()
    async with vessel(world, "/dev/no-such-port") as worker:
        await until(lambda: unit(worker).view.jobs.get("ph_meter") == "lost")
        [lost] = [each for each in await world.entries(Kind.JOB) if each.data["state"] == "lost"]
    assert "No such file or directory: '/dev/no-such-port'" in lost.data["reason"]
