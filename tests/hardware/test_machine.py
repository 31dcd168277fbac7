"""What a machine tells of itself, read from a folder that looks like one."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.hardware.machine import open_machine
from orchestrator.hardware.spec import HardwareError, hardware_of
from orchestrator.model.driver import MACHINE


def put(root: Path, name: str, content: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)


def read(sensor: str, root: Path) -> float:
    return open_machine(sensor, root).read()


def test_temperature_clock_and_memory_are_read_in_their_units(tmp_path: Path) -> None:
    put(tmp_path, "sys/class/thermal/thermal_zone0/temp", "48312\n")
    put(tmp_path, "sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq", "1000000\n")
    put(tmp_path, "proc/meminfo", "MemTotal: 400 kB\nMemFree: 10 kB\nMemAvailable: 100 kB\n")
    assert read("machine_temperature", tmp_path) == pytest.approx(48.312)
    assert read("machine_clock", tmp_path) == pytest.approx(1000.0)
    assert read("machine_memory", tmp_path) == pytest.approx(0.75)


def test_load_is_that_of_the_time_between_two_looks(tmp_path: Path) -> None:
    put(tmp_path, "proc/stat", "cpu  100 0 100 700 100 0 0 0 0 0\n")
    load = open_machine("machine_cpu", tmp_path)
    assert load.read() == pytest.approx(0.2), "since the machine started"
    put(tmp_path, "proc/stat", "cpu  175 0 100 720 105 0 0 0 0 0\n")
    assert load.read() == pytest.approx(0.75)
    assert load.read() == 0.0, "no time has passed"


def test_a_weak_supply_is_found_among_what_the_kernel_watches(tmp_path: Path) -> None:
    put(tmp_path, "sys/class/hwmon/hwmon0/name", "cpu_thermal\n")
    with pytest.raises(OSError, match="nobody watches"):
        read("machine_under_voltage", tmp_path)
    put(tmp_path, "sys/class/hwmon/hwmon1/name", "rpi_volt\n")
    put(tmp_path, "sys/class/hwmon/hwmon1/in0_lcrit_alarm", "1\n")
    assert read("machine_under_voltage", tmp_path) == 1.0


def test_a_disk_is_full_by_a_share(tmp_path: Path) -> None:
    assert 0.0 < read("machine_disk", tmp_path) < 1.0


def test_the_machine_knows_its_sensors_by_their_names() -> None:
    sensors = {f"machine_{name}": {"driver": "machine"} for name in MACHINE}
    found = hardware_of({"reactors": {"v": {"sensors": sensors, "outputs": {}}}})
    assert set(found.reactors["v"].sensors) == set(sensors)
    with pytest.raises(HardwareError, match="no driver 'machine'"):
        hardware_of(
            {"reactors": {"v": {"sensors": {"nose": {"driver": "machine"}}, "outputs": {}}}}
        )
