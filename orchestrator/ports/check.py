"""Checking a profile, as the shells are given it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.files import NO_FILES, Bundle, Files, Folder
from orchestrator.model.plan import Plan
from orchestrator.model.profile import Profile

__all__ = ["NO_FILES", "Bundle", "Check", "Checked", "Files", "Folder", "Given"]

Given: TypeAlias = Mapping[str, float | bool | str]
"""Inputs as a person or a program gave them: text with units (`42 °C`), or canonical numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What is to be said of a profile, and what it compiles to."""

    diagnostics: Sequence[Diagnostic]
    """All of them at once; a problem with an input points at the input's declaration."""
    profile: Profile | None
    """None where there is an error in the document."""
    plan: Plan | None
    """None where there is any error, in the document or in an input."""
    files: Mapping[str, str] = field(default_factory=dict)
    """The files that it includes, by their paths from its folder: they are part of it."""


Check: TypeAlias = Callable[[str, str, Given, Files], Checked]
"""(text, file name, inputs, what it may include) → `Checked`. It blocks while it thinks: call it in
a thread."""
