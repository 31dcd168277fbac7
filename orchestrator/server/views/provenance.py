"""What an experiment's data rest on."""

from __future__ import annotations

import msgspec

from orchestrator.server.views.experiments import Scalar


class RevisionMade(msgspec.Struct, frozen=True, kw_only=True):
    """What it ran by, at one revision."""

    revision: int
    file: str
    library_path: str
    """Where the library has just this profile; empty if it does not, or did not then."""
    commit: str | None
    """Of the library, at which it stands there."""
    profile_hash: str
    plan_hash: str
    inputs: dict[str, Scalar]
    actor: str
    at_wall_s: float | None


class LeaderMade(msgspec.Struct, frozen=True, kw_only=True):
    """The leader's own software."""

    version: str
    python: str
    system: str


class ReactorMade(msgspec.Struct, frozen=True, kw_only=True):
    """What was in force at a reactor."""

    calibrations: dict[str, str]
    """Device → name of its calibration."""


class WorkerMade(msgspec.Struct, frozen=True, kw_only=True):
    """A worker's own software, and its reactors that took part."""

    version: str
    simulated: bool
    plugins: dict[str, str]
    """Name → version."""
    reactors: dict[str, ReactorMade]


class AttemptMade(msgspec.Struct, frozen=True, kw_only=True):
    """With what an attempt began."""

    attempt: str
    bindings: dict[str, str]
    """vessel → `worker` or `worker/reactor`."""
    leader: LeaderMade | None
    """Null where nobody wrote it down then."""
    workers: dict[str, WorkerMade]


class ImportMade(msgspec.Struct, frozen=True, kw_only=True):
    """It did not happen here."""

    by: str
    at_wall_s: float
    sha256: str
    """Of the bundle."""


class Provenance(msgspec.Struct, frozen=True, kw_only=True):
    """All of it: each reading names its attempt, revision, worker and calibration."""

    experiment: str
    name: str
    actor: str
    created_wall_s: float
    revisions: list[RevisionMade]
    attempts: list[AttemptMade]
    imported: ImportMade | None = None
    """By whom, and from which bundle; null where it happened here."""
