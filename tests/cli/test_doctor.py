"""`axenic doctor`: what is there, with a verdict and what to do next, on a made-up machine."""

from __future__ import annotations

import json
import socket
from collections.abc import Collection
from pathlib import Path

import pytest
from click.testing import CliRunner

from orchestrator.cli.doctor.command import doctor
from orchestrator.cli.doctor.finding import Finding
from orchestrator.cli.doctor.machine import Machine, look_at_machine
from orchestrator.cli.doctor.surroundings import (
    look_at_address,
    look_at_clock,
    look_at_disk,
    look_at_groups,
    look_at_modules,
    look_at_services,
)
from orchestrator.ports.reactor import DeviceFault
from tests.support.i2c import Converter, FakeBus, Thermometer, Words

PI = "Raspberry Pi Zero 2 W Rev 1.0\0"


def put(root: Path, name: str, text: str = "") -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


@pytest.fixture
def pi(tmp_path: Path) -> Path:
    """A Pi on which everything is in order."""
    put(tmp_path, "proc/device-tree/model", PI)
    put(tmp_path, "dev/gpiochip0")
    put(tmp_path, "dev/i2c-1")
    put(tmp_path, "dev/watchdog")
    put(tmp_path, "sys/class/watchdog/watchdog0/identity", "Broadcom BCM2835 Watchdog timer\n")
    put(tmp_path, "sys/class/pwm/pwmchip0/npwm", "2\n")
    put(tmp_path, "sys/bus/w1/devices/28-000005e2fdc3/temperature", "36875\n")
    put(tmp_path, "sys/bus/i2c/drivers/imx708/10-001a/name", "imx708\n")
    put(tmp_path, f"{SYS_VIDEO}/video0/name", "HD Webcam C270\n")
    put(tmp_path, f"{SYS_VIDEO}/video0/index", "0\n")
    put(tmp_path, f"{SYS_VIDEO}/video1/name", "HD Webcam C270\n")
    put(tmp_path, f"{SYS_VIDEO}/video1/index", "1\n")
    put(tmp_path, f"{SYS_VIDEO}/video10/name", "bcm2835-codec-decode\n")
    put(tmp_path, f"{SYS_VIDEO}/video10/index", "0\n")
    put(tmp_path, "usr/bin/libcamera-still")
    put(tmp_path, "usr/bin/ffmpeg")
    return tmp_path


SYS_VIDEO = "sys/class/video4linux"


def looked(
    root: Path, bus: FakeBus | None = None, closed: Collection[str] = ()
) -> dict[str, Finding]:
    def open_wire(number: int) -> FakeBus:
        if bus is None:
            raise DeviceFault(f"I2C bus {number} needs smbus2, which is not installed")
        return bus

    machine = Machine(root=root, open_wire=open_wire, may=lambda path: path.name not in closed)
    return {each.what: each for each in look_at_machine(machine)}


def test_a_machine_that_is_no_pi_is_told_so_and_nothing_is_bad(tmp_path: Path) -> None:
    found = looked(tmp_path)
    assert found["machine"].found.startswith("not a Pi")
    assert {each.verdict for each in found.values()} == {"none"}


def test_another_board_is_a_notice(tmp_path: Path) -> None:
    put(tmp_path, "proc/device-tree/model", "Radxa Zero\0")
    found = looked(tmp_path)
    assert (found["machine"].verdict, found["machine"].found) == ("notice", "not a Pi: Radxa Zero")


def test_what_hangs_on_a_pi_is_named(pi: Path) -> None:
    chips = {0x48: Converter({}), 0x4F: Thermometer(37.0), 0x63: Words(), 0x70: Words()}
    found = looked(pi, FakeBus(chips))
    assert {each.verdict for each in found.values()} == {"good"}
    assert found["machine"].found == "Raspberry Pi Zero 2 W Rev 1.0"
    assert found["I2C 1"].found == (
        "0x48 (ads1115, ads1114 or tmp1075), 0x4f (tmp1075), 0x63 (ezo, pH), 0x70"
    )
    assert found["1-wire"].found == "28-000005e2fdc3 (36.9 °C)"
    assert found["PWM"].found == "pwmchip0: 2 channels"
    assert found["watchdog"].found == "Broadcom BCM2835 Watchdog timer"
    assert found["cameras"].found == (
        "imx708 at the ribbon (rpicam), /dev/video0 (HD Webcam C270), v4l2"
    )


def test_a_camera_without_its_program_says_what_to_install(pi: Path) -> None:
    (pi / "usr/bin/ffmpeg").unlink()
    found = looked(pi, FakeBus({}))["cameras"]
    assert (found.verdict, found.next) == ("notice", "sudo apt install ffmpeg")


def test_a_bus_on_which_nobody_answers_is_no_fault_of_the_machine(pi: Path) -> None:
    found = looked(pi, FakeBus({}))["I2C 1"]
    assert (found.verdict, found.found) == ("notice", "nothing answers")


def test_what_a_pi_lacks_is_bad_and_says_what_to_do(tmp_path: Path) -> None:
    put(tmp_path, "proc/device-tree/model", PI)
    put(tmp_path, "sys/bus/w1/devices/.kept")
    found = looked(tmp_path)
    assert (found["pins"].verdict, found["I2C"].verdict) == ("bad", "bad")
    assert "dtparam=i2c_arm=on" in found["I2C"].next
    assert (found["1-wire"].verdict, "4.7 kΩ" in found["1-wire"].next) == ("notice", True)


def test_what_may_not_be_opened_names_the_group(pi: Path) -> None:
    found = looked(pi, FakeBus({}), closed=("gpiochip0", "i2c-1", "watchdog"))
    assert (found["pins"].verdict, "-aG gpio" in found["pins"].next) == ("bad", True)
    assert (found["I2C 1"].verdict, "-aG i2c" in found["I2C 1"].next) == ("bad", True)
    assert found["watchdog"].verdict == "notice"


def test_a_missing_library_is_told_with_its_name(pi: Path) -> None:
    assert "needs smbus2" in looked(pi)["I2C 1"].found
    modules = {"gpiozero": True, "smbus2": False}
    assert look_at_modules(modules, is_pi=True).verdict == "bad"
    assert look_at_modules(modules, is_pi=False).verdict == "none"
    assert look_at_modules({"gpiozero": True}, is_pi=True).verdict == "good"


def test_clock_disk_and_groups(tmp_path: Path) -> None:
    assert look_at_clock(lambda: True).verdict == "good"
    assert "--trust-clock" in look_at_clock(lambda: False).next
    assert "GiB free" in look_at_disk(tmp_path / "not" / "there" / "yet").found
    assert look_at_groups(["gpio", "i2c"], ["gpio"], is_root=False).found == "not in i2c"
    assert look_at_groups(["gpio", "i2c"], ["gpio", "i2c"], is_root=False).verdict == "good"
    assert look_at_groups(["users"], [], is_root=False).verdict == "none"
    assert look_at_groups(["gpio"], [], is_root=True).verdict == "notice"


def test_a_broker_is_looked_for_where_somebody_said_it_is() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        found = look_at_address("broker", f"mqtt://unit1:secret@127.0.0.1:{port}", "")
        assert (found.verdict, found.found) == ("good", f"127.0.0.1:{port} answers")
    gone = look_at_address("broker", f"mqtt://unit1:secret@127.0.0.1:{port}", "start it")
    assert (gone.verdict, "secret" in gone.found) == ("bad", False)
    assert look_at_address("leader", "", "", f"http://127.0.0.1:{port}").verdict == "none"
    assert look_at_address("broker", "mqtt://a:b:c", "").found == "that is no URL"


def test_units_are_there_and_start_with_the_machine(tmp_path: Path) -> None:
    assert [each.verdict for each in look_at_services(tmp_path)] == ["none"]
    put(tmp_path, "etc/systemd/system/axenic-worker@.service")
    assert [each.verdict for each in look_at_services(tmp_path)] == ["notice"]
    put(tmp_path, "etc/systemd/system/multi-user.target.wants/axenic-worker@unit1.service")
    [only] = look_at_services(tmp_path)
    assert (only.verdict, only.found) == ("good", "axenic-worker@unit1.service")


def test_the_command_works_on_this_machine_for_people_and_programs(tmp_path: Path) -> None:
    data = ["--data", str(tmp_path)]
    said = CliRunner().invoke(doctor, [*data, "--json"])
    found = {each["what"]: each for each in json.loads(said.output)}
    assert {"machine", "drivers", "user", "clock", "disk", "broker", "services"} <= found.keys()
    bad = any(each["verdict"] == "bad" for each in found.values())
    assert said.exit_code == (1 if bad else 0)
    told = CliRunner().invoke(doctor, [*data, "--broker", "mqtt://127.0.0.1:9"])
    assert (told.exit_code, "BAD   broker" in told.output) == (1, True)
