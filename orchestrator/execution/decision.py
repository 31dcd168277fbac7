"""What the pure core answers: what to write down, what to do, what is wanted, when to look
again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from orchestrator.execution.bands import Band
from orchestrator.model.key import ActionKey
from orchestrator.model.ledger import Entry


class Moment(NamedTuple):
    """Now, as the core sees it."""

    process_s: float
    """Seconds since the run began on this worker, pauses and outages included (SEMANTICS rule
    6)."""
    wall_s: float | None
    """UTC, or None while the clock is not trusted: then nothing on the wall clock fires."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Perform:
    """Something that the shell has to carry out and to report back with an ACTION_ENDED entry.

    Its ACTION_BEGAN stands in the same decision; the shell makes that durable first where the
    action cannot be repeated.
    """

    key: ActionKey
    action: str
    """dose | dilute | circulate | sample | blank | snapshot"""
    args: Mapping[str, Any] = field(default_factory=dict)
    """Evaluated: volume_ml, medium, duration_s, …"""
    repeatable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Announce:
    """Something for other vessels of the experiment: a pause for all, a phase left."""

    what: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class JobWanted:
    """A job as it should be running now."""

    automation: str | None
    settings: Mapping[str, float | bool | str]
    """Every setting with its value at this moment: job, phase, items, ramps and overrides folded
    (SEMANTICS rule 11). A value that needs an unknown signal is left out and keeps its last."""
    paused: bool = False
    """Automations and doses stand still while the vessel is paused (SEMANTICS rule 8)."""


Wanted = Mapping[str, JobWanted]
"""By job; a job that is not named is to be stopped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One look at the world."""

    entries: tuple[Entry, ...] = ()
    """Already applied to the view; the shell makes them durable, in this order."""
    performs: tuple[Perform, ...] = ()
    cancels: tuple[ActionKey, ...] = ()
    """Actions under way that are to stop as soon as they safely can (their item was cancelled)."""
    announces: tuple[Announce, ...] = ()
    wanted: Wanted = field(default_factory=dict)
    look_again_s: float = float("inf")
    """Process seconds at which something falls due if nothing happens before."""
    bands: Mapping[str, Band] = field(default_factory=dict)
    """By signal: a new value between these two decides nothing, as long as nothing else happened. A
    signal that is not named decides nothing at all."""
