"""A profile that cannot be planned with these inputs."""

from __future__ import annotations

from collections.abc import Sequence

from orchestrator.documents.diagnostic import Diagnostic


class PlanningRefused(ValueError):
    """The user has to change an input or the profile; all problems at once."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        super().__init__("; ".join(each.message for each in diagnostics))
        self.diagnostics = tuple(diagnostics)
