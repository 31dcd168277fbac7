"""Rehearsals of profiles for tests to look at: what was measured, what was done, how it went."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from orchestrator.cli.simulate import simulate

HOUR_S = 3600.0
Points = list[tuple[float, float]]


@dataclass(frozen=True, kw_only=True)
class Rehearsal:
    """What a rehearsal left in its folder."""

    folder: Path

    @cached_property
    def summary(self) -> dict[str, Any]:
        """Of vessels, alerts and warnings."""
        found: dict[str, Any] = json.loads((self.folder / "summary.json").read_text())
        return found

    @cached_property
    def actions(self) -> list[dict[str, str]]:
        """All that was done, in order."""
        with (self.folder / "actions.csv").open(encoding="utf-8") as file:
            return list(csv.DictReader(file))

    @cached_property
    def _series(self) -> dict[tuple[str, str], Points]:
        found: dict[tuple[str, str], Points] = defaultdict(list)
        with (self.folder / "readings.csv").open(encoding="utf-8") as file:
            for row in csv.DictReader(file):
                point = (float(row["time_s"]), float(row["value"]))
                found[row["vessel"], row["signal"]].append(point)
        return found

    def series(
        self, vessel: str, signal: str, from_s: float = 0.0, to_s: float = float("inf")
    ) -> Points:
        """One-minute means of a signal, within some time."""
        return [point for point in self._series[vessel, signal] if from_s <= point[0] < to_s]

    def values(self, vessel: str, signal: str, *within: float) -> list[float]:
        """The same without times."""
        return [value for _, value in self.series(vessel, signal, *within)]

    def mean(self, vessel: str, signal: str, *within: float) -> float:
        """Of a signal within some time."""
        found = self.values(vessel, signal, *within)
        return sum(found) / len(found)

    def at(self, vessel: str, signal: str, at_s: float) -> float:
        """The last value before a moment."""
        return self.series(vessel, signal, 0.0, at_s)[-1][1]

    def told(self, action: str, vessel: str | None = None) -> list[str]:
        """Texts of what was noted, asked, sampled or warned of."""
        return [
            row["detail"]
            for row in self.actions
            if row["action"] == action and vessel in (None, row["vessel"])
        ]

    def stay(self, vessel: str, phase: str) -> tuple[float, float]:
        """Seconds at which a vessel first entered and left a phase."""
        visits = self.summary["vessels"][vessel]["phases"]
        visit = next(each for each in visits if each["phase"] == phase)
        return visit["entered_s"], visit["left_s"]

    @property
    def states(self) -> set[str]:
        """How the vessels ended."""
        return {each["state"] for each in self.summary["vessels"].values()}


def rehearse(profile: Path, folder: Path, words: Sequence[str]) -> Rehearsal:
    """Carry out `axenic simulate` with a fixed seed."""
    done = CliRunner().invoke(simulate, [str(profile), "--seed", "1", "--out", str(folder), *words])
    assert done.exit_code == 0, done.output
    return Rehearsal(folder=folder)
