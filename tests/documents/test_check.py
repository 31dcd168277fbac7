"""From bytes to a profile or diagnostics: nothing raises, everything has its place."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from orchestrator.cli.check_many import without_fragments
from orchestrator.documents.check import check_path, check_text
from orchestrator.documents.compose import compose_schema
from orchestrator.documents.fits import fits
from orchestrator.documents.load import load
from orchestrator.documents.report import as_data, from_data, report, show_diagnostics
from orchestrator.documents.schema import KINDS, read_schema
from orchestrator.model.expression import Const, Input
from orchestrator.model.profile import Cron, Every, Ramp
from orchestrator.resources import resource

CANONICAL = resource("profiles", "heat-adapted-turbidostat.yaml")
TEXT = CANONICAL.read_text("utf-8")
DATA = load(TEXT, "canonical")[0].data  # type: ignore[union-attr]

FIVE_MISTAKES = """\
axenic: profile/1
name: Five mistakes
vessels:
  control: {volume: 15 °C}
jobs:
  stiring: {target: 500 rpm}
  od_reading: {}
  od_reading: {interval: 5 s}
phases:
  - name: hold
    durration: 10 d
    until: "{{ od60 > 0.8 }}"
"""


def test_the_canonical_profile_is_good_as_written() -> None:
    checked = check_text(TEXT, "profile.yaml")
    assert checked.diagnostics == ()
    profile = checked.profile
    assert profile is not None
    assert list(profile.vessels) == ["control", "warmed"]
    assert [phase.name for phase in profile.phases] == ["inoculate", "batch", "hold"]
    hold = profile.phases[2]
    assert [type(item) for item in hold.schedule] == [Ramp, Every, Cron]
    assert hold.duration_s == Const(864_000.0)
    assert hold.jobs[0].settings["target_od600"] == Input("target_od600")
    assert profile.limits["dosing.per_hour"] == Const(30.0)
    assert profile.charts[0].right is not None
    assert profile.charts[0].right.unit == "1/h"


def test_five_mistakes_of_five_stages_are_told_at_once_and_in_place() -> None:
    found = check_text(FIVE_MISTAKES, "five.yaml").diagnostics
    assert [(each.line, each.column, each.end_column, each.code) for each in found] == [
        (4, 21, 26, "wrong-unit"),
        (6, 3, 10, "unknown-job"),
        (8, 3, 13, "duplicate-key"),
        (11, 5, 14, "unknown-key"),
        (12, 16, 20, "unknown-signal"),
    ]
    assert [each.suggestion for each in found] == ["15 mL", "stirring", None, "duration", "od600"]


def test_a_wrong_profile_gives_no_profile() -> None:
    checked = check_text(FIVE_MISTAKES, "five.yaml")
    assert checked.profile is None
    assert not checked.is_good


def test_warnings_do_not_stand_in_the_way() -> None:
    checked = check_text(TEXT.replace("        timezone: Europe/Berlin\n", ""), "profile.yaml")
    assert [each.code for each in checked.diagnostics] == ["missing-timezone"]
    assert checked.profile is not None


@pytest.mark.parametrize(
    "path",
    without_fragments([*check_path(resource("profiles")), *check_path(resource("contrib"))], ()),
    ids=lambda c: c.file,
)
def test_every_document_that_is_shipped_is_good(path: Any) -> None:
    assert path.kind is not None
    assert path.diagnostics == ()


def test_a_folder_is_walked_in_order_and_hidden_files_are_left_out(tmp_path: Path) -> None:
    for name in ("b/two.yml", "a.yaml", ".git/x.yaml", "notes.txt"):
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(TEXT, "utf-8")
    assert [Path(each.file).name for each in check_path(tmp_path)] == ["a.yaml", "two.yml"]


def test_a_missing_file_is_a_diagnostic(tmp_path: Path) -> None:
    (checked,) = check_path(tmp_path / "nowhere.yaml")
    assert [each.code for each in checked.diagnostics] == ["unreadable"]


def test_json_has_the_fields_that_programs_read() -> None:
    written = json.loads(report([check_text(FIVE_MISTAKES, "five.yaml")], "json"))
    assert written[0] == {
        "file": "five.yaml",
        "line": 4,
        "column": 21,
        "end_line": 4,
        "end_column": 26,
        "severity": "error",
        "code": "wrong-unit",
        "message": "'°C' is the unit of a temperature, but a volume is needed here",
        "suggestion": "15 mL",
    }


def test_github_gets_one_escaped_command_a_line() -> None:
    said = report([check_text("axenic: profile/1\n'a,b%': 1\n", "a,b:c.yaml")], "github")
    assert all(line.startswith("::error file=a%2Cb%3Ac.yaml,line=") for line in said.splitlines())
    assert "a,b%25" in said


def test_colours_are_only_for_terminals() -> None:
    checked = [check_text(FIVE_MISTAKES, "five.yaml")]
    assert "\x1b[" not in report(checked)
    assert "\x1b[31m" in report(checked, colour=True)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_make_the_check_raise(content: bytes) -> None:
    checked = check_text(content, "fuzz.yaml")
    assert checked.profile is None
    assert checked.diagnostics


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="ab:-{}[]&*!|>'\"%#?, \n\t@`~\\0x1.<=\ud800\x00é", max_size=120))
def test_no_text_makes_the_check_raise(content: str) -> None:
    assert check_text(content, "fuzz.yaml").diagnostics


@pytest.mark.parametrize(
    "content",
    [
        "[" * 50_000,
        "{" * 50_000,
        "- " * 20_000,
        "a: &a [x]\n"
        + "".join(
            f"{chr(98 + i)}: &{chr(98 + i)} [*{chr(97 + i)}, *{chr(97 + i)}, *{chr(97 + i)}]\n"
            for i in range(20)
        ),
        "a: " + "9" * 10_000,
        'a: "\\U00110000"',
        "%YAML " + "1" * 5000 + ".1\n---\na: 1",
        "a: !!timestamp 2001-01-01",
        "? {a: b}\n: c",
        "axenic: profile/1\nname: x\nvessels: {a: {volume: '{{ "
        + "(" * 900
        + " }}'}}\nphases: [{name: a}]",
        "axenic: profile/1\nname: x\nvessels: {a: {volume: '{{ "
        + "-" * 900
        + "1 }}'}}\nphases: [{name: a}]",
        "axenic: profile/1\nname: x\nvessels: {a: {volume: '{{ "
        + "not " * 240
        + "1 }}'}}\nphases: [{name: a}]",
        "axenic: profile/1\nname: x\nvessels: {a: {volume: '{{ 1"
        + "+1" * 450
        + " }}'}}\nphases: [{name: a}]",
        "axenic: profile/1\nname: x\nvessels: {a: {volume: '{{ "
        + "1 if 1 else " * 80
        + "1 }}'}}\nphases: [{name: a}]",
    ],
    ids=lambda content: content[:12] + content[-16:],
)
def test_malice_is_refused_without_a_crash(content: str) -> None:
    checked = check_text(content, "malice.yaml")
    assert not checked.is_good


def _paths(data: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    children = (
        data.items()
        if isinstance(data, dict)
        else enumerate(data)
        if isinstance(data, list)
        else ()
    )
    return [here, *(path for key, value in children for path in _paths(value, (*here, key)))]


odd_values: st.SearchStrategy[Any] = st.sampled_from(
    [
        None,
        True,
        0,
        -1,
        1.5,
        "",
        "x",
        "{{ x }}",
        "{{",
        "15 mL",
        [],
        {},
        [None],
        {"x": None},
        [[]],
        {"a": {"b": "c"}},
    ]
).map(copy.deepcopy)


@st.composite
def mutated(draw: st.DrawFn) -> Any:
    """The canonical profile with one or two things changed, dropped or added anywhere."""
    data = copy.deepcopy(DATA)
    for _ in range(draw(st.integers(1, 2))):
        path = draw(st.sampled_from(_paths(data)[1:]))
        parent = data
        for step in path[:-1]:
            parent = parent[step]
        change = draw(st.sampled_from(["put", "drop", "add"]))
        if change == "put":
            parent[path[-1]] = draw(odd_values)
        elif change == "drop":
            del parent[path[-1]]
        elif isinstance(parent, dict):
            parent[
                draw(st.sampled_from(["x", "do", "if", "name", "every", "set", "when", "vessels"]))
            ] = draw(odd_values)
        else:
            parent.append(draw(odd_values))
    return data


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(mutated())
def test_a_changed_profile_is_either_good_or_says_why_not(data: Any) -> None:
    content = yaml.safe_dump(data, allow_unicode=True, sort_keys=False)
    checked = check_text(content, "changed.yaml")
    assert (checked.profile is None) == (not checked.is_good)
    if checked.profile is not None:
        assert "Const(value=None)" not in repr(checked.profile)
    lines = content.splitlines()
    for each in checked.diagnostics:
        assert 1 <= each.line <= len(lines)
        assert 1 <= each.column <= len(lines[each.line - 1]) + 1
        as_data(each)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(mutated())
def test_the_quick_yes_agrees_with_jsonschema(data: Any) -> None:
    schema = read_schema("profile/1")
    assert fits(schema, data) == Draft202012Validator(schema).is_valid(data)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_schema_of_the_family_is_a_schema(kind: str) -> None:
    schema = read_schema(kind)
    Draft202012Validator.check_schema(schema)
    assert schema["properties"]["axenic"] == {"const": kind, **_described(schema)}


def _described(schema: Any) -> dict[str, Any]:
    described = schema["properties"]["axenic"]
    return {"description": described["description"]} if "description" in described else {}


def test_the_composed_schema_takes_what_the_check_takes() -> None:
    schema = compose_schema()
    Draft202012Validator.check_schema(schema)
    assert Draft202012Validator(schema).is_valid(DATA)
    everything = load(Path(__file__).with_name("everything.yaml").read_bytes(), "everything")[0]
    assert everything is not None
    assert list(Draft202012Validator(schema).iter_errors(everything.data)) == []
    wrong = copy.deepcopy(DATA)
    wrong["jobs"]["stirring"] = {"tagret": "500 rpm"}
    assert not Draft202012Validator(schema).is_valid(wrong)


def test_the_composed_schema_offers_every_setting_with_its_range() -> None:
    schema = compose_schema()
    target = schema["$defs"]["jobs"]["properties"]["stirring"]["properties"]["target"]
    assert target["description"] == "Stirring speed. In rpm; 0 rpm to 2000 rpm; default 500 rpm."
    assert target["default"] == "500 rpm"
    assert "temperature.target" in schema["$defs"]["schedule_item"]["properties"]["ramp"]["enum"]
    assert (
        "od_reading.uncalibrated" not in schema["$defs"]["step"]["properties"]["set"]["properties"]
    )


def test_chart_documents_and_charts_in_profiles_have_one_grammar() -> None:
    inline = read_schema("profile/1")["$defs"]["chart"]["properties"]
    alone = read_schema("chart/1")["properties"]
    assert {key: alone[key] for key in inline} == inline


def test_diagnostics_come_back_from_the_api_with_their_excerpts(
    capsys: pytest.CaptureFixture[str],
) -> None:
    checked = check_text(FIVE_MISTAKES, "five.yaml")
    data = json.loads(report([checked], "json"))
    assert tuple(from_data(each) for each in data) == checked.diagnostics
    show_diagnostics(data, {"five.yaml": FIVE_MISTAKES})
    assert capsys.readouterr().out == report([checked])


def test_what_is_shipped_is_checked_without_yaml_jsonschema_or_jinja() -> None:
    """Importing any one of them takes as long as checking a profile does."""
    program = (
        "import sys; from pathlib import Path; from orchestrator.documents.check import check_path;"
        "found = [each for path in sys.argv[1:] for each in check_path(Path(path))];"
        "print(sum(each.profile is not None for each in found), len(found));"
        "print(*{'yaml', 'jsonschema', 'jinja2', 'pint'} & set(sys.modules))"
    )
    folders = [str(resource(each)) for each in ("profiles", "contrib")]
    done = subprocess.run(
        [sys.executable, "-c", program, *folders],
        check=True,
        timeout=60,
        capture_output=True,
        text=True,
    )
    counts, loaded = done.stdout.splitlines()
    profiles, documents = map(int, counts.split())
    assert (profiles > 10, documents > 30, loaded) == (True, True, "")
