"""What programs read: SARIF, JUnit, GitHub's commands, and colours that only terminals get."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from orchestrator.documents.check import Checked, check_text
from orchestrator.documents.report import FORMATS, report

WRONG = """\
axenic: profile/1
name: Wrong
inputs:
  unused: {type: number, default: 1}
vessels:
  a: {volume: 15 °C}
phases:
  - name: hold
    until: "{{ od60 > 1 }}"
"""
FINE = "axenic: profile/1\nname: Fine\nvessels: {a: {volume: 15 mL}}\nphases: [{name: hold}]\n"
WARNED = FINE + "inputs: {unused: {type: number, default: 1}}\n"


@pytest.fixture
def results() -> list[Checked]:
    texts = {"wrong µ.yaml": WRONG, "fine.yaml": FINE, "/lab/warned.yaml": WARNED}
    return [check_text(text, file) for file, text in texts.items()]


def test_sarif_has_each_result_with_its_rule_and_region(results: list[Checked]) -> None:
    document = json.loads(report(results, "sarif"))
    assert (document["version"], len(document["runs"])) == ("2.1.0", 1)
    (run,) = document["runs"]
    assert run["columnKind"] == "unicodeCodePoints"
    rules = run["tool"]["driver"]["rules"]
    assert [each["id"] for each in rules] == ["unknown-signal", "unused-input", "wrong-unit"]
    first: dict[str, Any] = run["results"][1]
    assert (first["ruleId"], rules[first["ruleIndex"]]["id"]) == ("wrong-unit", "wrong-unit")
    assert first["level"] == "error"
    assert first["message"]["text"].endswith("(did you mean 15 mL?)")
    (location,) = first["locations"]
    assert location["physicalLocation"] == {
        "artifactLocation": {"uri": "wrong%20%C2%B5.yaml"},
        "region": {"startLine": 6, "startColumn": 15, "endLine": 6, "endColumn": 20},
    }
    last = run["results"][-1]
    assert last["level"] == "warning"
    place = last["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert place == "file:///lab/warned.yaml"


def test_sarif_describes_rules_from_their_pages(results: list[Checked]) -> None:
    rules = json.loads(report(results, "sarif"))["runs"][0]["tool"]["driver"]["rules"]
    unused = rules[1]
    assert unused["shortDescription"]["text"] == (
        "An input that is asked for, but changes nothing."
    )
    assert unused["defaultConfiguration"] == {"level": "warning"}
    assert unused["help"]["markdown"].startswith("# unused-input\n\nAn input that is asked for")
    assert "<!--" not in unused["help"]["markdown"]


def test_sarif_of_nothing_wrong_is_a_run_without_results() -> None:
    (run,) = json.loads(report([check_text(FINE, "fine.yaml")], "sarif"))["runs"]
    assert (run["results"], run["tool"]["driver"]["rules"]) == ([], [])


def test_junit_has_a_failure_for_each_error_and_a_case_for_each_good_document(
    results: list[Checked],
) -> None:
    root = ElementTree.fromstring(report(results, "junit"))
    assert (root.tag, root.get("tests"), root.get("failures")) == ("testsuites", "4", "2")
    (suite,) = root
    names = [case.get("name") for case in suite]
    assert names == [
        "wrong µ.yaml:6:15 wrong-unit",
        "wrong µ.yaml:9:16 unknown-signal",
        "fine.yaml",
        "/lab/warned.yaml",
    ]
    assert len(set(names)) == len(names)
    (failure,) = suite[0]
    assert (failure.tag, failure.get("type")) == ("failure", "wrong-unit")
    assert "  |               ^~~~~" in (failure.text or "")
    assert (suite[0].get("file"), suite[0].get("line")) == ("wrong µ.yaml", "6")
    assert len(suite[2]) == 0
    assert "[unused-input]" in (suite[3].findtext("system-out") or "")


def test_junit_stays_xml_whatever_a_document_holds() -> None:
    odd = 'axenic: profile/1\nname: "]]>\u202e<&\x7f"\n\ufffe: 1\n'
    for text in (odd, "a: \x00", "a: <&>]]>'\""):
        found = [check_text(text, 'a"<>\x1b\n.yaml')]
        root = ElementTree.fromstring(report(found, "junit"))
        assert int(root.get("failures", "0")) == len(found[0].diagnostics)


def test_github_gets_columns_for_what_stands_on_one_line_only() -> None:
    text = "axenic: profile/1\nname: Long\nvessels:\n  a: {volume: 'one\n      two'}\nphases: []\n"
    first, *_ = report([check_text(text, "a.yaml")], "github").splitlines()
    assert first.startswith("::error file=a.yaml,line=4,col=15,endLine=5,title=wrong-value::")


def axenic(*arguments: str, folder: Path, **options: Any) -> subprocess.CompletedProcess[bytes]:
    """The whole process, as a shell would start it."""
    return subprocess.run(
        [sys.executable, "-m", "orchestrator", "check", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent.parent), **options},
        capture_output=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "wrong.yaml").write_text(WRONG, "utf-8")
    (tmp_path / "fine.yaml").write_text(FINE, "utf-8")
    (tmp_path / "warned.yaml").write_text(WARNED, "utf-8")
    return tmp_path


@pytest.mark.processes
@pytest.mark.parametrize("form", FORMATS)
def test_every_format_is_written_in_utf_8_whatever_the_locale(folder: Path, form: str) -> None:
    done = axenic(".", "--format", form, folder=folder, LC_ALL="C", PYTHONUTF8="0")
    assert done.returncode == 1
    assert "°C" in done.stdout.decode("utf-8")
    assert b"\x1b" not in done.stdout


@pytest.mark.processes
def test_names_of_files_may_hold_any_bytes(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"caf\xe9.yaml")).write_text(WRONG, "utf-8")
    for form in FORMATS:
        done = axenic(".", "--format", form, folder=tmp_path)
        assert done.returncode == 1, done.stderr
        assert done.stdout.decode("utf-8")


@pytest.mark.processes
def test_warnings_fail_only_if_asked_to(folder: Path) -> None:
    assert axenic("warned.yaml", folder=folder).returncode == 0
    assert axenic("warned.yaml", "--strict", folder=folder).returncode == 1


@pytest.mark.processes
@pytest.mark.parametrize(("options", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_a_terminal_gets_colours_unless_it_wants_none(
    folder: Path, options: dict[str, str], coloured: bool
) -> None:
    first, second = pty.openpty()
    environment = {
        **os.environ,
        "PYTHONPATH": str(Path(__file__).parent.parent.parent),
        "TERM": "xterm",
        **options,
    }
    with os.fdopen(first, "rb", buffering=0) as screen:
        subprocess.run(
            [sys.executable, "-m", "orchestrator", "check", "wrong.yaml"],
            cwd=folder,
            env=environment,
            stdout=second,
            stderr=subprocess.DEVNULL,
            timeout=60,
            check=False,
        )
        os.close(second)
        shown = screen.read(65536)
    assert (b"\x1b[31m" in shown) == coloured
    assert b"unknown-signal" in shown
