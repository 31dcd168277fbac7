"""Experiments as `/api` shows them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from orchestrator.model.experiment import State
from orchestrator.ports import records
from orchestrator.server.views.common import Cursor, Limit

Scalar = float | bool | str
FILES_MAX = 500
"""Files that a profile may include."""


class ExperimentsQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which ones."""

    state: list[State] = []
    limit: Limit = 50
    cursor: Cursor | None = None


class NewExperiment(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A profile to be run."""

    text: str
    file: Annotated[str, msgspec.Meta(min_length=1, max_length=255)] = "profile.yaml"
    files: Annotated[dict[str, str], msgspec.Meta(max_length=FILES_MAX)] = {}
    """What the profile includes, by paths from its folder (`parts/growth.yaml`)."""
    inputs: dict[str, Scalar] = {}
    """By name: text with units (`42 °C`), or canonical numbers."""
    bindings: dict[str, str] = {}
    """vessel → `worker` or `worker/reactor`; a vessel that is missing takes any free one."""


class Experiment(msgspec.Struct, frozen=True, kw_only=True):
    """One execution of a profile by somebody."""

    id: str
    name: str
    state: State
    reason: str
    """Why it waits, failed or was cancelled."""
    actor: str
    vessels: list[str]
    bindings: dict[str, str]
    """vessel → `worker` or `worker/reactor`."""
    inputs: dict[str, Scalar]
    file_name: str
    profile_hash: str
    plan_hash: str
    git_commit: str | None
    revision: int
    attempt: str | None
    wanted: Literal["running", "paused", "finished", "cancelled"]
    wanted_by: str
    created_wall_s: float
    started_wall_s: float | None
    ended_wall_s: float | None


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """One vessel's part in the newest attempt."""

    vessel: str
    worker: str | None
    reactor: str | None
    state: State
    reason: str
    answer: Literal["pending", "accepted", "refused"]
    """Of the worker, to the plan."""
    revision: int
    """By which it runs; behind the experiment's while its worker is away."""
    phase: str | None
    visit: int
    process_s: float
    """Since it began, as last heard."""
    phase_s: float | None
    """On its phase's clock, as last heard; null where its worker has not told."""
    began_wall_s: float | None
    ended_wall_s: float | None
    waits_at: str | None
    """A phase that all enter together, before which it stands, as its worker told last;"""
    waits_for: list[str]
    """and the vessels that had not come there."""


class ChartSeries(msgspec.Struct, frozen=True, kw_only=True):
    """One curve, of one vessel or of each."""

    signal: str
    label: str
    unit: str
    vessel: str | None = None
    """Null is all."""
    axis: Literal["left", "right"] = "left"


class ChartAxis(msgspec.Struct, frozen=True, kw_only=True):
    """One side of a chart."""

    label: str
    unit: str = ""
    minimum: float | None = None
    maximum: float | None = None


class Chart(msgspec.Struct, frozen=True, kw_only=True):
    """A chart that the profile declares."""

    name: str
    title: str
    series: list[ChartSeries]
    left: ChartAxis | None = None
    right: ChartAxis | None = None
    window_s: float | None = None
    """How much of the past to show at first; null is all."""


class PhaseOutline(msgspec.Struct, frozen=True, kw_only=True):
    """A phase, as the plan has it."""

    name: str
    duration_s: float | None = None
    """Null where it ends by a condition, or with its work."""


class Button(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a person can press, since rules start on it."""

    name: str
    vessels: list[str]
    """Where there are such rules."""


class ExperimentDetail(Experiment, frozen=True, kw_only=True):
    """An experiment with all that its page shows at once."""

    description: str
    timezone: str
    runs: list[Run]
    charts: list[Chart]
    phases: list[PhaseOutline]
    """In the order of the profile; a vessel's own stays are at `/phases`."""
    limits: dict[str, dict[str, float]]
    """vessel → limit → value in canonical units."""
    buttons: list[Button]
    """What rules of it start on when it is pressed, at `/press`."""
    profile_text_url: str


def experiment_view(record: records.Experiment) -> Experiment:
    """An experiment as its list shows it."""
    return Experiment(**_fields(record))


def experiment_detail(
    record: records.Experiment,
    *,
    description: str,
    timezone: str,
    runs: list[Run],
    charts: list[Chart],
    phases: list[PhaseOutline],
    limits: dict[str, dict[str, float]],
    buttons: list[Button],
) -> ExperimentDetail:
    """An experiment as its page shows it."""
    return ExperimentDetail(
        **_fields(record),
        description=description,
        timezone=timezone,
        runs=runs,
        charts=charts,
        phases=phases,
        limits=limits,
        buttons=buttons,
        profile_text_url=f"/api/experiments/{record.id}/profile",
    )


def _fields(record: records.Experiment) -> dict[str, Any]:
    fields: dict[str, Any] = {name: getattr(record, name) for name in Experiment.__struct_fields__}
    return fields | {
        "vessels": list(record.vessels),
        "bindings": {vessel: str(at) for vessel, at in record.bindings.items()},
        "inputs": dict(record.inputs),
    }
