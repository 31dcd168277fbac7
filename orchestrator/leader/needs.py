"""What a vessel needs of a reactor, and what a reactor lacks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from orchestrator.messages.reports import Capabilities
from orchestrator.model.canonical import plain
from orchestrator.model.catalogue import SHORT_NAMES
from orchestrator.model.photodiode import PHOTODIODE, is_photodiode
from orchestrator.model.picture import CAMERA
from orchestrator.model.plan import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """Of one vessel."""

    vessel: str
    jobs: frozenset[str]
    media: frozenset[str]
    shared: frozenset[str] = frozenset()
    """Media whose bottle it shares with the other vessels."""
    worker: str | None
    """The worker, or `worker/reactor`, that the profile asks for."""
    sensors: frozenset[str] = frozenset()
    cameras: frozenset[str] = frozenset()
    calibrated: frozenset[str] = frozenset()
    """Devices that have to be calibrated."""
    laws: frozenset[str] = frozenset()
    """`job.automation` of laws that plugins bring."""


DEVICES: Mapping[str, str] = {
    "od_reading": "photodiode",
    "temperature": "thermometer",
    "ph": "ph_probe",
    "dissolved_oxygen": "oxygen_probe",
    "level": "level_probe",
    "scale": "load_cell",
}
"""Job → the sensor without which it knows nothing."""

PROBES = frozenset({"ph_probe", "oxygen_probe", "level_probe", "load_cell"})
"""Without two points of comparison their volts mean nothing."""


def needs_of(plan: Plan) -> tuple[Needs, ...]:
    """What each vessel of a plan needs."""
    return needs_of_json({"vessels": [plain(one) for one in plan.vessels]})


def needs_of_json(plan: Mapping[str, Any]) -> tuple[Needs, ...]:
    """The same from a plan's JSON, as it is kept."""
    return tuple(_of_vessel(one) for one in plan["vessels"])


def _of_vessel(one: Mapping[str, Any]) -> Needs:
    on = [one.get("jobs", {}), *(phase.get("jobs", {}) for phase in one.get("phases", ()))]
    jobs = frozenset[str]().union(*on)
    od = [jobs_on["od_reading"].get("settings", {}) for jobs_on in on if "od_reading" in jobs_on]
    cameras = [jobs_on[CAMERA].get("settings", {}) for jobs_on in on if CAMERA in jobs_on]
    return Needs(
        vessel=one["vessel"],
        jobs=jobs,
        media=frozenset(bottle["medium"] for bottle in one.get("media", ())),
        shared=frozenset(b["medium"] for b in one.get("media", ()) if b.get("shared")),
        worker=one.get("worker"),
        sensors=frozenset(DEVICES[job] for job in jobs & DEVICES.keys())
        | _own_sensors(on)
        | {_photodiode(each) for each in od},
        cameras=frozenset(str(each.get("camera", CAMERA)) for each in cameras)
        | {*_snapshots_in(one)},
        calibrated=frozenset(_photodiode(each) for each in od if each.get("uncalibrated") is False),
        laws=frozenset(one.get("laws", ())),
    )


def _own_sensors(on: Sequence[Mapping[str, Any]]) -> frozenset[str]:
    """Those that signals under names of one's own come from."""
    settings = [jobs["external"].get("settings", {}) for jobs in on if "external" in jobs]
    return frozenset(
        str(value) for each in settings for name, value in each.items() if name.endswith("_sensor")
    )


def _snapshots_in(part: Any) -> Iterator[str]:
    """Cameras that steps of a plan name."""
    if isinstance(part, Mapping):
        if part.get("op") == "snapshot" and "camera" in part:
            yield str(part["camera"])
        part = [*part.values()]
    if isinstance(part, list | tuple):
        for each in part:
            yield from _snapshots_in(each)


def _photodiode(od_reading: Mapping[str, Any]) -> str:
    """The one that od600 is made of; of a mean the first."""
    chosen = str(od_reading.get("od600_from", PHOTODIODE))
    return chosen if is_photodiode(chosen) else PHOTODIODE


def lacks(needs: Needs, capabilities: Capabilities, reactor: str) -> Iterator[str]:
    """What a reactor would have to have, in words."""
    yield from lacks_hardware(needs, capabilities, reactor)
    yield from (f"a calibration of its {d}" for d in uncalibrated(needs, capabilities, reactor))


def lacks_hardware(needs: Needs, capabilities: Capabilities, reactor: str) -> Iterator[str]:
    """Pumps, sensors, jobs and laws."""
    report = capabilities.reactors.get(reactor)
    if report is None:
        yield f"reactor {reactor}"
        return
    pumped = {pump.medium for pump in report.pumps.values()}
    yield from (f"a pump for {medium}" for medium in sorted(needs.media - pumped))
    yield from (f"the sensor {each}" for each in sorted(needs.sensors - set(report.sensors)))
    yield from (f"the camera {each}" for each in sorted(needs.cameras - set(report.cameras)))
    yield from (f"the job {job}" for job in sorted(needs.jobs - set(capabilities.jobs)))
    yield from (f"the automation {law}" for law in sorted(needs.laws - set(capabilities.laws)))


def unmeasured(needs: Needs, capabilities: Capabilities, reactor: str) -> Iterator[str]:
    """What an interlock of the reactor would hold off, since no job of the plan measures for it."""
    report = capabilities.reactors.get(reactor)
    if report is None:
        return
    for device, signals in sorted(report.measured.items()):
        if device in report.pumps and report.pumps[device].medium not in needs.media:
            continue
        missing = [name for name in signals if _job_of(name) not in needs.jobs]
        if missing:
            yield f"{device} waits for {', '.join(missing)}, which no job of it measures"


def _job_of(signal: str) -> str:
    """The job that publishes a signal, which may have a short name."""
    full = {short: name for name, short in SHORT_NAMES.items()}.get(signal, signal)
    return full.partition(".")[0]


def uncalibrated(needs: Needs, capabilities: Capabilities, reactor: str) -> Iterator[str]:
    """Devices that it has, and that need a calibration that it has not (SEMANTICS rule 13)."""
    report = capabilities.reactors.get(reactor)
    if report is not None:
        yield from sorted((needs.calibrated & set(report.sensors)) - set(report.calibrations))


def unproven(needs: Needs, capabilities: Capabilities, reactor: str) -> Iterator[str]:
    """Pumps and probes of the plan that nobody compared with anything: they work all the same."""
    report = capabilities.reactors.get(reactor)
    if report is not None:
        pumps = {name for name, pump in report.pumps.items() if pump.medium in needs.media}
        probes = needs.sensors & PROBES & set(report.sensors)
        yield from sorted((pumps | probes) - set(report.calibrations))
