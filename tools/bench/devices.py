"""Devices that do nothing, at once or after far too long."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from orchestrator.control.stirrer import FULL_SPEED_RPM
from orchestrator.hardware.sensors import ThreadedSensor
from orchestrator.journal.sql import open_database
from orchestrator.model.picture import Shot
from orchestrator.ports.reactor import Held, PumpEnd, ReactorSpec

FSYNC_S = 0.015
SILENT_S = 2.5
"""A sensor that is silent for longer than anybody waits for it."""


class SlowDisk:
    """A connection whose commits take as long as on an SD card."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def execute(self, statement: str, *values: Any) -> sqlite3.Cursor:
        """As the connection does, and then the disk takes its time."""
        cursor = self._connection.execute(statement, *values)
        if statement == "COMMIT":
            time.sleep(FSYNC_S)
        return cursor


def open_slowly(path: Path) -> Any:
    """A journal's database on such a disk."""
    return SlowDisk(open_database(path))


class IdleReactor:
    """Takes every order and does nothing but note when; its sensors answer at once, or keep silent.

    Its stirrer turns at once as fast as it was driven to.
    """

    def __init__(self, name: str, *, silent: bool = False) -> None:
        sensors = ("photodiode", "thermometer", "tachometer")
        self.spec = ReactorSpec(
            name=name,
            sensors=sensors,
            outputs=("stirrer", "heater"),
            constants={"photodiode.od600_per_v": 1.0},
        )
        self._sensors = {each: ThreadedSensor(each, _Silence()) for each in sensors if silent}
        self.driven: list[tuple[float, float]] = []
        """What the stirrer was told: (duty, monotonic seconds)."""

    def sense(self, sensor: str, deliver: Callable[[float | None, str], None]) -> None:
        """Answer with a plausible number."""
        if sensor in self._sensors:
            self._sensors[sensor].read(deliver)
        else:
            duty = self.driven[-1][0] if self.driven else 0.0
            rpm = FULL_SPEED_RPM * duty
            deliver({"photodiode": 0.4, "thermometer": 30.0, "tachometer": rpm}[sensor], "")

    def photograph(
        self, camera: str, _shot: Shot, deliver: Callable[[bytes | None, str], None]
    ) -> None:
        deliver(None, f"there is no {camera} here")

    def drive(self, output: str, duty: float) -> None:
        """Do nothing."""
        if output == "stirrer":
            self.driven.append((duty, time.monotonic()))

    def begin_pump(
        self, run: str, pump: str, volume_ml: float, deliver: Callable[[PumpEnd], None]
    ) -> float:
        """Refuse: there is no pump."""
        reason = f"there is no {pump} for {volume_ml:g} mL"
        deliver(PumpEnd(run=run, moved_ml=0.0, complete=False, reason=reason))
        return 0.0

    def run_pump(
        self, run: str, pump: str, for_s: float, deliver: Callable[[PumpEnd], None]
    ) -> float:
        """Refuse: there is no pump."""
        return self.begin_pump(run, pump, for_s, deliver)

    def stop_pumps(self) -> None:
        """Nothing turns."""

    def heed(self, react: Held) -> None:
        """There are no interlocks."""

    def why_off(self, _device: str) -> str:
        """There are no interlocks."""
        return ""

    def hold(self, reason: str) -> None:
        """Nothing turns."""

    def let_go(self) -> None:
        """Nothing was held."""

    async def make_safe(self) -> None:
        """End the sensors' threads with the rest."""
        for sensor in self._sensors.values():
            sensor.close()


class _Silence:
    """A driver that blocks, as drivers do when a bus hangs."""

    def read(self) -> float:
        time.sleep(SILENT_S)
        return 0.0

    def close(self) -> None:
        """Nothing is held open."""
