"""What is known of a plugin's job, or law, without having loaded any of its code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from orchestrator.jobs.guest import OnLoss, Place
from orchestrator.jobs.job import Signal
from orchestrator.plugin_host.wire import Config

WITHIN_S = 5.0
MEMORY_MB = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestSpec:
    """One kind of job, or a law, as its plugin's documents declare it."""

    name: str
    plugin: str
    folder: str
    """Where its modules lie; stands in front of Python's path."""
    module: str
    attribute: str
    """The class, in that module."""
    watches: tuple[str, ...] = ()
    signals: Mapping[str, Signal] = field(default_factory=dict)
    within_s: float = WITHIN_S
    """Seconds of the room that a step may take."""
    memory_mb: int = MEMORY_MB
    """The most that its process may take."""
    on_loss: OnLoss = OnLoss.RESTART
    leads: str = ""
    """Of a law: the job that follows it."""


def config_of(spec: GuestSpec, place: Place) -> Config:
    """What its process is told when it is to work at some place."""
    return Config(
        name=spec.name,
        folder=spec.folder,
        module=spec.module,
        attribute=spec.attribute,
        memory_mb=spec.memory_mb,
        vessel=place.vessel,
        simulated=place.simulated,
        options=dict(place.options),
        seed=place.seed,
    )
