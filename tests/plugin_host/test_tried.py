"""Self-tests of plugins stand beside the built-in ones; one that falls did not pass."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping

import pytest

from orchestrator.jobs.guest import Option
from orchestrator.messages.calibrations import Trial
from orchestrator.plugin_host import once
from orchestrator.plugin_host.process import GuestProcess
from orchestrator.plugin_host.tried import HostedTest
from orchestrator.plugin_host.wire import Config
from tests.support.guests import UNRULY, guests
from tests.support.worker_rig import REACTOR, World

pytestmark = pytest.mark.processes
FELL = "the test itself fell: "
FOUND = {
    "Sound": ("passed", f"{REACTOR} /dev/pts/9", ""),
    "Wordless": ("failed", "x" * 300, "its test does not say why"),
    "Asleep": ("failed", "", f"{FELL}it did not answer within 2 s"),
    "Quitter": ("failed", "", f"{FELL}its process ended with exit code 3"),
    "Eater": ("failed", "", f"{FELL}it wanted more than the 300 MB that it may have"),
    "Raiser": ("failed", "", f"{FELL}ValueError: the electrode is dry (tested.py:"),
    "Fool": ("failed", "", f"{FELL}its answer makes no sense: Invalid enum value 'splendid'"),
}


def config(kind: str, reactor: str, options: Mapping[str, Option]) -> Config:
    return Config(
        name=kind.lower(),
        folder=str(UNRULY),
        module="tested",
        attribute=kind,
        memory_mb=300,
        vessel=reactor,
        simulated=True,
        options=dict(options),
        seed=0,
    )


async def test_each_is_told_with_its_reason_and_delays_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(once, "START_S", 0.0)
    async with guests() as made:
        tests = {}
        for kind in FOUND:

            def start(
                reactor: str, options: Mapping[str, Option], kind: str = kind
            ) -> GuestProcess:
                return made.start(config(kind, reactor, options))

            tests[kind] = HostedTest(kind, start, 2.0 if kind == "Asleep" else 20.0)
        options = {"port": "/dev/pts/9"}
        slowest_s = 0.0
        asked = asyncio.gather(*(each.run(REACTOR, options) for each in tests.values()))
        while not asked.done():
            began_s = time.monotonic()
            await asyncio.sleep(0.0)
            slowest_s = max(slowest_s, time.monotonic() - began_s)
            await asyncio.sleep(0.02)
        for trial in await asked:
            result, figure, reason = FOUND[trial.device]
            assert (trial.result, trial.figure) == (result, figure)
            assert trial.reason.startswith(reason)
    assert slowest_s < 0.5


async def test_they_come_after_the_devices_and_give_way_to_a_run() -> None:
    world, asleep = World(), asyncio.Event()

    class Slow:
        name = "slow"

        async def run(self, reactor: str, options: Mapping[str, Option]) -> Trial:
            asleep.set()
            await asyncio.sleep(3600.0)
            return Trial(device="slow", result="passed")

    class Quick(Slow):
        name = "quick"

        async def run(self, reactor: str, options: Mapping[str, Option]) -> Trial:
            return Trial(device="quick", result="passed", figure=str(options["port"]))

    world.options = {"quick": {"port": "ttyUSB0"}}
    async with world.working(own_tests=[Quick(), Slow()]) as worker:
        assert (await worker.self_tests.start(REACTOR, "anna"))["outcome"] == "done"
        while not asleep.is_set():
            await world.advance(min=1.0)
        worker.self_tests.give_way(REACTOR)
        async with asyncio.timeout(2.0):
            while worker.self_tests.is_under_way(REACTOR):
                await asyncio.sleep(0.01)
        [test] = worker.self_tests.records
    assert [trial.device for trial in test.trials][-2:] == ["heater", "quick"]
    assert test.trials[-1].figure == "ttyUSB0"
    assert test.trouble == "it was stopped"
