"""From a hardware document to a reactor: what is shipped, what a bench writes, and a Pi's pins."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from textwrap import dedent

import msgspec
import pytest
from gpiozero import Device
from gpiozero.pins.mock import MockFactory, MockPWMPin

from orchestrator.cli.exits import BadRequest
from orchestrator.cli.hardware import read_hardware
from orchestrator.documents.check import check_text
from orchestrator.hardware.reactor import OpenHardware
from orchestrator.hardware.spec import Hardware, hardware_of, spec_of
from orchestrator.jobs.probes import line_of
from orchestrator.ports.reactor import PumpEnd
from orchestrator.resources import resource
from orchestrator.sim.apparatus import Apparatus, FixedProbe, MediumPump, Photodiode, PumpMake, Vial
from orchestrator.sim.bench_hardware import describe
from orchestrator.sim.reactor import Reactor as Physics
from orchestrator.sim.reactor_port import spec_of as simulated_spec_of
from tests.support.i2c import Chip, Converter, FakeBus, Pico, Thermometer
from tests.support.pins import on_mock_pins
from tests.support.reactors import eventually

GENERIC_PI = resource("contrib", "hardware", "generic-pi.yaml")
SIMULATED = resource("contrib", "hardware", "simulated.yaml")
LIMIT_S = 30.0
LINE = {"low": 4.01, "low_v": 2.03, "high": 7.0, "high_v": 1.5}
ODD = Apparatus(
    probes={"ph_probe": FixedProbe(volts=1.7, constants=LINE)},
    vial=replace(Vial.holding(0.7), evaporation_ml_h=0.0125),
    photodiode=Photodiode(volts_per_od600=0.3),
    media_pumps={"feed_pump": MediumPump(flow_ml_min=1.0 / 3.0), "acid_pump": MediumPump()},
    waste_pump=PumpMake(flow_ml_min=12.345678),
)


def described(physics: Physics) -> Hardware:
    document = json.dumps(describe({"vessel": physics}, Path("bench.sock")))
    checked = check_text(document, "hardware.json")
    assert checked.hardware is not None, checked.diagnostics
    return hardware_of(checked.hardware)


@pytest.mark.parametrize("apparatus", [Apparatus(), ODD], ids=["usual", "odd"])
def test_what_a_bench_says_of_itself_is_a_hardware_document(apparatus: Apparatus) -> None:
    physics = Physics(apparatus=apparatus)
    told, known = spec_of("vessel", described(physics).reactors["vessel"]), physics
    expected = simulated_spec_of(known, "vessel")
    assert told.capacity_ml == pytest.approx(expected.capacity_ml, rel=1e-9)
    assert told.waste_tube_ml == pytest.approx(expected.waste_tube_ml, rel=1e-9)
    assert told.evaporation_ml_h == pytest.approx(expected.evaporation_ml_h, rel=1e-9)
    for name, pump in expected.pumps.items():
        assert told.pumps[name].flow_ml_min == pytest.approx(pump.flow_ml_min, rel=1e-9)
    same = ("name", "sensors", "outputs", "calibrations", "constants")
    assert [getattr(told, each) for each in same] == [getattr(expected, each) for each in same]


def test_the_shipped_reactor_has_a_ph_probe_calibrated_in_two_buffers() -> None:
    spec = spec_of("vessel", read_hardware(GENERIC_PI).reactors["vessel"])
    line = line_of("ph_probe", spec.constants)
    assert line is not None
    assert [line.value(volts) for volts in (2.03, 1.5)] == pytest.approx([4.01, 7.0])
    assert spec.calibrations["ph_probe"] == "example"


def test_the_simulated_vessel_that_is_shipped_is_the_one_that_a_bench_offers(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    shipped = read_hardware(SIMULATED)
    assert shipped.driver == "bench"
    assert shipped.bench == str(tmp_path / "bench.sock"), "from the folder of the worker"
    assert msgspec.structs.replace(shipped, bench="bench.sock") == described(Physics())


def test_a_document_that_is_no_hardware_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match="cannot be read"):
        read_hardware(tmp_path / "none.yaml")
    with pytest.raises(BadRequest, match="culture/1"):
        read_hardware(resource("contrib", "cultures", "e-coli.yaml"))


def test_a_wrong_document_is_told_with_its_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = tmp_path / "mine.yaml"
    wrong.write_text(GENERIC_PI.read_text().replace("pin: 27", "pin: 17"))
    with pytest.raises(SystemExit) as ended:
        read_hardware(wrong)
    assert ended.value.code == 1
    assert "vessel/feed_pump is on pin 17 already" in capsys.readouterr().err


# ---- a Pi's pins


@pytest.fixture
def factory(monkeypatch: pytest.MonkeyPatch) -> Iterator[MockFactory]:
    made = MockFactory(pin_class=MockPWMPin)
    monkeypatch.setattr(Device, "pin_factory", made)
    yield made
    made.close()


@pytest.fixture
async def opened(factory: MockFactory, tmp_path: Path) -> AsyncIterator[OpenHardware]:
    """The shipped description with its files in a folder, and the keeper in a thread."""
    hardware = _with_files_in(tmp_path, read_hardware(GENERIC_PI))
    async with on_mock_pins(hardware, tmp_path, factory) as found:
        yield found


def _with_files_in(folder: Path, hardware: Hardware) -> Hardware:
    (vessel,) = hardware.reactors.values()
    sensors = dict(vessel.sensors)
    for name, content in (("photodiode", "4000"), ("thermometer", "36875"), ("ph_probe", "12000")):
        file = folder / name
        file.write_text(f"{content}\n")
        sensors[name] = msgspec.structs.replace(sensors[name], path=str(file))
    vessel = msgspec.structs.replace(vessel, sensors=sensors)
    return msgspec.structs.replace(hardware, reactors={"vessel": vessel})


async def test_the_generic_pi_reads_its_sensors(opened: OpenHardware, factory: MockFactory) -> None:
    vessel = opened.reactors["vessel"]
    for _ in range(4):
        factory.pin(25).drive_low()
        factory.pin(25).drive_high()
    shown: dict[str, tuple[float | None, str]] = {}
    for sensor in ("photodiode", "thermometer", "ph_probe", "tachometer"):
        vessel.sense(sensor, lambda *answer, name=sensor: shown.update({name: answer}))
    await eventually(lambda: len(shown) == 4)
    assert {fault for _, fault in shown.values()} == {""}
    assert shown["photodiode"][0] == pytest.approx(0.5)
    assert shown["thermometer"][0] == pytest.approx(36.875)
    assert shown["ph_probe"][0] == pytest.approx(1.5)
    assert (shown["tachometer"][0] or 0.0) > 0.0


async def test_the_generic_pi_drives_its_outputs_and_pumps_and_ends_safe(
    opened: OpenHardware, factory: MockFactory
) -> None:
    vessel, ends = opened.reactors["vessel"], list[PumpEnd]()
    assert vessel.spec.waste_tube_ml == 13.5
    assert factory.pin(12).frequency == 1000.0
    vessel.drive("stirrer", 0.4)
    vessel.begin_pump("dose-1", "feed_pump", 0.02, ends.append)
    vessel.drive("led_a", 1.0)
    await eventually(lambda: factory.pin(12).state == pytest.approx(0.4))
    await eventually(lambda: factory.pin(18).state == pytest.approx(0.8))
    await eventually(lambda: bool(ends))
    assert ends == [PumpEnd(run="dose-1", moved_ml=0.02, complete=True, on_s=0.2)]
    assert [state.state for state in factory.pin(17).states][-2:] == [1.0, 0.0]
    await vessel.make_safe()
    assert (factory.pin(12).state, factory.pin(18).state) == (0.0, 0.0)


@pytest.mark.processes
def test_a_worker_without_gpio_says_so_in_one_line(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "orchestrator", "worker", "w1"]
    words += ["--hardware", str(GENERIC_PI), "--data", str(tmp_path)]
    words += ["--broker", "mqtt://127.0.0.1:1"]
    # As on a machine that has none, wherever this runs.
    environment = os.environ | {"GPIOZERO_PIN_FACTORY": "none"}
    ended = subprocess.run(
        words, capture_output=True, text=True, timeout=LIMIT_S, env=environment, check=False
    )
    assert ended.returncode == 1
    (line,) = ended.stderr.splitlines()
    assert "vessel/stirrer" in line
    assert "GPIO" in line
    assert ended.stdout == ""


@pytest.mark.processes
def test_a_keeper_started_by_hand_says_so_too(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "orchestrator", "keeper", "--hardware", str(GENERIC_PI)]
    words += ["--socket", str(tmp_path / "keeper")]
    environment = os.environ | {"GPIOZERO_PIN_FACTORY": "none"}
    ended = subprocess.run(
        words, capture_output=True, text=True, timeout=LIMIT_S, env=environment, check=False
    )
    assert ended.returncode == 1
    (line,) = ended.stderr.splitlines()
    assert "GPIO" in line
    assert not (tmp_path / "keeper").exists()


def test_a_document_may_include_what_lies_beside_it(tmp_path: Path) -> None:
    head, _, reactors = GENERIC_PI.read_text().partition("reactors:\n")
    (tmp_path / "reactors.yaml").write_text(dedent(reactors))
    (tmp_path / "mine.yaml").write_text(f"{head}reactors: !include reactors.yaml\n")
    assert read_hardware(tmp_path / "mine.yaml") == read_hardware(GENERIC_PI)


# ---- a Pioreactor


PIOREACTORS: Mapping[str, Mapping[int, Chip]] = {
    "pioreactor-20ml": {0x2C: Pico(volts={2: 0.2, 3: 0.6}), 0x4F: Thermometer(30.5)},
    "pioreactor-40ml": {
        0x2C: Pico(),
        0x48: Converter(volts={0: 0.2}),
        0x49: Converter(volts={0: 0.6}),
        0x4F: Thermometer(30.5),
    },
}


@pytest.mark.parametrize(("model", "brim_ml"), [("pioreactor-20ml", 18), ("pioreactor-40ml", 38)])
async def test_a_pioreactor_measures_doses_and_lights(
    model: str, brim_ml: float, factory: MockFactory, tmp_path: Path
) -> None:
    hardware = read_hardware(resource("contrib", "hardware", f"{model}.yaml"))
    bus, shown, ends = FakeBus(PIOREACTORS[model]), dict[str, float | None](), list[PumpEnd]()
    pico = bus.chips[0x2C]
    assert isinstance(pico, Pico)
    async with on_mock_pins(hardware, tmp_path, factory, bus) as opened:
        vessel = opened.reactors["vessel"]
        assert vessel.spec.capacity_ml == brim_ml
        vessel.drive("led_b", 0.5)
        await eventually(lambda: pico.lights.get(1) == 128)
        for sensor in ("photodiode", "thermometer"):
            vessel.sense(sensor, lambda value, _, name=sensor: shown.update({name: value}))
        await eventually(lambda: (pico.lights.get(0), pico.lights.get(1)) == (204, 0))
        await eventually(lambda: len(shown) == 2)
        vessel.sense("reference_photodiode", lambda value, _: shown.update({"reference": value}))
        await eventually(lambda: len(shown) == 3)
        assert shown["photodiode"] == pytest.approx(0.6 / 0.2, rel=5e-3), "by the reference"
        assert shown["reference"] == pytest.approx(0.2, abs=1e-3)
        assert shown["thermometer"] == pytest.approx(30.5)
        await eventually(lambda: (pico.lights.get(0), pico.lights.get(1)) == (0, 128))
        vessel.begin_pump("dose-1", "media_pump", 0.02, ends.append)
        vessel.drive("heater", 0.25)
        await eventually(lambda: bool(ends) and factory.pin(18).state == pytest.approx(0.25))
        assert [(end.moved_ml, end.complete) for end in ends] == [(0.02, True)]
        await vessel.make_safe()
        assert set(pico.lights.values()) == {0}


async def test_what_is_set_during_a_reading_holds_after_it(
    factory: MockFactory, tmp_path: Path
) -> None:
    hardware = read_hardware(resource("contrib", "hardware", "pioreactor-20ml.yaml"))
    bus, shown = FakeBus(PIOREACTORS["pioreactor-20ml"]), list[float | None]()
    pico = bus.chips[0x2C]
    assert isinstance(pico, Pico)
    async with on_mock_pins(hardware, tmp_path, factory, bus) as opened:
        vessel = opened.reactors["vessel"]
        vessel.sense("photodiode", lambda value, _: shown.append(value))
        vessel.drive("led_b", 1.0)
        await asyncio.sleep(0.1)
        assert not shown
        assert pico.lights[1] == 0, "it waits for the reading"
        await eventually(lambda: bool(shown) and pico.lights[1] == 255)


async def test_a_chip_that_is_silent_makes_its_sensors_faulty_and_no_other(
    factory: MockFactory, tmp_path: Path
) -> None:
    hardware = read_hardware(resource("contrib", "hardware", "pioreactor-40ml.yaml"))
    bus, shown = FakeBus(PIOREACTORS["pioreactor-40ml"]), dict[str, tuple[float | None, str]]()
    bus.silent.add(0x49)
    async with on_mock_pins(hardware, tmp_path, factory, bus) as opened:
        vessel = opened.reactors["vessel"]
        for sensor in ("photodiode", "reference_photodiode"):
            vessel.sense(sensor, lambda *answer, name=sensor: shown.update({name: answer}))
            await eventually(lambda name=sensor: name in shown)  # type: ignore[misc]
        assert shown["photodiode"][0] is None
        assert "Remote I/O error" in shown["photodiode"][1]
        assert shown["reference_photodiode"][0] == pytest.approx(0.2, abs=1e-3)
