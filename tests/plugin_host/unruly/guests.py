"""Jobs as a plugin may bring them, good ones and bad ones. Loaded by processes of their own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from orchestrator.plugin import (
    Command,
    Drive,
    Exchange,
    Exchanged,
    Place,
    Remember,
    Sense,
    Sensed,
    Step,
    View,
)

EACH_S = 10.0


class Counter:
    """Counts its steps, senses the thermometer and drives a lamp; behaves well."""

    def __init__(self, place: Place) -> None:
        self.place = place

    def begin(self, memory: Mapping[str, Any], now_s: float) -> int:
        return int(memory.get("count", 0))

    def step(self, count: int, view: View, now_s: float) -> Step[int]:
        count += 1
        publish = {"counter.count": float(count)}
        for event in view.events:
            if isinstance(event, Sensed) and event.value is not None:
                publish["counter.seen"] = event.value
        commands: tuple[Command, ...] = (Remember(memory={"count": count}),)
        if count == 1:
            commands += (Drive("led_a", float(view.settings.get("light", 0.5))),)
        look_s = (now_s // EACH_S + 1) * EACH_S
        return Step(count, commands, publish, look_s, ("thermometer",))

    def end(self, count: int) -> tuple[Command, ...]:
        print(f"counted to {count}")
        return ()


class Holder:
    """Drives a lamp, and tells whether it is kept off and whether a hand holds the job."""

    def __init__(self, place: Place) -> None:
        self.place = place

    def begin(self, memory: Mapping[str, Any], now_s: float) -> bool:
        return False

    def step(self, driven: bool, view: View, now_s: float) -> Step[bool]:
        told = {"holder.seen": float("led_a" in view.held), "holder.count": float(view.paused)}
        commands = () if driven else (Drive("led_a", 0.5),)
        return Step(True, commands, told, now_s + EACH_S)

    def end(self, driven: bool) -> tuple[Command, ...]:
        return ()


class Unruly:
    """Does nothing for two steps, and in the third what its kind does."""

    def __init__(self, place: Place) -> None:
        self.place = place

    def begin(self, memory: Mapping[str, Any], now_s: float) -> int:
        return 0

    def step(self, steps: int, view: View, now_s: float) -> Step[int]:
        if steps == 2:
            self.misbehave(view)
        return Step(steps + 1, (Drive("led_b", 1.0),), {}, now_s + EACH_S * 1e-2)

    def misbehave(self, view: View) -> None:
        raise NotImplementedError

    def end(self, steps: int) -> tuple[Command, ...]:
        return ()


class Sleeper(Unruly):
    def misbehave(self, view: View) -> None:
        time.sleep(3600.0)


class Eater(Unruly):
    def misbehave(self, view: View) -> None:
        eaten = []
        while True:
            eaten.append(bytearray(10_000_000))


class Quitter(Unruly):
    def misbehave(self, view: View) -> None:
        os._exit(3)


class Raiser(Unruly):
    def misbehave(self, view: View) -> None:
        raise ValueError("the electrode is dry")


class Printer(Unruly):
    def misbehave(self, view: View) -> None:
        while True:
            print("and on")


class Spinner(Unruly):
    def misbehave(self, view: View) -> None:
        while True:
            pass


class Parent(Unruly):
    """Starts a child that would outlive it."""

    def misbehave(self, view: View) -> None:
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(3600)"])
        print(f"child {child.pid}")
        os._exit(0)


class Pretender(Unruly):
    """Publishes what belongs to somebody else."""

    def step(self, steps: int, view: View, now_s: float) -> Step[int]:
        return Step(steps, (), {"temperature.measured": 20.0}, now_s + 1.0)


class Talker(Unruly):
    """Has more to say than fits."""

    def step(self, steps: int, view: View, now_s: float) -> Step[int]:
        return Step(steps, tuple(Sense("x" * 1000) for _ in range(1000)), {}, now_s + 1.0)


class Missing:
    def __init__(self, place: Place) -> None:
        self.module = import_module("not_installed_anywhere")


class Reporter:
    """Tells what it knows of its place, and what it was passed."""

    def __init__(self, place: Place) -> None:
        self.place = place

    def begin(self, memory: Mapping[str, Any], now_s: float) -> None:
        import random

        print(
            f"{self.place.vessel} {self.place.simulated} {dict(self.place.options)} "
            f"{random.random():.6f} {'AXENIC_BROKER' in os.environ}"
        )

    def step(self, state: None, view: View, now_s: float) -> Step[None]:
        return Step(None)

    def end(self, state: None) -> tuple[Command, ...]:
        return ()


class Feeder:
    """Exchanges a millilitre, once, and tells what came of it."""

    def __init__(self, place: Place) -> None:
        self.place = place

    def begin(self, memory: Mapping[str, Any], now_s: float) -> bool:
        return False

    def step(self, asked: bool, view: View, now_s: float) -> Step[bool]:
        ended = [event for event in view.events if isinstance(event, Exchanged)]
        publish = {"feeder.seen": ended[0].added_ml} if ended and ended[0].own else {}
        wanted = () if asked else (Exchange(remove_ml=1.0, add_ml=1.0, cause="a plugin's idea"),)
        return Step(True, wanted, publish)

    def end(self, asked: bool) -> tuple[Command, ...]:
        return ()
