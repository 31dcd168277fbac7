"""The profile that touches everything, as a case of a seed."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from orchestrator.cli.prepare import prepare
from orchestrator.faults.case import Case
from orchestrator.ports.check import Checked

PROFILE = Path(__file__).parent.parent / "faults" / "stormy.yaml"
START_WALL_S = 1_736_150_400.0


@cache
def checked() -> Checked:
    """Once for all tests of a process."""
    return prepare(PROFILE.read_text(), PROFILE.name, {})


def case(seed: int, level: str = "heavy", calm_s: float = 2400.0) -> Case:
    """A run, ready to be lived through."""
    found = checked()
    assert found.plan is not None
    return Case(
        plan=found.plan,
        check=lambda *_: found,
        text=PROFILE.read_text(),
        file_name=PROFILE.name,
        inputs={},
        level=level,
        seed=seed,
        start_wall_s=START_WALL_S,
        calm_s=calm_s,
    )
