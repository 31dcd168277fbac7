"""From a worker: who it is, what it has, what it is doing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

import msgspec


class HandReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a person holds by hand, of a setting or a whole job (SEMANTICS rule 11)."""

    name: str
    """`job.setting`, or a job."""
    value: float | bool | str
    """Of a job: run | stop | hold."""
    by: str
    for_s: float | None = None
    """So long still; None: until it is given back, or the plan writes it anew."""


class RunReport(msgspec.Struct, frozen=True, kw_only=True):
    """Where one vessel's run stands; the worker is the truth of what runs."""

    experiment: str
    attempt: str
    vessel: str
    reactor: str
    revision: int
    plan_hash: str
    state: str
    """`model.experiment.State`."""
    control_seq: int
    phase: str | None = None
    visit: int = 0
    process_s: float = 0.0
    elapsed_s: float = 0.0
    phase_s: float = 0.0
    began_wall_s: float | None = None
    waits_at: str | None = None
    """A phase that all enter together, before which it stands;"""
    waits_for: list[str] = []
    """and the vessels that have not come there yet."""
    hands: list[HandReport] = []
    """What people hold by hand."""


class StopReport(msgspec.Struct, frozen=True, kw_only=True):
    """An emergency stop that nobody has released yet."""

    by: str
    at_wall_s: float
    id: str = ""
    """Another one each time that everything is stopped; a release says which it means."""


class StateMessage(msgspec.Struct, frozen=True, kw_only=True):
    """Retained on `state`; the last will is the same with `state: lost`."""

    worker: str
    session: str
    """Random, new at each start of the process."""
    state: Literal["ready", "stopped", "lost"]
    at_wall_s: float
    clock: Literal["trusted", "uncertain"] = "trusted"
    epoch: int = 0
    runs: list[RunReport] = []
    outbox: str = ""
    outbox_waiting: int = 0
    journal_fault: str = ""
    """Why its disk takes nothing at present: what it measures waits in memory, no dose begins."""
    outbox_room: int | None = None
    """Records that find room until old readings get coarser,"""
    outbox_days: float | None = None
    """and for how many days without the leader that is, with the vessels that run now."""
    disk_free_bytes: int | None = None
    """Left where the worker's journal lies."""
    stopped: dict[str, StopReport] = {}
    """Reactors that stand still until they are released."""


READINGS_A_DAY: Final = 220_000
"""Of one vessel, on the safe side: 110,000 were counted of one with a single photodiode."""


def days_of(room: int, vessels: int) -> float:
    """For how many days so many vessels find room, if no leader comes."""
    return room / (READINGS_A_DAY * max(1, vessels))


def news_of(state: Mapping[str, Any] | None) -> tuple[Any, ...]:
    """The parts of a `StateMessage`, as it was kept, whose change people and programs hear of;
    clocks and counters run on all the time."""
    if state is None:
        return ()
    runs = [
        (
            *(run["attempt"], run["vessel"], run["reactor"], run["state"]),
            *(run["phase"], run["visit"], run.get("waits_at"), run.get("waits_for")),
            [(hand["name"], hand["value"], hand["by"]) for hand in run.get("hands") or ()],
        )
        for run in state["runs"]
    ]
    stopped = sorted(state.get("stopped") or ())
    return state["state"], state["session"], state["clock"], runs, stopped


class PumpReport(msgspec.Struct, frozen=True, kw_only=True):
    """A pump, as the plan knows it."""

    medium: str
    direction: Literal["in", "out"]
    flow_ml_min: float


class ReactorReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a reactor has."""

    sensors: list[str]
    outputs: list[str]
    pumps: dict[str, PumpReport]
    calibrations: dict[str, str]
    capacity_ml: float
    expires: dict[str, float] = {}
    """Device → wall time from which its calibration should be replaced."""
    cameras: list[str] = []
    measured: dict[str, list[str]] = {}
    """Output or pump → signals without which an interlock does not let it be on."""


class KindReport(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of calibration that a plugin brings."""

    kind: str
    raw: str
    """Dimension of what the device shows,"""
    actual: str
    """and of what that is compared with."""
    method: str
    values: list[float] = []
    """Where it is compared unless somebody wants other values."""


class Capabilities(msgspec.Struct, frozen=True, kw_only=True):
    """Retained on `capabilities`; submitting checks against them."""

    worker: str
    version: str
    reactors: dict[str, ReactorReport]
    jobs: list[str]
    tags: list[str] = []
    simulated: bool = False
    plugins: dict[str, str] = {}
    """Name → version, of those that it has."""
    laws: list[str] = []
    """`job.automation` of the laws that they bring."""
    kinds: dict[str, KindReport] = {}
    """Device → how it is compared, by the kinds of calibration that they bring."""


class AnnounceMessage(msgspec.Struct, frozen=True, kw_only=True):
    """What a vessel tells its peers; latched in their ledgers."""

    attempt: str
    vessel: str
    reactor: str = ""
    """Where its live values are: `live/<reactor>/…` of the same worker."""
    left: dict[str, int] = {}
    """phase → visits that it has left."""
    arrived: dict[str, int] = {}
    """phase that all enter together → how often it came to it, or passed it."""
    ended: bool = False
    failed: bool = False
    """It ended, and as failed."""
    pause_seq: int = 0
    """Grows with each request of this vessel that all pause,"""
    resume_seq: int = 0
    """and with each that all resume; whichever is higher is the newer."""


class LogMessage(msgspec.Struct, frozen=True, kw_only=True):
    """On `log`: a line for whoever watches now; the outbox carries it too."""

    at_wall_s: float
    level: Literal["info", "warning", "error", "critical"]
    text: str
