"""What was measured, beside what it is measured against."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Measure = Literal["ours", "ratio"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """A bound from the design, on our figure or on its ratio to the baseline."""

    text: str
    """As the design puts it."""
    of: Measure = "ours"
    most: float | None = None
    least: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One line of the table."""

    what: str
    ours: float
    unit: str
    baseline: float | None = None
    """The bare thing that does the least that could be called the same, in the same unit."""
    baseline_is: str = ""
    budget: Budget | None = None
    quoted: str = ""
    """What the design says that others reach; measured elsewhere, not by us."""
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """Ours as a multiple of the baseline."""
        return self.ours / self.baseline if self.baseline else None

    @property
    def met(self) -> bool | None:
        """Whether the budget is kept; None where there is none to keep."""
        if self.budget is None:
            return None
        value = self.ours if self.budget.of == "ours" else self.ratio
        if value is None:
            return None
        most, least = self.budget.most, self.budget.least
        return (most is None or value <= most) and (least is None or value >= least)
