"""Files put together: what is said of them points into them, and nothing leads astray."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from orchestrator.cli.check_many import check_all, without_fragments
from orchestrator.documents.check import Checked, check_file, check_text, documents_at
from orchestrator.documents.diagnostic import Site
from orchestrator.documents.files import Bundle
from orchestrator.documents.report import FORMATS, report

HEAD = "axenic: profile/1\nname: x\nvessels: {a: {volume: 15 mL}}\n"
PHASES = "phases: [{name: a, duration: 1 d}]\n"
TIME_MAX_S = 5.0


def written(folder: Path, files: Mapping[str, str]) -> Path:
    """Write files, and give the path of the first."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder / next(iter(files))


def checked(folder: Path, files: Mapping[str, str]) -> Checked:
    """Check the first of some files in a folder."""
    return check_file(written(folder, files))


def codes(found: Checked) -> list[str]:
    """What was found, in order."""
    return [each.code for each in found.diagnostics]


def test_what_is_included_is_part_of_the_profile(tmp_path: Path) -> None:
    found = checked(
        tmp_path,
        {
            "a.yaml": HEAD + "jobs: !include_dir_named jobs\nphases:\n  - !include p/one.yaml\n"
            "charts: !include_dir_list charts\n",
            "jobs/stirring.yaml": "target: 500 rpm\n",
            "jobs/temperature.yaml": "{automation: thermostat, target: !include ../warm.yaml}\n",
            "jobs/secrets.yaml": "never: read\n",
            "jobs/notes.txt": "nor this\n",
            "warm.yaml": "37 °C\n",
            "p/one.yaml": "name: one\nduration: 1 d\ndo: !include steps.yaml\n",
            "p/steps.yaml": "- log: begun\n",
            "charts/a.yaml": "growth\n",
        },
    )
    assert codes(found) == []
    assert found.profile is not None
    assert {use.job for use in found.profile.jobs} == {"stirring", "temperature"}
    (phase,) = found.profile.phases
    assert (phase.source.name, phase.source.line) == ("p/one.yaml", 1)
    assert (phase.do[0].source.name, phase.do[0].source.line) == ("p/steps.yaml", 1)
    assert sorted(found.files) == [
        "charts/a.yaml",
        "jobs/stirring.yaml",
        "jobs/temperature.yaml",
        "p/one.yaml",
        "p/steps.yaml",
        "warm.yaml",
    ]


def test_a_bundle_means_the_same_as_the_folder_it_came_from(tmp_path: Path) -> None:
    files = {
        "a.yaml": HEAD + "jobs: !include_dir_named jobs\nphases: !include p.yaml\n",
        "jobs/stirring.yaml": "target: 500 rpm\n",
        "p.yaml": "- {name: a, duration: 1 d}\n",
    }
    on_disk = checked(tmp_path, files)
    travelled = check_text(files["a.yaml"], "a.yaml", files=Bundle(on_disk.files))
    assert travelled.diagnostics == on_disk.diagnostics == ()
    assert travelled.files == on_disk.files
    without = check_text(files["a.yaml"], "a.yaml", files=Bundle({"p.yaml": files["p.yaml"]}))
    assert codes(without) == ["unknown-include"]
    assert "among those that came with the document" in without.diagnostics[0].message


def test_every_format_names_the_file_in_which_the_mistake_stands(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        {
            "a.yaml": HEAD + "phases:\n  - !include p/one.yaml\n",
            "p/one.yaml": "name: one\ndo: !include two.yaml\n",
            "p/two.yaml": "- set: {stirring.target: 5 rmp}\n",
        },
    )
    found = check_file(path)
    (problem,) = found.diagnostics
    inner, outer = str(tmp_path / "p/two.yaml"), str(tmp_path / "p/one.yaml")
    assert (problem.file, problem.line, problem.column) == (inner, 1, 26)
    assert problem.included_from == (
        Site(file=outer, line=2, column=5),
        Site(file=str(path), line=5, column=5),
    )
    said = {form: report([found], form) for form in FORMATS}
    assert "1 | - set: {stirring.target: 5 rmp}\n" in said["text"]
    assert f"included from {outer}:2:5\n" in said["text"]
    (data,) = json.loads(said["json"])
    assert (data["file"], data["included_from"][1]["file"]) == (inner, str(path))
    (result,) = json.loads(said["sarif"])["runs"][0]["results"]
    (place,) = result["locations"]
    assert place["physicalLocation"]["artifactLocation"]["uri"] == Path(inner).as_uri()
    assert len(result["relatedLocations"]) == 2
    assert said["github"].startswith(f"::error file={inner},line=1,col=26,")
    assert f"included from {path!s}" in said["github"].replace("%3A", ":")
    assert f'file="{inner}" line="1"' in said["junit"]


def test_parts_in_a_walked_folder_are_judged_where_they_are_included(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        {
            "a.yaml": HEAD + "phases: [!include parts/p.yaml]\n",
            "parts/p.yaml": "name: a\nduration: 1 dy\n",
            "parts/alone.yaml": "name: b\n",
            "secrets.yaml": "a: hidden\n",
        },
    )
    walked = without_fragments(check_all(list(documents_at(tmp_path))), [tmp_path])
    assert [Path(each.file).name for each in walked] == ["a.yaml", "alone.yaml"]
    assert codes(walked[0]) == ["wrong-unit"]
    part = path.parent / "parts/p.yaml"
    asked = without_fragments(check_all([path, part]), [path, part])
    assert codes(asked[1]) == ["missing-key"]


def test_a_part_that_cannot_be_read_as_yaml_is_told_with_its_text(tmp_path: Path) -> None:
    found = checked(
        tmp_path, {"a.yaml": HEAD + "phases: !include p.yaml\n", "p.yaml": "- {name: [a}\n"}
    )
    assert codes(found) == ["yaml-syntax"]
    assert "1 | - {name: [a}" in report([found])


def test_one_file_can_be_included_in_several_places(tmp_path: Path) -> None:
    found = checked(
        tmp_path,
        {
            "a.yaml": HEAD + "phases:\n"
            "  - {name: a, do: !include do.yaml}\n  - {name: b, do: !include do.yaml}\n",
            "do.yaml": "- wait: 5 mim\n",
        },
    )
    assert codes(found) == ["wrong-unit"]
    assert found.diagnostics[0].included_from[0].line == 5


def test_an_anchored_include_stands_wherever_its_alias_does(tmp_path: Path) -> None:
    found = checked(
        tmp_path,
        {
            "a.yaml": HEAD + "phases:\n  - {name: a, do: &do !include do.yaml}\n"
            "  - {name: b, do: *do}\n",
            "do.yaml": "- wait: 5 min\n",
        },
    )
    assert found.profile is not None
    assert [len(phase.do) for phase in found.profile.phases] == [1, 1]


WAYS_OUT = ["../b.yaml", "../../etc/passwd", "/etc/passwd", "p/../../b.yaml", "~/b.yaml", "link"]


@pytest.mark.parametrize("name", WAYS_OUT)
def test_nothing_outside_of_the_folder_is_read(tmp_path: Path, name: str) -> None:
    (tmp_path / "b.yaml").write_text("never: read\n")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "link").symlink_to("/etc/passwd")
    found = checked(tmp_path / "in", {"a.yaml": HEAD + PHASES + f"jobs: !include {name}\n"})
    assert codes(found) == ["include-outside"]
    assert found.files == {}
    bundled = check_text(HEAD + PHASES + f"jobs: !include {name}\n", "a.yaml")
    assert codes(bundled) == ["unknown-include" if name == "link" else "include-outside"]


@pytest.mark.timeout(20)
def test_what_is_no_plain_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "folder.yaml").mkdir()
    (tmp_path / "round.yaml").symlink_to("round.yaml")
    for name in ("pipe.yaml", "folder.yaml", "round.yaml"):
        found = checked(tmp_path, {"a.yaml": HEAD + PHASES + f"jobs: !include {name}\n"})
        assert codes(found) == (["unreadable"]), name
        assert found.diagnostics[0].line == 5


HOSTILE: dict[str, tuple[dict[str, str], list[str]]] = {
    "a file that includes itself": (
        {"a.yaml": HEAD + "phases: !include a.yaml\n"},
        ["include-circle"],
    ),
    "files in a circle": (
        {
            "a.yaml": HEAD + "phases: [!include b.yaml]\n",
            "b.yaml": "{name: a, do: !include c.yaml}\n",
            "c.yaml": "[{repeat: {count: 2, do: !include b.yaml}}]\n",
        },
        ["include-circle"],
    ),
    "ten thousand includes": (
        {
            "a.yaml": HEAD + "phases:\n" + "  - !include p.yaml\n" * 10_000,
            "p.yaml": "{name: a}\n",
        },
        ["too-many-includes"],
    ),
    "a long way down": (
        {
            "a.yaml": HEAD + "phases: [{name: a, do: !include 0.yaml}]\n",
            **{f"{n}.yaml": f"[{{wait: !include {n + 1}.yaml}}]\n" for n in range(60)},
        },
        ["too-many-includes"],
    ),
    "files that double each other": (
        {
            "a.yaml": HEAD + "phases: [{name: a, do: !include 0.yaml}]\n",
            **{f"{n}.yaml": f"[!include {n + 1}.yaml, !include {n + 1}.yaml]\n" for n in range(18)},
            "18.yaml": "[" + "x, " * 1000 + "x]\n",
        },
        ["too-large"],
    ),
    "five megabytes": (
        {
            "a.yaml": HEAD + "phases:\n" + "".join(f"  - !include {n}.yaml\n" for n in range(6)),
            **{f"{n}.yaml": "name: a # " + "x" * 1_000_000 + "\n" for n in range(6)},
        },
        ["too-large"],
    ),
    "an include without a name": ({"a.yaml": HEAD + 'phases: !include ""\n'}, ["unknown-include"]),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_includes_give_one_diagnostic_at_once(tmp_path: Path, name: str) -> None:
    files, expected = HOSTILE[name]
    path = written(tmp_path, files)
    began_s = time.process_time()
    found = check_file(path)
    assert time.process_time() - began_s < TIME_MAX_S
    assert codes(found) == expected


def test_a_missing_part_hides_nothing_that_can_be_judged_without_it(tmp_path: Path) -> None:
    found = checked(
        tmp_path,
        {
            "a.yaml": HEAD + "jobs: !include jobs.yml\nphases:\n"
            "  - {name: a, duration: 1 dy, until: '{{ od600 > stirring.target }}', jbos: {}}\n",
            "jobs.yaml": "{}\n",
        },
    )
    assert codes(found) == ["unknown-include", "wrong-unit", "unknown-key"]
    assert found.diagnostics[0].suggestion == "jobs.yaml"
