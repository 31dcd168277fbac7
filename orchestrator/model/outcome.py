"""How an action ended."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """Every way in which an action can end (SEMANTICS rule 5)."""

    DONE = "done"
    LATE = "late"
    """Carried out, but begun after its grace."""
    SKIPPED = "skipped"
    REFUSED = "refused"
    FAILED = "failed"
    UNKNOWN = "unknown"
    """Begun, and nobody can say how far it got; never repeated by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """An outcome with its reason in plain words (empty only for `done`)."""

    outcome: Outcome
    reason: str = ""
