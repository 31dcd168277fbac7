"""The hook, the action and the template do what their lines say, on a repository of profiles."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml

CHECKOUT = Path(__file__).resolve().parent.parent.parent
LIMIT_S = 100
GOOD = (CHECKOUT / "profiles" / "heat-adapted-turbidostat.yaml").read_text("utf-8")
BAD = GOOD.replace("stirring.target", "stirring.targt").replace("42 °C", "42 mL")


def read(name: str) -> Any:
    return yaml.safe_load((CHECKOUT / name).read_text("utf-8"))


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A folder of profiles, one of them wrong, and `axenic` on the path."""
    (tmp_path / "profiles").mkdir()
    (tmp_path / "profiles" / "good one.yaml").write_text(GOOD)
    (tmp_path / "profiles" / "bad.yaml").write_text(BAD)
    programs = tmp_path / ".bin"
    programs.mkdir()
    for name in ("axenic", "python"):
        words = "-m orchestrator " if name == "axenic" else ""
        script = programs / name
        script.write_text(f'#!/bin/sh\nexec "{sys.executable}" {words}"$@"\n')
        script.chmod(0o755)
    return tmp_path


def run(
    shell: list[str], script: str, folder: Path, more: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    path = f"{folder / '.bin'}:{os.environ['PATH']}"
    return subprocess.run(
        [*shell, script],
        cwd=folder,
        env=os.environ | {"PATH": path, "PYTHONPATH": str(CHECKOUT)} | more,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )


# ---- the GitHub action

BASH = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c"]
"""As GitHub's runner starts it."""


def act(folder: Path, **given: str) -> list[subprocess.CompletedProcess[str]]:
    """Run the action's own steps; those of other actions are left out, and pip installs nothing."""
    action = read("action.yml")
    inputs = {name: each["default"] for name, each in action["inputs"].items()} | {"package": ""}
    inputs |= given
    done = []
    for step in action["runs"]["steps"]:
        asked = step.get("if")
        if "uses" in step or (asked and not inputs[asked.split(".")[1].split(" ")[0]]):
            continue
        assert step["shell"] == "bash"
        more = {name: _filled(text, inputs) for name, text in step.get("env", {}).items()}
        done.append(run(BASH, step["run"], folder, more))
        if done[-1].returncode:
            break
    return done


def _filled(text: str, inputs: Mapping[str, str]) -> str:
    for name, value in inputs.items():
        text = text.replace(f"${{{{ inputs.{name} }}}}", value)
    assert "${{" not in text
    return text


def test_the_action_annotates_each_line_that_is_wrong(repository: Path) -> None:
    (done,) = act(repository)
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert all(line.startswith("::error file=profiles/bad.yaml,line=") for line in lines)
    assert {line.rpartition("title=")[2].partition("::")[0] for line in lines} == {
        "unknown-setting",
        "wrong-unit",
    }


def test_the_action_passes_where_all_is_well(repository: Path) -> None:
    (repository / "profiles" / "bad.yaml").unlink()
    (done,) = act(repository, paths="profiles\nprofiles/", strict="true")
    assert (done.returncode, done.stdout) == (0, "")


def test_the_action_fails_on_warnings_only_if_it_is_strict(repository: Path) -> None:
    (repository / "profiles" / "bad.yaml").write_text(
        GOOD.replace("inputs:", "inputs:\n  spare: {type: number, default: 1}", 1)
    )
    assert act(repository)[-1].returncode == 0
    assert act(repository, strict="true")[-1].returncode == 1


def test_the_action_writes_a_sarif_report_before_it_fails(repository: Path) -> None:
    report, check = act(repository, sarif="axenic.sarif")
    assert (report.returncode, check.returncode) == (0, 1)
    found = json.loads((repository / "axenic.sarif").read_text())
    uris = {
        place["physicalLocation"]["artifactLocation"]["uri"]
        for result in found["runs"][0]["results"]
        for place in result["locations"]
    }
    assert uris == {"profiles/bad.yaml"}


def test_the_action_gives_no_input_to_a_shell_to_read() -> None:
    for step in read("action.yml")["runs"]["steps"]:
        assert "${{" not in step.get("run", "")


def test_what_an_action_is_asked_for_cannot_be_a_command(repository: Path) -> None:
    act(repository, paths="$(touch owned) `touch owned` ; touch owned")
    assert not (repository / "owned").exists()


# ---- the GitLab template


def test_the_template_leaves_reports_and_fails_where_something_is_wrong(repository: Path) -> None:
    job = read("ci/gitlab.yml")["axenic check"]
    done = run(["sh", "-ec"], "\n".join(job["script"]), repository, job["variables"])
    assert done.returncode == 1
    assert "profiles/bad.yaml:" in done.stdout
    reports = job["artifacts"]["reports"]
    suite = ElementTree.parse(repository / reports["junit"]).getroot()
    assert len(suite.findall(".//failure")) == int(suite.get("failures", "0")) > 0
    issues = json.loads((repository / reports["codequality"]).read_text())
    assert {each["location"]["path"] for each in issues} == {"profiles/bad.yaml"}
    assert {each["check_name"] for each in issues} == {"unknown-setting", "wrong-unit"}
    assert len({each["fingerprint"] for each in issues}) == len(issues)
    assert {each["severity"] for each in issues} <= {
        "info",
        "minor",
        "major",
        "critical",
        "blocker",
    }


def test_the_template_passes_where_all_is_well(repository: Path) -> None:
    (repository / "profiles" / "bad.yaml").unlink()
    job = read("ci/gitlab.yml")["axenic check"]
    done = run(["sh", "-ec"], "\n".join(job["script"]), repository, job["variables"])
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads((repository / "axenic-codequality.json").read_text()) == []


def test_a_problem_that_only_moves_keeps_its_fingerprint(repository: Path) -> None:
    def fingerprints() -> list[str]:
        script = "axenic check --format codequality profiles"
        done = run(["sh", "-c"], script, repository, {})
        return [each["fingerprint"] for each in json.loads(done.stdout)]

    before = fingerprints()
    (repository / "profiles" / "bad.yaml").write_text("# One line more.\n" + BAD)
    assert fingerprints() == before


# ---- the hook of pre-commit


def git(folder: Path, *words: str) -> None:
    command = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", *words]
    subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=LIMIT_S)


@pytest.fixture
def hooked(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository with our hooks, which use the installed `axenic` instead of one from pip."""
    hooks = tmp_path_factory.mktemp("hooks")
    shutil.copy(CHECKOUT / ".pre-commit-hooks.yaml", hooks)
    git(hooks, "init", "--quiet")
    git(hooks, "add", "--all")
    git(hooks, "commit", "--quiet", "--message", "Hooks")
    git(hooks, "tag", "v1")
    used = [{"id": each["id"], "language": "system"} for each in read(".pre-commit-hooks.yaml")]
    config = {"repos": [{"repo": str(hooks), "rev": "v1", "hooks": used}]}
    (repository / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config))
    (repository / "other.yaml").write_text("not: ours\n")
    git(repository, "init", "--quiet")
    git(repository, "add", "--all")
    return repository


def pre_commit(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    home = str(folder / ".cache")
    script = " ".join([sys.executable, "-m", "pre_commit", *words])
    return run(["sh", "-c"], script, folder, {"PRE_COMMIT_HOME": home})


@pytest.mark.processes
def test_the_hook_refuses_a_wrong_profile_and_leaves_other_files_alone(hooked: Path) -> None:
    done = pre_commit(hooked, "run", "axenic-check")
    assert done.returncode == 1, done.stderr
    assert "profiles/bad.yaml:" in done.stdout
    assert "[wrong-unit]" in done.stdout
    assert "other.yaml" not in done.stdout


@pytest.mark.processes
def test_the_hook_lets_good_profiles_pass(hooked: Path) -> None:
    git(hooked, "rm", "--quiet", "--force", "profiles/bad.yaml")
    done = pre_commit(hooked, "run", "axenic-check")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Passed" in done.stdout
