"""Chips on I2C, on a bus that answers as their data sheets say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import smbus2

from orchestrator.hardware import boards
from orchestrator.hardware.boards import Ads111x, Ezo, open_board
from orchestrator.hardware.i2c import SmbusWire, Wires
from orchestrator.hardware.keeper.config import Light
from orchestrator.hardware.keeper.faults import PinsFault
from orchestrator.hardware.keeper.lights import Lights
from orchestrator.hardware.spec import Sensor
from orchestrator.ports.reactor import DeviceFault
from tests.support.i2c import Converter, Dac, FakeBus, Pico, Thermometer, Words


def sensor(driver: str, address: int = 0x48, **more: Any) -> Sensor:
    return Sensor(driver=driver, address=address, **more)


@pytest.mark.parametrize(("channel", "volts"), [(0, 0.5), (1, 1.25), (2, -0.1), (3, 3.3)])
def test_an_ads1115_tells_the_volts_of_the_input_that_is_asked(channel: int, volts: float) -> None:
    bus = FakeBus({0x48: Converter(volts={4 + channel: volts}, busy=3)})
    board = open_board(sensor("ads1115", channel=channel), bus)
    assert board.read() == pytest.approx(volts, abs=4.096 / 32768)


def test_an_ads1114_has_one_pair_and_no_channel() -> None:
    bus = FakeBus({0x49: Converter(volts={0: 0.75})})
    assert open_board(sensor("ads1114", 0x49), bus).read() == pytest.approx(0.75, abs=2e-4)


@pytest.mark.parametrize(("range_v", "chosen_v"), [(0.2, 0.256), (1.0, 1.024), (5.0, 6.144)])
def test_the_finest_range_that_fits_is_chosen(range_v: float, chosen_v: float) -> None:
    bus = FakeBus({0x48: Converter(volts={4: 10.0})})
    read_v = Ads111x(bus, 0x48, 0, range_v).read()
    assert read_v == pytest.approx(chosen_v, rel=1e-3), "what is beyond is cut there"


def test_a_converter_that_never_ends_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boards, "POLL_S", 0.0)
    bus = FakeBus({0x48: Converter(volts={4: 1.0}, busy=1_000)})
    with pytest.raises(OSError, match="does not come to an end"):
        open_board(sensor("ads1115", channel=0), bus).read()


@pytest.mark.parametrize("version", [(0, 3), (0, 4), (1, 0)])
def test_a_pioreactors_converter_is_read_as_its_firmware_counts(version: tuple[int, int]) -> None:
    bus = FakeBus({0x2C: Pico(volts={2: 0.4, 3: 1.1}, version=version)})
    assert open_board(sensor("pico", 0x2C, channel=2), bus).read() == pytest.approx(0.4, abs=1e-3)
    assert open_board(sensor("pico", 0x2C, channel=3), bus).read() == pytest.approx(1.1, abs=1e-3)


@pytest.mark.parametrize("temperature_c", [36.875, 0.0, -5.25, 125.0])
def test_a_thermometer_tells_degrees_below_zero_too(temperature_c: float) -> None:
    bus = FakeBus({0x4F: Thermometer(temperature_c)})
    assert open_board(sensor("tmp1075", 0x4F), bus).read() == pytest.approx(temperature_c)


def test_a_circuit_that_answers_in_words_is_understood() -> None:
    waited: list[float] = []
    assert Ezo(FakeBus({0x63: Words()}), 0x63, waited.append).read() == pytest.approx(7.012)
    assert waited == [0.9]
    two = Words(b"\x018.55,96.2\0")
    assert Ezo(FakeBus({0x61: two}), 0x61, waited.append).read() == pytest.approx(8.55)


@pytest.mark.parametrize(
    ("answer", "says"), [(b"\x02", "understand"), (b"\xfe", "busy"), (b"\xff", "no reading")]
)
def test_a_circuit_without_a_reading_says_why(answer: bytes, says: str) -> None:
    def no_wait(_: float) -> None:
        """Time is not the matter here."""

    with pytest.raises(OSError, match=says):
        Ezo(FakeBus({0x63: Words(answer)}), 0x63, no_wait).read()


# ---- lights


def lights(bus: FakeBus, chip: Any, **more: Any) -> Lights:
    one = Light(chip=chip, address=0x2C, channel=1, **more)
    return Lights({"v1/led_b": one, "v1/led_c": Light(chip=chip, address=0x2C, channel=2)}, bus)


def test_a_light_is_as_bright_as_it_may_be_and_dark_at_the_end() -> None:
    pico = Pico(lights={1: 99})
    kept = lights(FakeBus({0x2C: pico}), "pico", maximum_duty=0.8)
    assert pico.lights == {1: 0, 2: 0}, "taken dark"
    kept.set("v1/led_b", 1.0)
    kept.set("v1/led_c", 0.5)
    assert pico.lights == {1: 204, 2: 128}
    kept.close()
    assert pico.lights == {1: 0, 2: 0}


def test_the_older_hats_outputs_sleep_unless_they_shine() -> None:
    dac = Dac(values={1: 255, 2: 255})
    kept = lights(FakeBus({0x2C: dac}), "dac43608")
    kept.set("v1/led_b", 1.0)
    assert (dac.shines(1), dac.shines(2), dac.asleep) == (255, 0, 0b11111101)
    kept.set("v1/led_c", 0.2)
    kept.set("v1/led_b", 0.0)
    assert (dac.shines(1), dac.shines(2)) == (0, 51)


def test_a_light_that_nobody_answers_for_is_a_fault_with_its_address() -> None:
    bus = FakeBus({0x2C: Pico()})
    kept = lights(bus, "pico")
    bus.silent.add(0x2C)
    with pytest.raises(PinsFault, match=r"v1/led_b: nobody answers at 0x2c"):
        kept.set("v1/led_b", 1.0)
    kept.close()


# ---- the bus of a machine


class Recorder:
    """Stands for smbus2's bus: keeps what is asked of it, and answers with ever the same."""

    def __init__(self, bus: int) -> None:
        self.bus, self.asked, self.closed = bus, list[list[tuple[int, bool, bytes]]](), False

    def i2c_rdwr(self, *messages: Any) -> None:
        self.asked.append([(each.addr, bool(each.flags & 1), bytes(each)) for each in messages])
        for each in messages:
            if each.flags & 1:
                for place in range(each.len):
                    each.buf[place] = 0x17 + place

    def close(self) -> None:
        self.closed = True


def test_a_question_and_its_answer_are_one_transaction(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smbus2, "SMBus", Recorder)
    wires = Wires()
    wire = wires.on(3)
    assert wires.on(3) is wire, "a bus is opened once"
    assert wire.talk(0x48, b"\x01", 2) == b"\x17\x18"
    assert wire.talk(0x48, b"\x01\x85\x83") == b""
    recorder: Recorder = wire._bus  # type: ignore[attr-defined]
    assert recorder.bus == 3
    first, second = recorder.asked
    assert [(address, is_read) for address, is_read, _ in first] == [(0x48, False), (0x48, True)]
    assert second == [(0x48, False, b"\x01\x85\x83")]
    wires.close()
    assert recorder.closed


def no_bus(_: int) -> None:
    raise FileNotFoundError(2, "No such file or directory", "/dev/i2c-7")


@pytest.mark.parametrize("attempt", [lambda: SmbusWire(7), lambda: Wires().on(7)])
def test_a_machine_without_the_bus_says_so(
    monkeypatch: pytest.MonkeyPatch, attempt: Callable[[], object]
) -> None:
    monkeypatch.setattr(smbus2, "SMBus", no_bus)
    with pytest.raises(DeviceFault, match="no I2C bus 7 on this machine"):
        attempt()
