"""A plugin's driver reads a sensor from a process of its own; whoever asks is always answered."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from time import monotonic

import pytest

from orchestrator.cli.guests import plugged_in, plugs
from orchestrator.cli.hardware import read_hardware
from orchestrator.hardware.reactor import KeptReactor, open_hardware
from orchestrator.plugin_host import sensor
from tests.support.guests import UNRULY
from tests.support.plugin_folders import look_again, write_plugin

pytestmark = pytest.mark.processes
HARDWARE = """\
axenic: hardware/1
reactors:
  r1:
    capacity: 20 mL
    sensors:
      photodiode:
        driver: adc
        options: {file: FILE, gain: 2}
        calibration: {name: ours, od600_per_v: 2}
"""


@asynccontextmanager
async def reactor(tmp_path: Path, folder: Path) -> AsyncIterator[tuple[KeptReactor, Path]]:
    """A reactor whose photodiode hangs on a plugin's converter, and the file that this reads."""
    line = "drivers:\n  adc: {class: 'converters:Converter', within: 3 s}\n"
    root = write_plugin(folder, "lab", brings=line)
    (root / "converters.py").write_text((UNRULY / "converters.py").read_text())
    look_again()
    file, document = tmp_path / "shown.txt", tmp_path / "hardware.yaml"
    file.write_text("0.25")
    document.write_text(HARDWARE.replace("FILE", str(file)))
    async with AsyncExitStack() as stack:
        guests = await stack.enter_async_context(plugged_in(simulated=False))
        assert guests is not None
        opened = await stack.enter_async_context(
            open_hardware(
                read_hardware(document),
                worker="w1",
                keeper_path=tmp_path / "keeper.sock",
                plugged_in=plugs(guests),
            )
        )
        yield opened.reactors["r1"], file


async def ask(reactor: KeptReactor) -> tuple[float | None, str]:
    answered: asyncio.Future[tuple[float | None, str]] = asyncio.get_running_loop().create_future()
    reactor.sense("photodiode", lambda value, fault: answered.set_result((value, fault)))
    return await answered


async def value(reactor: KeptReactor) -> float:
    async with asyncio.timeout(20.0):
        while (found := (await ask(reactor))[0]) is None:
            await asyncio.sleep(0.1)
    return found


async def test_a_sensor_is_read_by_the_driver_that_the_hardware_document_names(
    tmp_path: Path, plugin_folder: Path
) -> None:
    async with reactor(tmp_path, plugin_folder) as (made, file):
        assert made.spec.sensors == ("photodiode",)
        assert made.spec.constants == {"photodiode.od600_per_v": 2.0}
        assert await value(made) == 0.5
        file.write_text("0.75")
        assert await value(made) == 1.5
    assert file.read_text() == "closed"


@pytest.mark.parametrize(
    ("said", "faults"),
    [
        ("garbage", ["the photodiode cannot be read: ValueError: could not convert string"]),
        ("exit", ["the photodiode cannot be read: its process ended with exit code 5"]),
        (
            "sleep",
            [
                "the photodiode did not answer within 2 s",
                "the photodiode still has not answered the last time",
            ],
        ),
    ],
)
async def test_a_driver_that_falls_is_a_fault_and_is_started_anew(
    tmp_path: Path,
    plugin_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    said: str,
    faults: list[str],
) -> None:
    monkeypatch.setattr(sensor, "AGAIN_S", 0.5)
    async with reactor(tmp_path, plugin_folder) as (made, file):
        assert await value(made) == 0.5
        file.write_text(said)
        began_s = monotonic()
        for fault in faults:
            told = await ask(made)
            assert told[0] is None
            assert told[1].startswith(fault)
        assert monotonic() - began_s < 2.5
        file.write_text("1")
        assert await value(made) == 2.0
