"""The same profile and inputs give the same plan, wherever the file lies."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from orchestrator.cli.prepare import prepare
from orchestrator.cli.services import leader
from orchestrator.model.canonical import canonical_json, plain


def test_a_plan_does_not_depend_on_the_folder_of_its_profile(canonical_profile: Path) -> None:
    text = canonical_profile.read_text()
    plans = [
        prepare(text, file, {}).plan
        for file in (
            canonical_profile.name,
            str(canonical_profile),
            f"a/b/{canonical_profile.name}",
        )
    ]
    assert len({canonical_json(plain(plan)) for plan in plans}) == 1


def test_other_inputs_give_another_plan_and_wrong_ones_none(canonical_profile: Path) -> None:
    text = canonical_profile.read_text()
    usual = prepare(text, "p.yaml", {}).plan
    cooler = prepare(text, "p.yaml", {"warm_up_to": "40 °C"}).plan
    assert usual is not None
    assert cooler is not None
    assert cooler.inputs["warm_up_to"] == 40.0
    assert plain(usual) != plain(cooler)
    refused = prepare(text, "p.yaml", {"warm_up_to": "40 mL"})
    assert refused.plan is None
    assert refused.diagnostics


def test_a_leader_without_sign_in_listens_on_the_loopback_only(tmp_path: Path) -> None:
    done = CliRunner().invoke(leader, ["--data", str(tmp_path / "data"), "--host", "0.0.0.0"])
    assert done.exit_code == 1
    assert "no sign-in" in done.output
    assert not (tmp_path / "data").exists()
