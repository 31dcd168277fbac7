"""A blank under way: all photodiodes see the cell-free medium, each until it has enough."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from orchestrator.jobs.job import Alert, Command, Finish, Remember, Sensed
from orchestrator.model.outcome import Ending, Outcome
from orchestrator.model.photodiode import PHOTODIODE

BLANK_READINGS = 5
BLANK_INTERVAL_S = 1.0
BLANK_TRIES = 15


class Tally(NamedTuple):
    """What one photodiode has shown of the medium."""

    sum_v: float = 0.0
    readings: int = 0
    tries: int = 0
    fault: str = ""

    @property
    def is_settled(self) -> bool:
        """Whether nothing more is to be expected of it."""
        return self.readings >= BLANK_READINGS or self.tries >= BLANK_TRIES


NO_TALLY = Tally()


class Blanking(NamedTuple):
    """A blank under way."""

    key: str
    tallies: Mapping[str, Tally] = {}


def count(under_way: Blanking, seen: Sensed) -> Blanking:
    """Take a reading into account, unless its photodiode has enough."""
    tally = under_way.tallies.get(seen.sensor, NO_TALLY)
    if tally.is_settled:
        return under_way
    sum_v, readings, tries, _ = tally
    if seen.value is None:
        tally = Tally(sum_v, readings, tries + 1, seen.fault or "no value")
    else:
        tally = Tally(sum_v + seen.value, readings + 1, tries + 1)
    return under_way._replace(tallies={**under_way.tallies, seen.sensor: tally})


def is_over(under_way: Blanking, sensors: tuple[str, ...]) -> bool:
    """Whether each has shown enough, or nothing for too long."""
    return all(under_way.tallies.get(sensor, NO_TALLY).is_settled for sensor in sensors)


def blanks_of(under_way: Blanking) -> dict[str, float]:
    """Volts of the medium, by photodiode, of those that have shown it."""
    return {
        sensor: sum_v / readings
        for sensor, (sum_v, readings, _, _) in under_way.tallies.items()
        if readings >= BLANK_READINGS
    }


def why_failed(under_way: Blanking, makers: tuple[str, ...]) -> str:
    """Which of the photodiodes that od600 is made of has not shown the medium."""
    return next((_silence(under_way, each) for each in makers if not _has(under_way, each)), "")


def conclude(under_way: Blanking, before: Mapping[str, float]) -> tuple[Command, ...]:
    """End it well. Of a silent photodiode that od600 is not made of somebody is told, and its blank
    is what it was `before`."""
    blanks = blanks_of(under_way)
    silent = [sensor for sensor in under_way.tallies if sensor not in blanks]
    told = [Alert(text=f"not blanked: {_silence(under_way, each)}") for each in silent]
    result = {_name(sensor): volts for sensor, volts in blanks.items()}
    kept = {_name(sensor): volts for sensor, volts in before.items()} | result
    done = Finish(key=under_way.key, ending=Ending(outcome=Outcome.DONE), result=result)
    return (Remember(memory=kept), done, *told)


def remembered(memory: Mapping[str, object], sensors: tuple[str, ...]) -> dict[str, float]:
    """The blanks that `conclude` kept."""
    found = {sensor: memory.get(_name(sensor)) for sensor in sensors}
    return {name: float(volts) for name, volts in found.items() if isinstance(volts, int | float)}


def finish(key: str, outcome: Outcome, reason: str) -> Finish:
    """End an action with a reason."""
    return Finish(key=key, ending=Ending(outcome=outcome, reason=reason))


def _has(under_way: Blanking, sensor: str) -> bool:
    return under_way.tallies.get(sensor, NO_TALLY).readings >= BLANK_READINGS


def _silence(under_way: Blanking, sensor: str) -> str:
    fault = under_way.tallies.get(sensor, NO_TALLY).fault or "there is none here"
    return f"the {sensor} is silent: {fault}"


def _name(sensor: str) -> str:
    return "blank_v" if sensor == PHOTODIODE else f"{sensor}.blank_v"
