"""What was measured."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

Seconds = Annotated[float, msgspec.Meta(ge=-1e12, le=1e12)]


class CurvesQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which signals, when, and how finely."""

    signal: Annotated[list[str], msgspec.Meta(min_length=1, max_length=50)]
    vessel: list[str] = []
    from_s: Seconds | None = None
    to_s: Seconds | None = None
    points: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 1000
    clock: Literal["process", "wall"] = "process"


class Curve(msgspec.Struct, frozen=True, kw_only=True):
    """One signal of one vessel over time, in columns of equal length."""

    vessel: str
    signal: str
    unit: str
    clock: Literal["process", "wall"]
    resolution_s: float
    """Width of a point; 0 where each is a reading as it was measured."""
    at_s: list[float]
    mean: list[float]
    minimum: list[float]
    maximum: list[float]


class Latest(msgspec.Struct, frozen=True, kw_only=True):
    """The newest reading of a signal at a vessel."""

    vessel: str
    signal: str
    process_s: float
    wall_s: float | None
    value: float
    unit: str


class ReadingsEvent(msgspec.Struct, frozen=True, kw_only=True):
    """Live values: what `event: readings` of `/api/stream` carries."""

    experiment: str
    vessel: str
    at_process_s: float
    at_wall_s: float | None
    values: dict[str, float]
    """signal → value; only those that are new."""
