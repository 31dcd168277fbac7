"""What the machine tells of itself: warmth, load, room, clock, and a supply that is too weak."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from orchestrator.hardware.sensors import Device

ROOT = Path("/")
MILLI = 1e-3
KHZ_IN_MHZ = 1e-3
IDLE, WAITING = 3, 4
"""Places in the first line of /proc/stat."""
SUPPLY = "rpi_volt"
"""The kernel's name for who watches a Raspberry Pi's supply."""


class Temperature:
    """°C of the processor."""

    def __init__(self, root: Path) -> None:
        self._path = root / "sys/class/thermal/thermal_zone0/temp"

    def read(self) -> float:
        return float(self._path.read_text()) * MILLI

    def close(self) -> None:
        """Nothing is held open."""


class Load:
    """Share of the processors' time that was worked since it was asked last."""

    def __init__(self, root: Path) -> None:
        self._path = root / "proc/stat"
        self._before = (0, 0)

    def read(self) -> float:
        numbers = [int(each) for each in self._path.read_text().splitlines()[0].split()[1:9]]
        idle, total = numbers[IDLE] + numbers[WAITING], sum(numbers)
        idle_before, before = self._before
        self._before = (idle, total)
        passed = total - before
        return 1.0 - (idle - idle_before) / passed if passed > 0 else 0.0

    def close(self) -> None:
        """Nothing is held open."""


class Memory:
    """Share of the memory that is taken and cannot be had."""

    def __init__(self, root: Path) -> None:
        self._path = root / "proc/meminfo"

    def read(self) -> float:
        lines = (line.split() for line in self._path.read_text().splitlines())
        kilobytes = {words[0]: float(words[1]) for words in lines if len(words) > 1}
        return 1.0 - kilobytes["MemAvailable:"] / kilobytes["MemTotal:"]

    def close(self) -> None:
        """Nothing is held open."""


class Disk:
    """Share of the disk that is full, as far as this process may fill it."""

    def __init__(self, root: Path) -> None:
        self._path = root

    def read(self) -> float:
        found = os.statvfs(self._path)
        used = found.f_blocks - found.f_bfree
        return used / (used + found.f_bavail)

    def close(self) -> None:
        """Nothing is held open."""


class ClockRate:
    """MHz of the first processor; a hot or hungry Pi goes slower."""

    def __init__(self, root: Path) -> None:
        self._path = root / "sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq"

    def read(self) -> float:
        return float(self._path.read_text()) * KHZ_IN_MHZ

    def close(self) -> None:
        """Nothing is held open."""


class UnderVoltage:
    """1 while the supply is too weak, else 0."""

    def __init__(self, root: Path) -> None:
        self._folder = root / "sys/class/hwmon"

    def read(self) -> float:
        for name in sorted(self._folder.glob("*/name")):
            if name.read_text().strip() == SUPPLY:
                return float(name.with_name("in0_lcrit_alarm").read_text())
        raise OSError("nobody watches the supply of this machine")

    def close(self) -> None:
        """Nothing is held open."""


_DEVICES: Final[Mapping[str, type]] = {
    "machine_temperature": Temperature,
    "machine_cpu": Load,
    "machine_memory": Memory,
    "machine_disk": Disk,
    "machine_clock": ClockRate,
    "machine_under_voltage": UnderVoltage,
}


def open_machine(sensor: str, root: Path = ROOT) -> Device:
    """Open what a sensor of this name reads."""
    device: Device = _DEVICES[sensor](root)
    return device
