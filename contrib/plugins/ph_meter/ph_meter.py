"""Reads an external pH meter on a serial port: `R` and a carriage return ask it, a line answers.

That is how the circuits of most pH electrodes speak. Which port it hangs on says the reactor's
hardware document: `options: {ph_meter: {port: /dev/ttyUSB0}}`.
"""

from __future__ import annotations

import os
import random
import select
import termios
import time
import tty
from collections.abc import Mapping
from typing import Any

from orchestrator.plugin import Command, Place, Step, Tested, View

ASK = b"R\r"
ANSWER_S = 3.0
NEUTRAL = 7.0


class PhMeter:
    """Setting `interval` (s); signal `ph_meter.ph`."""

    def __init__(self, place: Place) -> None:
        self.place = place

    def begin(self, memory: Mapping[str, Any], now_s: float) -> int | None:
        """Open the port; where that fails the job is lost, and tried again after a while."""
        return None if self.place.simulated else open_port(str(self.place.options["port"]))

    def step(self, port: int | None, view: View, now_s: float) -> Step[int | None]:
        """Read, and be looked at again after the interval."""
        ph = simulated_ph(view) if port is None else read_ph(port)
        look_s = now_s + float(view.settings["interval"])
        return Step(port, publish={"ph_meter.ph": ph}, look_again_s=look_s)

    def end(self, port: int | None) -> tuple[Command, ...]:
        """Close the port."""
        if port is not None:
            os.close(port)
        return ()


class MeterTest:
    """`axenic self-test`: does the meter answer, with a pH that can be?"""

    def __init__(self, place: Place) -> None:
        self.place = place

    def test(self) -> Tested:
        """What it raises is told too; this is for what a person can do something about."""
        if "port" not in self.place.options:
            return Tested(
                result="skipped", reason="no port is said for it in the hardware document"
            )
        port = open_port(str(self.place.options["port"]))
        try:
            ph = read_ph(port)
        finally:
            os.close(port)
        if not 0.0 < ph < 14.0:
            return Tested(
                result="failed", figure=f"pH {ph:g}", reason="is the electrode in its socket?"
            )
        return Tested(result="passed", figure=f"pH {ph:.2f}")


def open_port(path: str) -> int:
    """Open a serial port, raw, at 9600 baud."""
    port = os.open(path, os.O_RDWR | os.O_NOCTTY)
    tty.setraw(port)
    settings = termios.tcgetattr(port)
    settings[4] = settings[5] = termios.B9600
    termios.tcsetattr(port, termios.TCSANOW, settings)
    return port


def read_ph(port: int) -> float:
    """Ask the meter and wait for its line: here that delays nobody."""
    termios.tcflush(port, termios.TCIFLUSH)
    os.write(port, ASK)
    answer, give_up_s = b"", time.monotonic() + ANSWER_S
    while not answer.endswith(b"\r"):
        left_s = give_up_s - time.monotonic()
        if left_s <= 0.0 or not select.select([port], [], [], left_s)[0]:
            raise TimeoutError(f"the pH meter did not answer within {ANSWER_S:g} s")
        answer += os.read(port, 100)
    return float(answer)


def simulated_ph(view: View) -> float:
    """For rehearsals: a culture makes its medium more acid as it grows."""
    od600 = view.signals.get("od600")
    density = float(od600.value) if od600 is not None else 0.0
    return max(4.0, NEUTRAL - 0.5 * density) + random.gauss(0.0, 0.01)
