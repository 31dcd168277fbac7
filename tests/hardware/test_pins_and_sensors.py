"""Drivers for a Raspberry Pi, on gpiozero's mock pins and on files."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from gpiozero.pins.mock import MockFactory, MockPWMPin

from orchestrator.hardware.keeper.client import KeeperClient
from orchestrator.hardware.keeper.config import Gpio, GpioPin, KeeperConfig
from orchestrator.hardware.keeper.core import RunEnd
from orchestrator.hardware.keeper.faults import PinsFault
from orchestrator.hardware.keeper.pins import GpioPins
from orchestrator.hardware.keeper.process import Keeper
from orchestrator.hardware.lines import clear, listen
from orchestrator.hardware.sensors import PulseCounter, SysfsFile, ThreadedSensor
from tests.support.reactors import eventually

PINS = {"v1/heater": GpioPin(pin=13), "v1/feed_pump": GpioPin(pin=17, active_high=False)}


@pytest.fixture
def factory() -> Iterator[MockFactory]:
    made = MockFactory(pin_class=MockPWMPin)
    yield made
    made.close()


def test_a_duty_reaches_the_pin_and_closing_turns_it_off(factory: MockFactory) -> None:
    pins = GpioPins(PINS, factory)
    pins.set("v1/heater", 0.25)
    heater = factory.pin(13)
    assert heater.state == pytest.approx(0.25)
    pins.close()
    assert heater.state in (0.0, None)


def test_an_inverted_pin_is_high_while_its_output_is_off(factory: MockFactory) -> None:
    pins = GpioPins(PINS, factory)
    assert factory.pin(17).state == 1.0
    pins.set("v1/feed_pump", 1.0)
    assert factory.pin(17).state == 0.0
    pins.close()


def test_full_duty_is_the_most_that_a_device_may_have(factory: MockFactory) -> None:
    pins = GpioPins({"v1/led_a": GpioPin(pin=18, maximum_duty=0.8)}, factory)
    pins.set("v1/led_a", 1.0)
    assert factory.pin(18).state == pytest.approx(0.8)
    pins.set("v1/led_a", 0.5)
    assert factory.pin(18).state == pytest.approx(0.4)
    pins.close()


def test_an_output_without_a_pin_is_a_fault(factory: MockFactory) -> None:
    pins = GpioPins(PINS, factory)
    with pytest.raises(PinsFault, match="laser"):
        pins.set("v1/laser", 1.0)
    pins.close()


async def test_a_keeper_on_pins_doses_to_the_millisecond(
    factory: MockFactory, tmp_path: Path
) -> None:
    path = tmp_path / "keeper"
    config = KeeperConfig(
        path=str(path),
        outputs=["v1/heater"],
        pumps=["v1/feed_pump"],
        pins=Gpio(pins=PINS),
    )
    pins, server = GpioPins(config.pins.pins, factory), listen(path)  # type: ignore[union-attr]
    thread = threading.Thread(target=Keeper(config, pins, server).serve, name="keeper")
    thread.start()
    pump = factory.pin(17)
    pump.clear_states()
    try:
        async with KeeperClient(path, worker="w") as keeper:
            ends: list[RunEnd] = []
            keeper.drive("v1/heater", 0.5)
            keeper.begin("dose-1", "v1/feed_pump", 0.2, lambda end, _: ends.append(end))
            await eventually(lambda: bool(ends))
            assert factory.pin(13).state == pytest.approx(0.5)
            await keeper.dismiss()
    finally:
        await asyncio.to_thread(thread.join, 5.0)
        server.close()
        clear(path)
    on, off = (state for state in pump.states[1:3])
    assert (on.state, off.state) == (0.0, 1.0), "it is active low"
    assert off.timestamp == pytest.approx(0.2, abs=0.01)
    assert factory.pin(13).state == 0.0, "dismissed, it turned the heater off"
    pins.close()


def test_the_kernels_number_is_scaled(tmp_path: Path) -> None:
    file = tmp_path / "temperature"
    file.write_text("36875\n")
    assert SysfsFile(file, 1e-3).read() == pytest.approx(36.875)


def test_pulses_become_turns_a_minute(factory: MockFactory) -> None:
    counter = PulseCounter(22, 2.0, factory)
    pin = factory.pin(22)
    for _ in range(10):
        pin.drive_low()
        pin.drive_high()
    began_s = time.monotonic()
    time.sleep(0.05)
    turns = counter.read()
    passed_s = time.monotonic() - began_s
    assert 0.5 * 5.0 * 60.0 / passed_s < turns <= 1.5 * 5.0 * 60.0 / passed_s
    assert counter.read() == 0.0
    counter.close()


class Slow:
    """A device that answers when it is let."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.closed = False

    def read(self) -> float:
        self.go.wait(5.0)
        return 1.0

    def close(self) -> None:
        self.closed = True


class Broken:
    def read(self) -> float:
        raise OSError("remote I/O error")

    def close(self) -> None:
        """Nothing is held open."""


async def test_a_silent_sensor_delays_nobody_and_is_told_of_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("orchestrator.hardware.sensors.ANSWER_S", 0.2)
    device = Slow()
    sensor = ThreadedSensor("thermometer", device)
    answers: list[tuple[float | None, str]] = []
    began_s = time.monotonic()
    sensor.read(lambda value, fault: answers.append((value, fault)))
    assert time.monotonic() - began_s < 0.05
    await eventually(lambda: len(answers) == 1)
    assert answers[0][0] is None
    assert "did not answer" in answers[0][1]
    sensor.read(lambda value, fault: answers.append((value, fault)))
    assert "still" in answers[1][1]
    device.go.set()
    await asyncio.sleep(0.1)
    assert len(answers) == 2, "what comes too late is dropped"
    sensor.read(lambda value, fault: answers.append((value, fault)))
    await eventually(lambda: len(answers) == 3)
    assert answers[2] == (1.0, "")
    sensor.close()
    assert device.closed


async def test_a_broken_sensor_says_why() -> None:
    sensor = ThreadedSensor("photodiode", Broken())
    answers: list[tuple[float | None, str]] = []
    sensor.read(lambda value, fault: answers.append((value, fault)))
    await eventually(lambda: bool(answers))
    assert answers == [(None, "the photodiode cannot be read: remote I/O error")]
    sensor.close()
