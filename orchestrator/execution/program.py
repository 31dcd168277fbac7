"""A slice made ready to run: conditions compiled, phases found by name."""

from __future__ import annotations

from orchestrator.model.plan import Slice


class Program:
    """What one vessel is to do, for as long as its revision stands. Immutable."""

    def __init__(
        self,
        slice_: Slice,
        attempt: str,
        experiment: str,
        revision: int = 1,
        timezone: str = "UTC",
        plan_hash: str = "",
    ) -> None:
        self.slice = slice_
        self.vessel = slice_.vessel
        self.attempt = attempt
        self.experiment = experiment
        self.revision = revision
        self.timezone = timezone
        self.plan_hash = plan_hash
