"""What devices were compared with: from a worker to whoever keeps copies, and back for import."""

from __future__ import annotations

from typing import Literal

import msgspec

from orchestrator.model.calibration import Calibration, Method, Point


class CalibrationRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One calibration of one device (`model.calibration.Calibration`), in canonical units."""

    reactor: str
    device: str
    name: str
    kind: str
    """pump, od, stirrer, temperature, ph, oxygen, level, scale, or one that a plugin brings."""
    method: Method
    points: list[tuple[float, float]]
    """Raw and actual."""
    degree: int = 2
    """Of a polynomial."""
    made_wall_s: float | None = None
    by: str = ""
    note: str = ""
    valid_for_s: float | None = None
    active: bool = False
    """Readings and doses of this device are made by it."""
    raw_type: str = ""
    """Dimensions of its points, of a plugin's kind; the built-in ones are known."""
    actual_type: str = ""
    curve: list[tuple[float, float]] = []
    """Through which its curve goes, where a plugin laid it."""

    def calibration(self) -> Calibration:
        """The value without its place."""
        return Calibration(
            name=self.name,
            device=self.device,
            kind=self.kind,
            method=self.method,
            points=tuple(Point(raw=raw, actual=actual) for raw, actual in self.points),
            degree=self.degree,
            made_wall_s=self.made_wall_s,
            by=self.by,
            note=self.note,
            valid_for_s=self.valid_for_s,
            raw_type=self.raw_type,
            actual_type=self.actual_type,
            curve=tuple(Point(raw=raw, actual=actual) for raw, actual in self.curve),
        )


def record_of(reactor: str, made: Calibration, *, active: bool = False) -> CalibrationRecord:
    """A calibration with its place."""
    return CalibrationRecord(
        reactor=reactor,
        device=made.device,
        name=made.name,
        kind=made.kind,
        method=made.method,
        points=[(point.raw, point.actual) for point in made.points],
        degree=made.degree,
        made_wall_s=made.made_wall_s,
        by=made.by,
        note=made.note,
        valid_for_s=made.valid_for_s,
        active=active,
        raw_type=made.raw_type,
        actual_type=made.actual_type,
        curve=[(point.raw, point.actual) for point in made.curve],
    )


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What a person is to say of a comparison."""

    question: str
    type: str
    """A dimension, whose canonical unit the answer is in."""
    expected: float | None = None
    """What the answer will be, more or less."""


class SessionRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A session of comparisons, as it stands."""

    id: str
    reactor: str
    device: str
    kind: str
    by: str
    began_wall_s: float
    stage: str
    """preparing, acting, asking, complete."""
    done: int
    """Comparisons that have both values,"""
    of: int
    """of so many."""
    prepare: str = ""
    """What a person does before the machine may begin."""
    asked: Asked | None = None
    raw: float | None = None
    """What the device showed or was told, while that is asked about."""
    sensor: str = ""
    """The sensor that shows what is compared, as it comes; empty where none does."""
    lasts_s: float = 0.0
    """For how long the act of this comparison goes on, more or less."""
    points: list[tuple[float, float]] = []
    trouble: str = ""
    """Why the last act has to be done again."""
    raw_type: str = ""
    """Dimensions of its points, of a plugin's kind; the built-in ones are known."""
    actual_type: str = ""
    method: str = ""
    """How a plugin's kind is fitted."""
    room_ml: float | None = None
    """What the vessel can take if an outlet hangs in it after all."""


Verdict = Literal["passed", "failed", "unseen", "skipped"]


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """What a self-test made of one device."""

    device: str
    result: Verdict
    """unseen: nothing here measures what it does; skipped: it could not be tried now."""
    figure: str = ""
    reason: str = ""
    """Where it did not pass."""


class SelfTest(msgspec.Struct, frozen=True, kw_only=True):
    """A reactor that tries its own devices."""

    id: str
    reactor: str
    by: str
    began_wall_s: float
    ended_wall_s: float | None = None
    """None while it is under way."""
    trials: list[Trial] = []
    trouble: str = ""
    """Why it did not come to its end."""


class CalibrationsMessage(msgspec.Struct, frozen=True, kw_only=True):
    """Retained on `calibrations`: all that the worker keeps, the sessions that are open, and the
    last self-test of each reactor."""

    worker: str
    calibrations: list[CalibrationRecord] = []
    sessions: list[SessionRecord] = []
    self_tests: list[SelfTest] = []
