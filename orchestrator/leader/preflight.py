"""What is looked at before a start, each check with its result.

Pure: facts in, checks out. A check that is `bad` keeps the experiment waiting, unless it can be
accepted and somebody did. Further checks are further functions in `CHECKS`, over further facts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from orchestrator.leader.needs import (
    PROBES,
    Needs,
    lacks_hardware,
    uncalibrated,
    unmeasured,
    unproven,
)
from orchestrator.leader.situation import Place
from orchestrator.messages.reports import days_of
from orchestrator.ports.office import Check, CheckResult
from orchestrator.ports.records import Binding

WARN_DAYS = 1.0
"""A weekend is longer, but many vessels on one machine fill any outbox soon."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BottleFact:
    """A bottle and what a rehearsal says of it."""

    vessel: str
    medium: str
    volume_ml: float
    moved_ml: float | None = None
    """None where nobody rehearsed."""
    through_s: float | None = None
    """When it ran dry, or over; None where it lasted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that is known, gathered within limits; None is what could not be found out."""

    needs: Sequence[Needs]
    places: Mapping[Binding, Place]
    bindings: Mapping[str, Binding] | None
    """Where its vessels would run now; None where they cannot."""
    waits_for: str = ""
    """Why not."""
    bottles: Sequence[BottleFact] = ()
    rehearsed: bool = False
    free_mib: int | None = None
    warn_mib: int = 0
    refuse_mib: int = 0
    clock_trusted: bool = True
    worker_clocks: Mapping[str, str] = field(default_factory=dict)
    """Worker → trusted or uncertain."""
    expires_wall_s: Mapping[tuple[Binding, str], float] = field(default_factory=dict)
    """(reactor, device) → until when its calibration holds; those without an end are left out."""
    outbox_room: Mapping[str, int] = field(default_factory=dict)
    """Worker → records that find room there; those that do not say are left out."""
    now_wall_s: float = 0.0
    accepted: frozenset[str] = frozenset()
    """Checks whose complaint somebody takes."""


def preflight(facts: Facts) -> list[Check]:
    """All checks, in the order in which people would look."""
    return [check for look in CHECKS for check in look(facts)]


def in_the_way(checks: Sequence[Check]) -> str:
    """What keeps it from starting wherever it runs; empty if nothing does."""
    return "; ".join(f"{one.name}: {one.text}" for one in checks if one.result == "bad")


def workers(facts: Facts) -> Iterator[Check]:
    """Present and free."""
    if facts.bindings is None:
        yield _check("workers", "waits", facts.waits_for)
        return
    for vessel, binding in facts.bindings.items():
        yield _check("workers", "good", f"{binding} is there and free", vessel=vessel)


def hardware(facts: Facts) -> Iterator[Check]:
    """Jobs, sensors and pumps that the profile needs."""
    for needs, place in _placed(facts):
        missing = ", ".join(lacks_hardware(needs, place.capabilities, place.binding.reactor))
        yield _check(
            "hardware",
            "bad" if missing else "good",
            f"{place.binding} lacks {missing}" if missing else f"{place.binding} has all it needs",
            vessel=needs.vessel,
        )


def calibrations(facts: Facts) -> Iterator[Check]:
    """There, and not too old; what works without one is a warning, which keeps nobody waiting."""
    for needs, place in _placed(facts):
        doubts = [*unproven(needs, place.capabilities, place.binding.reactor)]
        missing = ", ".join(uncalibrated(needs, place.capabilities, place.binding.reactor))
        stale = ", ".join(sorted(_stale(facts, needs, place.binding)))
        text = f"{place.binding} has all that it needs"
        if missing:
            text = f"no calibration of {missing} on {place.binding}"
        elif stale:
            text = f"the calibration of {stale} on {place.binding} is too old"
        result: CheckResult = "bad" if missing else "warning" if stale else "good"
        if result != "good" or not doubts:
            yield _check("calibrations", result, text, vessel=needs.vessel)
        for device in doubts:
            text = _doubt(device, place.binding)
            yield _check("calibrations", "warning", text, vessel=needs.vessel)


def interlocks(facts: Facts) -> Iterator[Check]:
    """Measured, so that nothing is held off for the whole experiment."""
    for needs, place in _placed(facts):
        held = "; ".join(unmeasured(needs, place.capabilities, place.binding.reactor))
        if held:
            text = f"{place.binding}: {held}"
            yield _check("interlocks", "warning", text, vessel=needs.vessel)


def media(facts: Facts) -> Iterator[Check]:
    """Enough, as far as a rehearsal can tell."""
    for bottle in facts.bottles:
        name = f"{bottle.medium} ({bottle.volume_ml:g} mL)"
        if bottle.moved_ml is None:
            words = f"{name}: nobody has rehearsed this plan" if not facts.rehearsed else name
            yield _check("media", "unknown", words, vessel=bottle.vessel)
        elif bottle.through_s is not None:
            hours = bottle.through_s / 3600.0
            text = f"{name} is through after {hours:.1f} h of a rehearsal"
            result: CheckResult = "accepted" if "media" in facts.accepted else "bad"
            yield _check("media", result, text, vessel=bottle.vessel, can_be_accepted=True)
        else:
            text = f"{name}: a rehearsal moved {bottle.moved_ml:.0f} mL"
            yield _check("media", "good", text, vessel=bottle.vessel)


def disk(facts: Facts) -> Iterator[Check]:
    """Room for what will be measured."""
    if facts.free_mib is None:
        yield _check("disk", "unknown", "nobody can say how much room the leader has")
        return
    text = f"{facts.free_mib} MiB are left on the leader"
    result: CheckResult = "good"
    if facts.free_mib < facts.refuse_mib:
        result, text = "bad", f"{text}, {facts.refuse_mib} are needed"
    elif facts.free_mib < facts.warn_mib:
        result = "warning"
    yield _check("disk", result, text)


def outboxes(facts: Facts) -> Iterator[Check]:
    """How long a worker keeps all that it measures, if the leader is away."""
    running = Counter(place.binding.worker for place in facts.places.values() if place.occupied_by)
    coming = Counter(binding.worker for binding in (facts.bindings or {}).values())
    for worker, vessels in sorted(coming.items()):
        room = facts.outbox_room.get(worker)
        if room is None:
            continue
        days = days_of(room, vessels + running[worker])
        text = f"{worker} keeps what it measures for {days:.1f} days without the leader"
        if days < WARN_DAYS:
            text += "; then old readings get coarser: make room on its disk"
        yield _check("disk", "warning" if days < WARN_DAYS else "good", text)


def clock(facts: Facts) -> Iterator[Check]:
    """Of the leader and of those workers that would run it."""
    if facts.clock_trusted:
        yield _check("clock", "good", "the leader's clock is synchronised")
    else:
        text = "the leader's clock is not synchronised: nothing starts at a time of day"
        yield _check("clock", "warning", text)
    for worker in sorted({binding.worker for binding in (facts.bindings or {}).values()}):
        if facts.worker_clocks.get(worker, "uncertain") != "trusted":
            text = f"the clock of {worker} is not synchronised: its cron entries wait until it is"
            yield _check("clock", "warning", text)


CHECKS = (workers, hardware, calibrations, interlocks, media, disk, outboxes, clock)


def _placed(facts: Facts) -> Iterator[tuple[Needs, Place]]:
    for needs in facts.needs:
        binding = (facts.bindings or {}).get(needs.vessel)
        place = facts.places.get(binding) if binding is not None else None
        if place is not None:
            yield needs, place


def _stale(facts: Facts, needs: Needs, binding: Binding) -> Iterator[str]:
    pumps = {f"{medium}_pump" for medium in needs.media}
    for device in needs.calibrated | needs.sensors | pumps:
        until_s = facts.expires_wall_s.get((binding, device))
        if until_s is not None and until_s < facts.now_wall_s:
            yield device


def _doubt(device: str, binding: Binding) -> str:
    until = (
        "what it measures is not known, unless the hardware document gives two points"
        if device in PROBES
        else "its volumes are as right as the flow in the hardware document"
    )
    return (
        f"no calibration of {device} on {binding}: {until}. Compare it with "
        f"'axenic calibrate start {device} --on {binding}'"
    )


def _check(
    name: str, result: CheckResult, text: str, *, vessel: str = "", can_be_accepted: bool = False
) -> Check:
    return Check(
        name=name, result=result, text=text, vessel=vessel, can_be_accepted=can_be_accepted
    )
