"""The same profile and inputs give the same plan, wherever the file lies."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from orchestrator.cli.experiments import submit
from orchestrator.cli.prepare import prepare, upload_of
from orchestrator.cli.services.leader import leader
from orchestrator.model.canonical import canonical_json, digest, plain
from orchestrator.model.plan import Plan, Source
from orchestrator.ports.check import Bundle


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


def test_the_hash_covers_all_that_is_included_and_nothing_else() -> None:
    text = "axenic: profile/1\nname: x\nvessels: {a: {volume: 15 mL}}\nphases: !include p.yaml\n"
    files = {"p.yaml": "[{name: a, duration: 1 d}]\n"}

    def plan_of(**more: str) -> Plan:
        plan = prepare(text, "x.yaml", {}, Bundle({**files, **more})).plan
        assert plan is not None
        return plan

    first = plan_of()
    assert plan_of(**{"other.yaml": "never: read\n"}) == first
    assert plan_of(**{"p.yaml": files["p.yaml"] + "# noted\n"}).profile_hash != first.profile_hash
    assert first.vessels[0].phases[0].source == Source(file="p.yaml", line=1)
    plain_text = text.replace("!include p.yaml", files["p.yaml"])
    alone = prepare(plain_text, "x.yaml", {}, Bundle(files)).plan
    assert alone is not None
    assert alone.profile_hash == digest(plain_text.encode())


def test_what_is_submitted_is_the_profile_with_all_it_includes(tmp_path: Path) -> None:
    profile = tmp_path / "x.yaml"
    profile.write_text("axenic: profile/1\nphases: !include_dir_list p\njobs: !include j.yaml\n")
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "a.yaml").write_text("name: a\n")
    (tmp_path / "j.yaml").write_text("{}\n")
    (tmp_path / "unrelated.yaml").write_text("never: sent\n")
    upload = upload_of(profile)
    assert upload["file"] == "x.yaml"
    assert upload["files"] == {"p/a.yaml": "name: a\n", "j.yaml": "{}\n"}


def test_a_profile_with_a_missing_part_is_not_sent(tmp_path: Path) -> None:
    profile = tmp_path / "x.yaml"
    profile.write_text("axenic: profile/1\nphases: !include p.yaml\n")
    done = CliRunner().invoke(submit, [str(profile), "--leader", "http://127.0.0.1:9"])
    assert done.exit_code == 1
    assert "x.yaml:2:9: 'p.yaml' cannot be included" in done.output


def test_a_leader_without_sign_in_listens_on_the_loopback_only(tmp_path: Path) -> None:
    done = CliRunner().invoke(leader, ["--data", str(tmp_path / "data"), "--host", "0.0.0.0"])
    assert done.exit_code == 1
    assert "no sign-in" in done.output
    assert not (tmp_path / "data").exists()
