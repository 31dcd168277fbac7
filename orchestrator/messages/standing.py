"""What a worker tells of one reactor to whoever looks: jobs, settings, signals, bottles."""

from __future__ import annotations

import msgspec

from orchestrator.messages.reports import RunReport, StopReport


class SignalStanding(msgspec.Struct, frozen=True, kw_only=True):
    """The newest value of a signal."""

    value: float | bool | str
    age_s: float
    is_known: bool
    """False where it is too old for conditions."""


class JobStanding(msgspec.Struct, frozen=True, kw_only=True):
    """A job that runs, or ought to."""

    job: str
    state: str
    """ready, paused or lost."""
    automation: str | None
    settings: dict[str, float | bool | str]
    """By short name, in canonical units."""
    signals: dict[str, SignalStanding]
    """By short name."""


class BottleStanding(msgspec.Struct, frozen=True, kw_only=True):
    """A bottle by account."""

    medium: str
    left_ml: float
    """Of waste: how much room."""
    rate_ml_h: float
    """At which it empties, or fills, of the last hours."""
    through_s: float | None
    """When it will be empty, or full, at that rate; None: it is not used."""
    shared: bool


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """A reactor now."""

    worker: str
    reactor: str
    run: RunReport | None
    """None where nothing runs."""
    stopped: StopReport | None
    """An emergency stop that nobody has released."""
    jobs: list[JobStanding] = []
    volume_ml: float | None = None
    bottles: list[BottleStanding] = []
