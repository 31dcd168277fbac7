"""Profiles, and what is to be said of them."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from orchestrator.server.views.experiments import FILES_MAX, Scalar, keep_inside
from orchestrator.server.views.history import TimetableRow


class ShippedProfile(msgspec.Struct, frozen=True, kw_only=True):
    """A profile that comes with Axenic."""

    file: str
    name: str
    description: str
    tags: list[str]


class ProfileText(msgspec.Struct, frozen=True, kw_only=True):
    """One of them, as written."""

    file: str
    text: str
    files: dict[str, str] = {}
    """What it includes, by paths from its folder."""


class CheckRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A profile to look at."""

    text: str
    file: Annotated[str, msgspec.Meta(min_length=1, max_length=255)] = "profile.yaml"
    files: Annotated[dict[str, str], msgspec.Meta(max_length=FILES_MAX)] = {}
    """What it includes, by paths from its folder."""
    inputs: dict[str, Scalar] = {}

    def __post_init__(self) -> None:
        keep_inside(self.files)


class Site(msgspec.Struct, frozen=True, kw_only=True):
    """Where a file was included from, or what an automation stands in for."""

    file: str
    line: int
    column: int
    how: Literal["included", "expanded"]


class Diagnostic(msgspec.Struct, frozen=True, kw_only=True):
    """What was found, where, and what would be right; lines and columns count from 1."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int
    severity: Literal["error", "warning"]
    code: str
    message: str
    suggestion: str | None
    included_from: list[Site] = []
    """Of an included file: where, from the inside out."""


class Input(msgspec.Struct, frozen=True, kw_only=True):
    """Something that the profile asks its user for."""

    name: str
    type: str
    unit: str
    """Canonical; empty for plain numbers, texts and choices."""
    default: Scalar | None
    """In canonical units; null: must be given."""
    minimum: float | None
    maximum: float | None
    choices: list[str]
    description: str
    step: float | None
    """By how much a form moves it."""
    section: str
    """Under which heading a form asks for it; empty: under none."""
    vessels: dict[str, Scalar]
    """What the profile itself says for single vessels, which comes before what is chosen."""


class ProfileSummary(msgspec.Struct, frozen=True, kw_only=True):
    """What a profile without errors is about."""

    name: str
    description: str
    tags: list[str]
    vessels: list[str]
    inputs: list[Input]


class CheckResult(msgspec.Struct, frozen=True, kw_only=True):
    """All that is to be said of a profile."""

    ok: bool
    diagnostics: list[Diagnostic]
    profile: ProfileSummary | None
    timetable: list[TimetableRow] | None
    """Of the first fourteen days, as if it started now; null where it does not compile."""
