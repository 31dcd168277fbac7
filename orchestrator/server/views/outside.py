"""What people and programs bring from outside."""

from __future__ import annotations

from typing import Annotated

import msgspec

from orchestrator.model.event import NAME_MAX

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=NAME_MAX)]


class Press(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A button."""

    button: Name
    vessel: Name | None = None
    """Only there; null is every vessel with a rule that starts on it."""


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What a vessel's worker said to it."""

    vessel: str
    """Or `experiment/vessel` where it went to several experiments."""
    outcome: str
    reason: str


class Brought(msgspec.Struct, frozen=True, kw_only=True):
    """Who was told, and what they said; at least one took it up."""

    vessels: list[Told]
