"""`axenic statistics` against a real server."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result

from orchestrator.cli.statistics import statistics
from orchestrator.ports.statistics import Expected
from tests.support.served import Served, served
from tests.support.stores import HOUR_S, RUN, commit, entry, lived

KEY = f"{RUN}:hold#1:stir@60:0"


async def fill(leader: Served) -> None:
    store = leader.store
    expected = Expected(least_s=HOUR_S, most_s=3 * HOUR_S, basis="a rehearsal", profile="Hold")
    await lived(store, "20270115-a", lasted_h=4, expected=expected)
    await lived(store, "b", began_h=5, lasted_h=2, expected=expected)
    await lived(store, "c", began_h=8, end="fail", actor="bob")
    await commit(
        store,
        entry("phase_entered", 0.0, phase="hold", visit=1),
        entry("action_began", 60.0, KEY, action="set", detail="stirring.target = 500 rpm"),
        entry("action_ended", 61.0, KEY, outcome="late", reason="begun 40 s late"),
    )


def test_what_fared_how_is_shown_for_people_and_for_programs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def axenic(*words: str, exit_code: int = 0) -> str:
        shown: Result = CliRunner().invoke(statistics, list(words))
        assert shown.exit_code == exit_code, shown.output
        return shown.output

    with served() as leader:
        monkeypatch.setenv("AXENIC_LEADER", leader.url)
        assert axenic().splitlines()[-1].split()[:3] == ["all", "0", "–"]
        leader.on_its_loop(lambda: fill(leader))
        head, hold, total = axenic().splitlines()
        assert head.split()[:3] == ["profile", "attempts", "success"]
        assert hold.split()[:3] == ["Hold", "3", "67%"]
        assert hold.endswith("3 h 00 min  150%, 1 of 2 within")
        assert total.split()[:2] == ["all", "3"]
        by_user = json.loads(axenic("--by", "user", "--format", "json"))
        assert [each["name"] for each in by_user["items"]] == ["bob", "ada"]
        assert axenic("--by", "vessel", "--limit", "1").splitlines()[1].startswith("other ")
        first = axenic("attempts", "--limit", "1").splitlines()
        cursor = first[-1].rpartition(" ")[2]
        assert "There is more" in first[-1]
        later = axenic("attempts", "--cursor", cursor, "--user", "ada").splitlines()
        assert [line.split()[0] for line in later[1:]] == ["b.1", "20270115-a.1"]
        assert later[1].rstrip().endswith("1 h 00 min to 3 h 00 min (a rehearsal)")
        assert later[2].rstrip().endswith("1 late")
        steps = axenic("steps", "20270115-a.1").splitlines()
        assert steps[1].split() == ["0", "s", "v1", "phase", "hold", "–"]
        assert steps[2].endswith("stirring.target = 500 rpm  late: begun 40 s late")
        assert "there is no attempt e9.1" in axenic("steps", "e9.1", exit_code=1)
