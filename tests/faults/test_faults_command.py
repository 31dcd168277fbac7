"""`axenic simulate --faults`."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from orchestrator.cli import under_faults
from orchestrator.cli.simulate import simulate
from orchestrator.faults.case import Verdict
from tests.support.stormy_case import PROFILE

STORM = [str(PROFILE), "--faults", "heavy", "--for", "5min"]


def test_one_run_says_what_passed_and_keeps_its_files(tmp_path: Path) -> None:
    ran = CliRunner().invoke(simulate, [*STORM, "--seed", "4", "--out", str(tmp_path)])
    assert ran.exit_code == 0, ran.output
    assert "1 runs" in ran.output
    assert "no invariant was broken" in ran.output
    assert (tmp_path / "seed-4" / "ledger-left.jsonl").read_text().startswith('{"kind"')


def test_a_failed_run_tells_its_seed_and_how_to_repeat_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_wanted: object, seed: int) -> Verdict:
        return Verdict(
            seed=seed,
            violations=["no dose is repeated (left): x was pumped 2 times"] if seed == 12 else [],
            passed_s=60.0,
            troubles=(),
            counts={"doses": 3},
            artifacts={"log.txt": "x\n"},
        )

    monkeypatch.setattr(under_faults, "rehearse_once", broken)
    monkeypatch.setattr(
        under_faults, "run_many", lambda one, first, runs: map(one, range(first, first + runs))
    )
    ran = CliRunner().invoke(
        simulate, [*STORM, "--seed", "11", "--runs", "3", "--out", str(tmp_path)]
    )
    assert ran.exit_code == 1
    assert "seed 12:" in ran.output
    assert f"axenic simulate {PROFILE} --faults heavy --for 5min --seed 12" in ran.output
    assert "1 of 3 runs broke an invariant" in ran.output
    assert [each.name for each in tmp_path.iterdir()] == ["seed-12"]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--answers", str(PROFILE)], "--answers"),
        (["--event", "6h=button:x"], "--event"),
    ],
)
def test_what_makes_no_sense_under_faults_is_refused(more: list[str], said: str) -> None:
    ran = CliRunner().invoke(simulate, [*STORM, *more])
    assert ran.exit_code == 1
    assert said in ran.output


def test_many_runs_without_faults_are_refused() -> None:
    ran = CliRunner().invoke(simulate, [str(PROFILE), "--runs", "2"])
    assert ran.exit_code == 1
    assert "--faults" in ran.output
