"""The built-in jobs by name, in the order in which they are stepped: what measures before what acts
on it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from orchestrator.jobs.camera import Camera
from orchestrator.jobs.dosing import Dosing
from orchestrator.jobs.external import External
from orchestrator.jobs.gas import Gas
from orchestrator.jobs.growth_rate import GrowthRate
from orchestrator.jobs.job import Job, Signal
from orchestrator.jobs.leds import Leds
from orchestrator.jobs.monitor import Monitor
from orchestrator.jobs.od_reading import OdReading
from orchestrator.jobs.probes import DissolvedOxygen, Level, Ph, Scale
from orchestrator.jobs.stirring import Stirring
from orchestrator.jobs.temperature import Temperature

BUILT_IN: Final[Mapping[str, Job[Any]]] = MappingProxyType(
    {
        job.name: job
        for job in (
            Stirring(),
            Temperature(),
            Leds(),
            Gas(),
            Ph(),
            DissolvedOxygen(),
            Level(),
            Scale(),
            Monitor(),
            Camera(),
            External(),
            OdReading(),
            GrowthRate(),
            Dosing(),
        )
    }
)
"""Jobs hold no state of their own, so that one instance serves every vessel."""

SIGNALS: Final[Mapping[str, Signal]] = MappingProxyType(
    {name: signal for job in BUILT_IN.values() for name, signal in job.signals.items()}
)
"""Everything that they publish."""


class UnknownJob(KeyError):
    """There is no such job here; a plan that names it is to be refused."""


def job_named(name: str) -> Job[Any]:
    """Return a built-in job."""
    try:
        return BUILT_IN[name]
    except KeyError:
        raise UnknownJob(f"no job {name!r}; there are {', '.join(BUILT_IN)}") from None
