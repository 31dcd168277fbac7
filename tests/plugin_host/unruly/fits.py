"""Fits of calibrations as a plugin may bring them, good ones and bad ones."""

from __future__ import annotations

import os
import time
from math import nan

from orchestrator.plugin import Place

Points = list[tuple[float, float]]


class Offset:
    def __init__(self, place: Place) -> None:
        self.place = place

    def fit(self, points: Points) -> Points:
        print("fitting")
        offset = sum(actual - raw for raw, actual in points) / len(points)
        return [(raw, raw + offset) for raw in (-1.0, 0.0, 1.0)]


class Asleep(Offset):
    def fit(self, points: Points) -> Points:
        time.sleep(3600.0)
        return points


class Quitter(Offset):
    def fit(self, points: Points) -> Points:
        os._exit(3)


class Eater(Offset):
    def fit(self, points: Points) -> Points:
        eaten = []
        while True:
            eaten.append(bytearray(10_000_000))


class Endless(Offset):
    def fit(self, points: Points) -> Points:
        return [(float(each), float(each)) for each in range(1000)]


class Nothing(Offset):
    def fit(self, points: Points) -> Points:
        return [(0.0, nan), (1.0, nan)]


class Turning(Offset):
    def fit(self, points: Points) -> Points:
        return [(0.0, 0.0), (1.0, 1.0), (2.0, 0.0)]
