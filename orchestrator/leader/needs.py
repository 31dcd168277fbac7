"""What a vessel needs of a reactor, and what a reactor lacks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from orchestrator.messages.reports import Capabilities
from orchestrator.model.plan import Plan, Slice


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


def needs_of(plan: Plan) -> tuple[Needs, ...]:
    """What each vessel of a plan needs."""
    return tuple(_of_slice(one) for one in plan.vessels)


def needs_of_json(plan: Mapping[str, Any]) -> tuple[Needs, ...]:
    """The same from a plan's JSON, as it is kept."""
    return tuple(
        Needs(
            vessel=one["vessel"],
            jobs=frozenset(
                {*one.get("jobs", {})}.union(*(p.get("jobs", {}) for p in one.get("phases", ())))
            ),
            media=frozenset(bottle["medium"] for bottle in one.get("media", ())),
            shared=frozenset(b["medium"] for b in one.get("media", ()) if b.get("shared")),
            worker=one.get("worker"),
        )
        for one in plan["vessels"]
    )


def lacks(needs: Needs, capabilities: Capabilities, reactor: str) -> Iterator[str]:
    """What a reactor would have to have, in words."""
    report = capabilities.reactors.get(reactor)
    if report is None:
        yield f"reactor {reactor}"
        return
    pumped = {pump.medium for pump in report.pumps.values()}
    yield from (f"a pump for {medium}" for medium in sorted(needs.media - pumped))
    yield from (f"the job {job}" for job in sorted(needs.jobs - set(capabilities.jobs)))


def _of_slice(one: Slice) -> Needs:
    return Needs(
        vessel=one.vessel,
        jobs=frozenset(one.jobs).union(*(phase.jobs for phase in one.phases)),
        media=frozenset(bottle.medium for bottle in one.media),
        shared=frozenset(bottle.medium for bottle in one.media if bottle.shared),
        worker=one.worker,
    )
