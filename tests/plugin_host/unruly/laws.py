"""Laws as a plugin may bring them, good ones and bad ones. Loaded by processes of their own."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from typing import Any

from orchestrator.plugin import Command, Drive, Exchange, Exchanged, Place, Sense, Step, View

EACH_S = 60.0


class Steady:
    """Wants a millilitre exchanged each minute."""

    def __init__(self, place: Place) -> None:
        self.place = place

    def begin(self, memory: Mapping[str, Any], now_s: float) -> float:
        return now_s

    def step(self, due_s: float, view: View, now_s: float) -> Step[float]:
        told = [event for event in view.events if isinstance(event, Exchanged)]
        for event in told:
            print(f"{event.ending.outcome} {event.added_ml:g} mL, {view.settings['pace']:g}")
        if now_s < due_s:
            return Step(due_s, look_again_s=due_s)
        due_s += EACH_S
        return Step(due_s, self.wants(), look_again_s=due_s)

    def wants(self) -> tuple[Command, ...]:
        return (Exchange(remove_ml=0.0, add_ml=1.0, cause="a minute is over"),)

    def end(self, due_s: float) -> tuple[Command, ...]:
        return ()


class Flood(Steady):
    def wants(self) -> tuple[Command, ...]:
        return (Exchange(remove_ml=0.0, add_ml=2.0),)


class Negative(Steady):
    def wants(self) -> tuple[Command, ...]:
        return (Exchange(remove_ml=0.0, add_ml=-1.0),)


class Driver(Steady):
    def wants(self) -> tuple[Command, ...]:
        return (Drive("heater", 1.0),)


class Reader(Steady):
    def wants(self) -> tuple[Command, ...]:
        return (Sense("thermometer"),)


class Stoker(Steady):
    """Wants the heater full on, once, and then sleeps: told nothing more it would go on."""

    def wants(self) -> tuple[Command, ...]:
        return (Drive("heater", 1.0),)

    def step(self, due_s: float, view: View, now_s: float) -> Step[float]:
        return Step(due_s, self.wants() if now_s == due_s else ())


class Glutton(Stoker):
    """Wants it again and again."""

    def step(self, due_s: float, view: View, now_s: float) -> Step[float]:
        return Step(due_s, self.wants(), look_again_s=now_s + 30.0)


class Fallen(Steady):
    """Wants something, and is gone in the next step."""

    def step(self, due_s: float, view: View, now_s: float) -> Step[float]:
        if now_s > due_s:
            self.fall()
        return Step(due_s, self.wants(), look_again_s=now_s + 40.0)

    def fall(self) -> None:
        os._exit(3)


class Asleep(Fallen):
    def fall(self) -> None:
        time.sleep(3600.0)


class Stuffed(Fallen):
    def fall(self) -> None:
        eaten = []
        while True:
            eaten.append(bytearray(10_000_000))
