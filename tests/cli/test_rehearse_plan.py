"""A plan is rehearsed beside the leader, and comes back as what it came to."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.cli.prepare import prepare
from orchestrator.cli.rehearse_plan import beside
from orchestrator.model.canonical import canonical_json, plain
from orchestrator.ports.rehearse import NotRehearsed

PROFILE = """
axenic: profile/1
name: Short
vessels: {only: {volume: 15 mL}}
media: {feed: {bottle: 4 mL}, waste: {bottle: 1 L}}
jobs:
  stirring: {target: 500 rpm}
  dosing: {automation: chemostat, dilution_rate: 0.4 /h, exchange: 1 mL}
phases:
  - {name: run, duration: 2 h}
"""


@pytest.mark.processes
async def test_a_rehearsal_tells_how_long_and_which_bottle_runs_dry(tmp_path: Path) -> None:
    plan = prepare(PROFILE, str(tmp_path / "p.yaml"), {}).plan
    assert plan is not None
    found = await beside(canonical_json(plain(plan)).decode())
    assert found["duration_s"] == pytest.approx(7200.0, abs=120.0)
    feed = next(each for each in found["bottles"] if each["medium"] == "feed")
    assert 1800.0 < feed["through_s"] < 7200.0


@pytest.mark.processes
async def test_what_is_no_plan_is_not_rehearsed() -> None:
    with pytest.raises(NotRehearsed, match="ended with 1"):
        await beside('{"vessels": "none"}')
