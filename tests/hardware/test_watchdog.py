"""SEMANTICS rule 4: the machine's own watchdog, in the hands of the keeper."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestrator.hardware.keeper.config import Gpio, GpioPin, KeeperConfig
from orchestrator.hardware.keeper.pins import PinsFault
from orchestrator.hardware.keeper.process import Keeper
from orchestrator.hardware.keeper.watchdog import Watchdog
from orchestrator.hardware.lines import listen
from orchestrator.ports.reactor import DeviceFault


class StubbornPins:
    """Pins that may refuse to obey."""

    def __init__(self, obey: bool) -> None:
        self._obey = obey

    def set(self, output: str, duty: float, for_s: float | None = None) -> None:
        if not self._obey:
            raise PinsFault(f"{output} hangs")

    def close(self) -> None:
        """Nothing to give back."""


@pytest.fixture
def device(tmp_path: Path) -> Iterator[tuple[str, int]]:
    """A pipe that stands for the device: its path, and where what is written can be read."""
    path = str(tmp_path / "watchdog")
    os.mkfifo(path)
    read_end = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    yield path, read_end
    os.close(read_end)


def keep(folder: Path, path: str, pins: StubbornPins, for_s: float, *, ends: bool = True) -> None:
    socket_path = folder / "keeper"
    config = KeeperConfig(
        path=str(socket_path),
        outputs=["v1/heater"],
        pumps=[],
        pins=Gpio(pins={"v1/heater": GpioPin(pin=1)}),
        idle_s=for_s,
    )
    server = listen(socket_path)
    dog = Watchdog(path)
    keeper = Keeper(config, pins, server, dog=dog)
    if not ends:
        keeper._carry_out(keeper._core.all_off(time.monotonic(), "at the start"))
    thread = threading.Thread(target=keeper.serve)
    thread.start()
    thread.join(10.0)
    dog.close()
    server.close()


def test_rule_4_a_keeper_pats_at_once_and_each_second_and_leaves_in_peace(
    tmp_path: Path, device: tuple[str, int]
) -> None:
    path, read_end = device
    keep(tmp_path, path, StubbornPins(obey=True), 2.3)
    assert os.read(read_end, 100) == b"\0\0\0V"


def test_rule_4_while_pins_do_not_obey_nobody_is_patted(
    tmp_path: Path, device: tuple[str, int]
) -> None:
    path, read_end = device
    keep(tmp_path, path, StubbornPins(obey=False), 1.5, ends=False)
    assert os.read(read_end, 100) == b"V", "only the end of the test's keeper is told"


def test_a_watchdog_that_is_not_there_is_a_clear_fault(tmp_path: Path) -> None:
    with pytest.raises(DeviceFault, match="cannot be had"):
        Watchdog(str(tmp_path / "none"))
