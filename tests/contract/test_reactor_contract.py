"""What every reactor does: simulated in virtual time, held by a keeper over a bench, or on a Pi's
pins and a bus."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from gpiozero import Device
from gpiozero.pins.mock import MockFactory, MockPWMPin

from orchestrator.hardware.reactor import open_hardware
from orchestrator.hardware.spec import hardware_of
from orchestrator.ports.reactor import PumpEnd, Reactor
from orchestrator.sim.clock import VirtualClock
from orchestrator.sim.reactor import Reactor as Physics
from orchestrator.sim.reactor_port import SimReactor
from tests.support.i2c import Converter, FakeBus, Pico, Thermometer
from tests.support.pins import on_mock_pins
from tests.support.reactors import bench_and_keeper


@dataclass
class Bench:
    """A reactor, and the truth behind it."""

    reactor: Reactor
    wait: Callable[[float], Awaitable[None]]
    counters: Callable[[], Awaitable[dict[str, Any]]]
    hand: Callable[..., Awaitable[Any]]
    exact: float = 1e-6
    """Share by which a dose may be off."""

    async def sense(self, sensor: str) -> tuple[float | None, str]:
        answers: list[tuple[float | None, str]] = []
        self.reactor.sense(sensor, lambda value, fault: answers.append((value, fault)))
        for _ in range(300):
            if answers:
                break
            await asyncio.sleep(0.01)
        (answer,) = answers
        return answer

    async def duty(self, output: str) -> float:
        duty: float = (await self.counters())["duties"][output]
        return duty


@pytest.fixture(params=["sim", "pins", pytest.param("kept", marks=pytest.mark.processes)])
async def bench(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Bench]:
    if request.param == "sim":
        yield _simulated()
        return
    if request.param == "pins":
        factory = MockFactory(pin_class=MockPWMPin)
        monkeypatch.setattr(Device, "pin_factory", factory)
        async with _on_pins(tmp_path, factory) as found:
            yield found
        factory.close()
        return
    async with (
        bench_and_keeper(tmp_path) as (hardware, config, person),
        open_hardware(hardware, worker="w", keeper_path=config.socket_path) as opened,
    ):
        yield Bench(
            opened.reactors["v1"],
            asyncio.sleep,
            lambda: person.do("v1", "counters"),
            lambda verb, **args: person.do("v1", verb, **args),
        )


def _simulated() -> Bench:
    physics, clock = Physics(seed=1), VirtualClock()
    reactor = SimReactor(physics, clock, "v1")

    async def wait(seconds: float) -> None:
        await clock.sleep_until(clock.now().monotonic_s + seconds)

    async def counters() -> dict[str, Any]:
        physics.advance(clock.now().monotonic_s)
        return {
            "moved_ml": physics.counters().moved_ml,
            "duties": {name: output.duty for name, output in physics.outputs.items()},
        }

    async def hand(verb: str, **args: Any) -> None:
        assert verb == "break_sensor"
        physics.sensors[args["sensor"]].dead = args["dead"]

    return Bench(reactor, wait, counters, hand)


PINS = {
    "stirrer": 12,
    "heater": 13,
    "led_a": 18,
    "air_valve": 22,
    "co2_valve": 23,
    "nitrogen_valve": 24,
    "feed_pump": 17,
    "waste_pump": 27,
}
ON_PINS = {
    "sensors": {
        "photodiode": {
            "driver": "ads1115",
            "address": 0x48,
            "channel": 0,
            "calibration": "example",
            "constants": {"od600_per_v": 2.0},
        },
        "thermometer": {"driver": "tmp1075", "address": 0x4F},
        "tachometer": {"driver": "pulses", "pin": 25},
    },
    "outputs": {
        **{name: {"driver": "pwm", "pin": PINS[name]} for name in ("stirrer", "heater", "led_a")},
        "led_b": {"driver": "pico", "address": 0x2C, "channel": 1},
        "led_c": {"driver": "pico", "address": 0x2C, "channel": 2},
        "led_d": {"driver": "pico", "address": 0x2C, "channel": 3},
        **{
            name: {"driver": "switch", "pin": PINS[name]}
            for name in ("air_valve", "co2_valve", "nitrogen_valve")
        },
    },
    "pumps": {
        f"{medium}_pump": {
            "driver": "pwm",
            "pin": PINS[f"{medium}_pump"],
            "medium": medium,
            "direction": direction,
            "flow_ml_min": 6.0,
        }
        for medium, direction in (("feed", "in"), ("waste", "out"))
    },
}


@asynccontextmanager
async def _on_pins(folder: Path, factory: MockFactory) -> AsyncIterator[Bench]:
    pico, places = Pico(), {"thermometer": 0x4F}
    bus = FakeBus({0x48: Converter(volts={4: 0.5}), 0x4F: Thermometer(22.0), 0x2C: pico})

    async def counters() -> dict[str, Any]:
        duties = {name: float(factory.pin(pin).state) for name, pin in PINS.items()}
        lights = {f"led_{'abcd'[each]}": duty / 255.0 for each, duty in pico.lights.items()}
        moved_ml = {name: _on_s(factory.pin(PINS[name])) * 0.1 for name in ("feed_pump",)}
        return {"duties": duties | lights, "moved_ml": moved_ml}

    async def hand(verb: str, **args: Any) -> None:
        assert verb == "break_sensor"
        bus.silent.add(places[args["sensor"]])

    hardware = hardware_of({"reactors": {"v1": ON_PINS}})
    async with on_mock_pins(hardware, folder, factory, bus) as opened:
        yield Bench(opened.reactors["v1"], asyncio.sleep, counters, hand, exact=0.25)


def _on_s(pin: Any) -> float:
    """How long a pin was on, by what it remembers: each state, after the time in the one before."""
    states = pin.states
    return sum(
        after.timestamp for before, after in pairwise(states) if before.state and not after.state
    )


def pump(bench: Bench, run: str, name: str, volume_ml: float) -> tuple[list[PumpEnd], float]:
    ends: list[PumpEnd] = []
    takes_s = bench.reactor.begin_pump(run, name, volume_ml, ends.append)
    return ends, takes_s


async def heard(bench: Bench, ends: list[PumpEnd], limit_s: float = 3.0) -> PumpEnd:
    for _ in range(int(limit_s / 0.02)):
        if ends:
            break
        await bench.wait(0.02)
    (ended,) = ends
    return ended


async def test_it_says_what_it_has(bench: Bench) -> None:
    spec = bench.reactor.spec
    assert spec.name == "v1"
    assert set(spec.sensors) == {"photodiode", "thermometer", "tachometer"}
    lights, valves = (
        {f"led_{name}" for name in "abcd"},
        {"air_valve", "co2_valve", "nitrogen_valve"},
    )
    assert set(spec.outputs) == {"stirrer", "heater"} | lights | valves
    assert spec.pumps["feed_pump"].direction == "in"
    assert spec.pumps["waste_pump"].medium == "waste"
    assert spec.constants["photodiode.od600_per_v"] == pytest.approx(2.0)


async def test_a_sensor_answers_in_physical_units(bench: Bench) -> None:
    temperature_c, fault = await bench.sense("thermometer")
    assert temperature_c == pytest.approx(22.0, abs=0.5)
    assert fault == ""


async def test_a_dead_sensor_answers_with_a_fault(bench: Bench) -> None:
    await bench.hand("break_sensor", sensor="thermometer", dead=True)
    value, fault = await bench.sense("thermometer")
    assert value is None
    assert "thermometer" in fault


async def test_an_unknown_sensor_answers_with_a_fault(bench: Bench) -> None:
    value, fault = await bench.sense("nose")
    assert value is None
    assert "nose" in fault


async def test_an_output_holds_its_duty(bench: Bench) -> None:
    bench.reactor.drive("stirrer", 0.4)
    await bench.wait(0.1)
    assert await bench.duty("stirrer") == pytest.approx(0.4)


async def test_each_channel_of_light_holds_its_own_duty(bench: Bench) -> None:
    bench.reactor.drive("led_a", 0.4)
    bench.reactor.drive("led_d", 1.0)
    await bench.wait(0.1)
    duties = [await bench.duty(f"led_{channel}") for channel in "abcd"]
    assert duties == pytest.approx([0.4, 0.0, 0.0, 1.0], abs=0.002)


async def test_a_pump_moves_its_volume_and_says_so_once(bench: Bench) -> None:
    ends, takes_s = pump(bench, "dose-1", "feed_pump", 0.05)
    assert takes_s == pytest.approx(0.5)
    ended = await heard(bench, ends)
    assert ended == PumpEnd(run="dose-1", moved_ml=0.05, complete=True, on_s=ended.on_s)
    assert ended.on_s == pytest.approx(0.5)
    await bench.wait(0.3)
    assert (await bench.counters())["moved_ml"]["feed_pump"] == pytest.approx(0.05, rel=bench.exact)
    assert len(ends) == 1


async def test_the_same_run_is_refused_a_second_time(bench: Bench) -> None:
    first, _ = pump(bench, "dose-1", "feed_pump", 0.02)
    await heard(bench, first)
    again, _ = pump(bench, "dose-1", "feed_pump", 0.02)
    ended = await heard(bench, again)
    assert (ended.moved_ml, ended.complete) == (0.0, False)
    assert ended.reason
    assert (await bench.counters())["moved_ml"]["feed_pump"] == pytest.approx(0.02, rel=bench.exact)


async def test_a_pump_that_turns_does_not_begin_another_run(bench: Bench) -> None:
    first, _ = pump(bench, "dose-1", "feed_pump", 0.05)
    second, _ = pump(bench, "dose-2", "feed_pump", 0.05)
    refused = await heard(bench, second)
    assert (refused.moved_ml, refused.complete) == (0.0, False)
    assert (await heard(bench, first)).complete


async def test_two_pumps_turn_at_the_same_time(bench: Bench) -> None:
    feed, _ = pump(bench, "dose-1/in", "feed_pump", 0.03)
    waste, _ = pump(bench, "dose-1/out", "waste_pump", 0.03)
    assert (await heard(bench, feed)).complete
    assert (await heard(bench, waste)).complete


async def test_an_unknown_pump_is_refused(bench: Bench) -> None:
    ends, _ = pump(bench, "dose-1", "acid_pump", 1.0)
    ended = await heard(bench, ends)
    assert not ended.complete
    assert "acid_pump" in ended.reason


async def test_a_stopped_pump_says_how_far_it_got(bench: Bench) -> None:
    ends, _ = pump(bench, "dose-1", "feed_pump", 1.0)
    await bench.wait(0.5)
    bench.reactor.stop_pumps()
    ended = await heard(bench, ends)
    assert not ended.complete
    assert not ended.uncertain
    moved_ml = (await bench.counters())["moved_ml"]["feed_pump"]
    assert ended.moved_ml == pytest.approx(moved_ml, abs=0.01)
    assert ended.moved_ml == pytest.approx(0.05, abs=0.03)
    assert await bench.duty("feed_pump") == 0.0


async def test_made_safe_everything_is_off(bench: Bench) -> None:
    bench.reactor.drive("stirrer", 0.4)
    bench.reactor.drive("heater", 0.7)
    ends, _ = pump(bench, "dose-1", "feed_pump", 1.0)
    await bench.wait(0.1)
    await bench.reactor.make_safe()
    assert not (await heard(bench, ends)).complete
    duties = (await bench.counters())["duties"]
    assert set(duties.values()) == {0.0}


async def test_an_output_that_does_not_exist_is_an_error_of_the_caller(bench: Bench) -> None:
    with pytest.raises(ValueError, match="laser"):
        bench.reactor.drive("laser", 1.0)
