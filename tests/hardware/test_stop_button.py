"""SEMANTICS rule 19: a button that is wired to the machine, read by the keeper itself."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from gpiozero.pins.mock import MockFactory

from orchestrator.hardware.keeper.button import Button
from orchestrator.hardware.keeper.client import KeeperClient
from orchestrator.hardware.keeper.config import Gpio, GpioPin, KeeperConfig
from orchestrator.hardware.keeper.process import Keeper
from orchestrator.hardware.lines import listen
from orchestrator.hardware.spec import StopButton
from tests.support.reactors import eventually

PIN = 5


class RecordedPins:
    """Outputs that remember what they are at."""

    def __init__(self) -> None:
        self.duties: dict[str, float] = {}

    def set(self, output: str, duty: float, for_s: float | None = None) -> None:
        self.duties[output] = duty

    def close(self) -> None:
        """Nothing to give back."""


@pytest.fixture
def factory() -> Iterator[MockFactory]:
    made = MockFactory()
    yield made
    made.close()


class Bench:
    """A keeper on a thread of its own, with a button."""

    def __init__(self, folder: Path, factory: MockFactory, contact: str) -> None:
        self.path, self.pins, self.pin = folder / "keeper", RecordedPins(), factory.pin(PIN)
        self.closed = contact == "normally_closed"
        wired = StopButton(pin=PIN, contact="normally_closed" if self.closed else "normally_open")
        self.button = Button(wired, pin_factory=factory)
        self.rest()
        config = KeeperConfig(
            path=str(self.path),
            outputs=["v1/heater"],
            pumps=["v1/feed_pump"],
            pins=Gpio(pins={"v1/heater": GpioPin(pin=1)}),
            idle_s=0.2,
        )
        self.server = listen(self.path)
        self.keeper = Keeper(config, self.pins, self.server, self.button)

    def press(self) -> None:
        (self.pin.drive_high if self.closed else self.pin.drive_low)()

    def rest(self) -> None:
        (self.pin.drive_low if self.closed else self.pin.drive_high)()

    def __enter__(self) -> Bench:
        self.thread = threading.Thread(target=self.keeper.serve)
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.thread.join(5.0)
        self.button.close()
        self.server.close()


@pytest.mark.parametrize("contact", ["normally_closed", "normally_open"])
async def test_rule_19_a_press_turns_all_off_and_only_a_release_at_rest_lets_go(
    tmp_path: Path, factory: MockFactory, contact: str
) -> None:
    presses: list[str] = []
    ends: list[str] = []
    with Bench(tmp_path, factory, contact) as bench:
        duties = bench.pins.duties
        async with KeeperClient(bench.path, worker="w") as keeper:
            keeper.on_press(lambda: presses.append("pressed"))
            keeper.drive("v1/heater", 0.5)
            keeper.begin("dose", "v1/feed_pump", 60.0, lambda end, _: ends.append(end.reason))
            await eventually(lambda: duties.get("v1/feed_pump") == 1.0)
            bench.press()
            await eventually(lambda: duties == {"v1/heater": 0.0, "v1/feed_pump": 0.0}, 1.0)
            await eventually(lambda: bool(presses and ends))
            assert ends == ["the stop button was pressed"]
            keeper.drive("v1/heater", 0.5)
            keeper.let_go(["v1/heater", "v1/feed_pump"])  # it is still pressed
            keeper.drive("v1/heater", 0.5)
            await eventually(lambda: len(presses) > 1)
            assert duties["v1/heater"] == 0.0
            bench.rest()
            keeper.let_go(["v1/heater", "v1/feed_pump"])
            keeper.drive("v1/heater", 0.5)
            await eventually(lambda: duties["v1/heater"] == 0.5)


async def test_rule_19_a_worker_that_comes_later_hears_of_the_press(
    tmp_path: Path, factory: MockFactory
) -> None:
    presses: list[str] = []
    with Bench(tmp_path, factory, "normally_closed") as bench:
        bench.press()
        await asyncio.sleep(0.05)
        bench.rest()
        async with KeeperClient(bench.path, worker="w") as keeper:
            keeper.on_press(lambda: presses.append("pressed"))
            await eventually(lambda: presses == ["pressed"])
            keeper.drive("v1/heater", 0.5)
            await asyncio.sleep(0.1)
            assert bench.pins.duties["v1/heater"] == 0.0
