"""Experiments as `/api` shows them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Annotated, Any, Literal

import msgspec

from orchestrator.model.experiment import State
from orchestrator.ports import records
from orchestrator.ports.entries import PRIORITY_MAX
from orchestrator.server.views.common import Cursor, Limit

Scalar = float | bool | str
FILES_MAX = 500
"""Files that a profile may include."""
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
Text = Annotated[str, msgspec.Meta(max_length=5000)]
Note = Annotated[str, msgspec.Meta(max_length=500)]
Tags = Annotated[
    list[Annotated[str, msgspec.Meta(min_length=1, max_length=60)]], msgspec.Meta(max_length=50)
]
Labels = Annotated[
    dict[str, Annotated[str, msgspec.Meta(max_length=100)]], msgspec.Meta(max_length=200)
]
Asked = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Priority = Annotated[int, msgspec.Meta(ge=-PRIORITY_MAX, le=PRIORITY_MAX)]
Moment = Annotated[float, msgspec.Meta(ge=0.0, le=4e9)]
Cron = Annotated[str, msgspec.Meta(max_length=100)]
Zone = Annotated[str, msgspec.Meta(max_length=60)]


def keep_inside(files: Iterable[str]) -> None:
    """Refuse names of files that are no paths from the profile's folder on.

    Raises:
        ValueError: one is not.
    """
    for name in files:
        parts = name.split("/")
        if len(name) > 255 or not name.isprintable() or "\\" in name:
            raise ValueError(f"files: {name[:60]!r} is no path of a file")
        if any(part in ("", ".", "..") for part in parts):
            raise ValueError(f"files: {name!r} leads out of the profile's folder")


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
    bindings: dict[str, Asked] = {}
    """vessel → `worker`, `worker/reactor`, `tag:<tag>` or `pool:<pool>`; a vessel that is missing
    takes any free reactor."""
    name: Name | None = None
    """The profile's if there is none; so are description and tags."""
    description: Text = ""
    tags: Tags = []
    labels: Labels = {}
    priority: Priority = 0
    not_before_wall_s: Moment | None = None
    every: Cron = ""
    """A cron entry: it starts at each such moment, as a new experiment each time."""
    every_zone: Zone = ""
    """The cluster's if it is empty."""
    hold: Note | None = None
    """It does not start by itself while this stands; a text says why."""

    def __post_init__(self) -> None:
        keep_inside(self.files)


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
    description: str
    tags: list[str]
    labels: dict[str, str]
    """vessel → what people call it."""
    asked: dict[str, str]
    """vessel → what was asked for: `worker`, `worker/reactor`, `tag:<tag>` or `pool:<pool>`."""
    priority: int
    not_before_wall_s: float | None
    every: str
    every_zone: str
    hold: str | None
    """Why somebody keeps it from starting by itself."""
    accepted: list[str]
    """Checks before the start whose complaint somebody takes."""
    version: int
    """Grows with each change; it is the `ETag` too."""


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
        **_fields(record) | {"description": record.words.description or description},
        timezone=timezone,
        runs=runs,
        charts=charts,
        phases=phases,
        limits=limits,
        buttons=buttons,
        profile_text_url=f"/api/experiments/{record.id}/profile",
    )


def _fields(record: records.Experiment) -> dict[str, Any]:
    fields: dict[str, Any] = {
        name: getattr(record, name)
        for name in Experiment.__struct_fields__
        if hasattr(record, name)
    }
    words, terms = asdict(record.words), asdict(record.terms)
    return fields | {
        **words,
        **terms,
        "tags": list(record.words.tags),
        "accepted": list(record.terms.accepted),
        "vessels": list(record.vessels),
        "bindings": {vessel: str(at) for vessel, at in record.bindings.items()},
        "inputs": dict(record.inputs),
    }
