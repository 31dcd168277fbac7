"""The profile that touches everything, as a case of a seed."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from orchestrator.cli.prepare import prepare
from orchestrator.faults.case import Case
from orchestrator.ports.check import Checked

PROFILE = Path(__file__).parent.parent / "faults" / "stormy.yaml"
START_WALL_S = 1_736_150_400.0


SHARED = PROFILE.with_name("shared.yaml")
LOCKED = PROFILE.with_name("locked.yaml")
"""Interlocks of both vessels."""


@cache
def checked(profile: Path = PROFILE) -> Checked:
    """Once for all tests of a process."""
    return prepare(profile.read_text(), profile.name, {})


def case(seed: int, level: str = "heavy", calm_s: float = 2400.0, profile: Path = PROFILE) -> Case:
    """A run, ready to be lived through."""
    found = checked(profile)
    assert found.plan is not None
    return Case(
        plan=found.plan,
        check=lambda *_: found,
        text=profile.read_text(),
        file_name=profile.name,
        inputs={},
        level=level,
        seed=seed,
        start_wall_s=START_WALL_S,
        calm_s=calm_s,
    )
