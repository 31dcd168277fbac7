"""Self-tests as a plugin may bring them, good ones and bad ones."""

from __future__ import annotations

import os
import time

from orchestrator.plugin import Place, Tested


class Sound:
    def __init__(self, place: Place) -> None:
        self.place = place

    def test(self) -> Tested:
        print("tested")
        return Tested(result="passed", figure=f"{self.place.vessel} {self.place.options['port']}")


class Wordless(Sound):
    def test(self) -> Tested:
        return Tested(result="failed", figure="x" * 1000)


class Asleep(Sound):
    def test(self) -> Tested:
        time.sleep(3600.0)
        return super().test()


class Quitter(Sound):
    def test(self) -> Tested:
        os._exit(3)


class Eater(Sound):
    def test(self) -> Tested:
        eaten = []
        while True:
            eaten.append(bytearray(10_000_000))


class Raiser(Sound):
    def test(self) -> Tested:
        raise ValueError("the electrode is dry")


class Fool(Sound):
    def test(self) -> Tested:
        return Tested(result="splendid")  # type: ignore[arg-type]
