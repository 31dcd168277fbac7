"""The sequences that come with Axenic clean a vessel: each asks first, and none overflows it."""

from __future__ import annotations

import csv
from pathlib import Path

from click.testing import CliRunner

from orchestrator.cli.simulate import simulate
from tests.support.rehearsals import Rehearsal

CLEANING = Path(__file__).parents[2] / "contrib" / "sequences" / "cleaning.yaml"
EXCHANGES = {"purge": 4, "bleach": 15, "rinse": 3, "prime": 3}


def test_a_vessel_is_purged_bleached_rinsed_and_primed(tmp_path: Path) -> None:
    words = [str(CLEANING), "--input", "rinses=3", "--for", "6h", "--seed", "1"]
    done = CliRunner().invoke(simulate, [*words, "--out", str(tmp_path)])
    assert done.exit_code == 0, done.output
    told = Rehearsal(folder=tmp_path)
    assert told.summary["vessels"]["vessel"]["state"] == "completed"
    assert {row["outcome"] for row in told.actions} == {"done"}
    for name, times in EXCHANGES.items():
        own = [row for row in told.actions if f".{name}." in row["action_id"]]
        assert [row["action"] for row in own][:1] == ["ask"]
        assert sum(row["action"] == "dilute" for row in own) == times
    # The waste tube may end at the working volume, so that one exchange more is the peak.
    assert max(told.values("vessel", "sim.volume_ml")) < 17.5
    with (tmp_path / "actions.csv").open(encoding="utf-8") as file:
        waits = [row for row in csv.DictReader(file) if row["detail"] == "20 min"]
    assert [row["action"] for row in waits] == ["wait"]
