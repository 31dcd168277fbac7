"""Revisions of an experiment."""

from __future__ import annotations

import msgspec

from orchestrator.ports import records
from orchestrator.server.views.experiments import Scalar
from orchestrator.server.views.profiles import CheckRequest


class RevisionQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which one; the one before that in force if none is named."""

    revision: int | None = None


class NewRevision(CheckRequest, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Another profile for what runs."""

    difference: str
    """Hash of the difference that was shown."""
    accept_jumps: bool = False
    """Settings may be others at once."""
    move_to: str = ""
    """Where vessels go whose phase it does not have."""


class Rollback(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Back to an earlier revision."""

    difference: str
    """Hash of the difference that was shown."""
    revision: int | None = None
    """The one before that in force if none is named."""
    accept_jumps: bool = False
    move_to: str = ""


class Revision(msgspec.Struct, frozen=True, kw_only=True):
    """What an experiment ran by."""

    revision: int
    file_name: str
    profile_hash: str
    plan_hash: str
    inputs: dict[str, Scalar]
    actor: str
    at_wall_s: float
    accept_jumps: bool
    move_to: str


def revision_view(kept: records.Documents, experiment: records.Experiment) -> Revision:
    """One as it is told; the first is whoever's who submitted it."""
    first = kept.at_wall_s is None
    return Revision(
        revision=kept.revision,
        file_name=kept.file_name,
        profile_hash=kept.profile_hash,
        plan_hash=kept.plan_hash,
        inputs=dict(kept.inputs),
        actor=kept.actor or experiment.actor,
        at_wall_s=experiment.created_wall_s if first else kept.at_wall_s or 0.0,
        accept_jumps=kept.accept_jumps,
        move_to=kept.move_to,
    )
