"""Pioreactor's documents become ours, or it is said where and why they do not.

Run with AXENIC_ACCEPT=1 to write what comes of the samples now, and read the difference.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import Environment

from orchestrator.cli.prepare import prepare
from orchestrator.documents.catalogue import load_offer
from orchestrator.documents.check import Checked, check_text
from orchestrator.documents.importing.pioreactor import Imported, Options, import_pioreactor
from orchestrator.documents.importing.pioreactor.conditions import units_in
from orchestrator.documents.importing.pioreactor.grammar import NotRead, parse
from orchestrator.documents.importing.pioreactor.moments import read_time, write_time
from orchestrator.documents.importing.pioreactor.translate import Scope, translate
from orchestrator.documents.report import report
from orchestrator.model.units import parse_quantity
from orchestrator.planning.timetable import timetable
from tests.support.plans import DAY_S

SAMPLES = Path(__file__).parent / "pioreactor"
NAMES = sorted(str(path.relative_to(SAMPLES)) for path in SAMPLES.rglob("*.yaml"))
GOOD = [name for name in NAMES if name != "lost.yaml"]
SCOPE = Scope(
    unit="pio1",
    job="stirring",
    vessels={"pio1": "left", "pio2": "right"},
    inputs={"x": "x"},
    initial_od=0.05,
    catalogue=load_offer().catalogue,
)


def imported(name: str, options: Options | None = None) -> Imported:
    return import_pioreactor((SAMPLES / name).read_bytes(), name, options)


def of_text(text: str) -> Imported:
    return import_pioreactor(text, "sample.yaml")


def spoken(text: str) -> str:
    return translate(parse(text), SCOPE).text


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_becomes_exactly_what_is_written_beside_it(name: str) -> None:
    found = imported(name)
    told = Checked(file=name, kind=None, diagnostics=found.diagnostics, text=found.source)
    said = report([told])
    written = f"{found.text}\n# What was said:\n{said}"
    expected = (SAMPLES / name).with_suffix(".out")
    if os.environ.get("AXENIC_ACCEPT"):
        expected.write_text(written, "utf-8")
    assert written == expected.read_text("utf-8")


@pytest.mark.parametrize("name", GOOD)
def test_what_comes_without_an_error_passes_the_check(name: str) -> None:
    found = imported(name)
    assert found.is_good
    assert check_text(found.text, "a.yaml").is_good


@pytest.mark.parametrize("name", ["everything.yaml", "two_temperatures.yaml", "endless.yaml"])
def test_an_imported_profile_can_be_planned(name: str) -> None:
    assert prepare(imported(name).text, "a.yaml", {}).plan is not None


CONTENTS = [(SAMPLES / name).read_text("utf-8") for name in NAMES]
PIECES = [*("${{", "}}", "- ", ": ", "\n", "t: 1h", "if: ", "{", "}", "[", "]", "'", '"', "0", "x")]


@st.composite
def changed(draw: st.DrawFn) -> str:
    """A sample with lines left out, and signs put in or taken out."""
    lines = draw(st.sampled_from(CONTENTS)).split("\n")
    for _ in range(draw(st.integers(0, 3))):
        del lines[draw(st.integers(0, len(lines) - 1))]
    text = "\n".join(lines)
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(text)))
        text = (
            text[:at] + draw(st.sampled_from([*PIECES, ""])) + text[at + draw(st.integers(0, 4)) :]
        )
    return text


@settings(max_examples=150, deadline=None)
@given(st.one_of(changed(), changed(), st.text(max_size=40)))
def test_whatever_comes_in_either_an_error_is_told_or_the_result_is_right(text: str) -> None:
    found = of_text(text)
    if found.is_good:
        assert check_text(found.text, "a.yaml").is_good


# Expressions: precedence is Python's, which for this grammar is the usual one.

ATOMS = st.one_of(
    st.integers(0, 9).map(str),
    st.sampled_from(["0.5", "2.25", ".5"]),
    st.sampled_from(["true", "false"]),
)
OPERATORS = ["+", "-", "*", "/", "**", "<", "<=", "==", ">=", ">", "and", "or"]
EXPRESSIONS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(OPERATORS), inner).map(" ".join),
        st.tuples(st.sampled_from(["-", "+", "not "]), inner).map("".join),
        inner.map("({})".format),
    ),
    max_leaves=6,
)


def in_python(text: str) -> Any:
    words = text.replace("true", "True").replace("false", "False")
    return eval(words, {"__builtins__": {}})


def is_chained(text: str) -> bool:
    """Two comparisons in a row, which Python takes and Pioreactor does not."""
    bare = text
    while (inner := re.sub(r"\([^()]*\)", "0", bare)) != bare:
        bare = inner
    return any(
        len(re.findall(r"<=|>=|==|<|>", part)) > 1
        for stretch in [text.replace("(", " and "), bare]
        for part in re.split(r"\band\b|\bor\b|\)", stretch)
    )


@settings(max_examples=600, deadline=None)
@given(EXPRESSIONS)
def test_an_expression_means_what_it_says(text: str) -> None:
    try:
        expected = in_python(text)
    except (ArithmeticError, SyntaxError, TypeError):
        return
    if is_chained(text) or isinstance(expected, complex) or abs(expected) > 1e9:
        return
    try:
        ours = spoken(text)
    except NotRead:
        assert "not" in text  # `1 + not 2`: an operand of a sum is no `not`, in Python neither
        return
    found = Environment(autoescape=False).compile_expression(ours)()
    assert found == pytest.approx(expected)


@pytest.mark.parametrize(
    ("text", "ours"),
    [
        ("5 >= 3 and 0 >= 1", "5 >= 3 and 0 >= 1"),
        ("-1 + 3", "-1 + 3"),
        ("-2 ** 2", "-(2 ** 2)"),
        ("2 ** 3 ** 2", "2 ** (3 ** 2)"),
        ("not 1 > 2 or true", "not 1 > 2 or true"),
        ("(1 + 2) * 3 - (4 - 5)", "(1 + 2) * 3 - (4 - 5)"),
        ("::stirring:target_rpm + 10", "stirring.target + 10"),
        ("unit():od_reading:od1.od > x", "od600 > inputs.x"),
        ("pio1:od_reading:od2.od", "od600"),
        ("pio2:od_reading:od1.od", "vessels.right.od600"),
        ("::growth_rate_calculating:od_filtered.od_filtered / 2", "od600 / 0.05 / 2"),
        ("2 / ::growth_rate_calculating:od_filtered.od_filtered", "2 / (od600 / 0.05)"),
        ("::temperature_control:temperature.temperature", "temperature.measured"),
        ("::stirring:duty_cycle", "100 * stirring.duty"),
        ("::bioreactor:current_volume_ml", "volume"),
        ("unit() == pio2", "vessel == 'right'"),
        ("hours_elapsed() >= 1.50", "elapsed / 3600 >= 1.5"),
        ("::job_name():nothing", None),
        ("::job_name():target_rpm", "stirring.target"),
    ],
)
def test_an_expression_is_said_in_our_words(text: str, ours: str | None) -> None:
    if ours is None:
        with pytest.raises(ValueError, match="no counterpart"):
            spoken(text)
    else:
        assert spoken(text) == ours


def test_both_sides_of_an_and_have_to_be_true() -> None:
    assert not Environment(autoescape=False).compile_expression(spoken("5 >= 3 and 0 >= 1"))()


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("1 <", 3),
        ("(1", 0),
        ("1 2", 2),
        ("a < b < c", 6),
        ("'a'", 0),
        ("1 != 2", 2),
        ("1 = 2", 2),
        ("", 0),
    ],
)
def test_what_is_no_expression_is_refused_at_its_place(text: str, at: int) -> None:
    with pytest.raises(NotRead) as refused:
        parse(text)
    assert refused.value.at == at


def test_an_expression_is_bounded() -> None:
    for text in (
        "(" * 500 + "1" + ")" * 500,
        "1 + " * 400 + "1",
        "- " * 499 + "1",
        "not " * 200 + "1",
    ):
        with pytest.raises(NotRead):
            parse(text)


def test_the_pioreactors_that_an_expression_names_are_known() -> None:
    assert [*units_in("${{ pio3:stirring:target_rpm > 1 and unit() == pio4 }}")] == ["pio3", "pio4"]


@pytest.mark.parametrize(
    ("written", "seconds", "shown"),
    [
        ("90s", 90, "1.5 min"),
        ("1.5h", 5400, "1.5 h"),
        ("2D", 172800, "2 d"),
        (0.01666667, 60, "1 min"),
        (0, 0, "0 s"),
        (30, 108000, "30 h"),
        (1 / 3, 1200, "20 min"),
    ],
)
def test_times_are_hours_or_have_a_letter(written: str | float, seconds: float, shown: str) -> None:
    assert read_time(written) == seconds
    assert write_time(seconds) == shown


@pytest.mark.parametrize(
    "written", ["soon", "-1s", -1, True, None, "1 h", "1e3h", float("inf"), []]
)
def test_what_is_no_time_is_none(written: object) -> None:
    assert read_time(written) is None


@given(st.floats(0, 1e6).map(lambda seconds: round(seconds, 3)))
def test_a_written_time_is_read_as_what_it_was(seconds: float) -> None:
    assert parse_quantity(write_time(seconds), "time") == pytest.approx(seconds, rel=1e-5, abs=1e-6)


def test_a_chemostat_dilutes_as_much_in_an_hour_as_it_did() -> None:
    text = """
experiment_profile_name: x
common: {jobs: {dosing_automation: {actions: [{type: start, t: 0s, options: \
{automation_name: chemostat, exchange_volume_ml: 0.7, duration: 6}}]}}}
"""
    found = import_pioreactor(text, "a.yaml", Options(volume_ml=20.0))
    assert "dilution_rate: 0.35 /h" in found.text  # ten times 0.7 mL of 20 mL


def test_a_normalised_density_counts_from_the_start() -> None:
    text = """
experiment_profile_name: x
common: {jobs: {dosing_automation: {actions: [{type: start, t: 0s, options: \
{automation_name: turbidostat, target_normalized_od: 8, exchange_volume_ml: 1}}]}}}
"""
    codes = {each.code for each in of_text(text).diagnostics if each.severity == "error"}
    assert "import-lost" in codes
    assert "target_od600: 0.4" in import_pioreactor(text, "a.yaml", Options(initial_od=0.05)).text


def test_what_is_common_runs_on_the_pioreactors_that_are_named() -> None:
    jobs = "{stirring: {actions: [{type: start, t: 0s}]}}"
    text = f"experiment_profile_name: x\ncommon: {{jobs: {jobs}}}\n"
    found = import_pioreactor(text, "a.yaml", Options(vessels=("pio-1", "pio-2")))
    assert found.is_good
    assert "  pio_1:\n    volume: 14 mL\n    worker: pio-1\n  pio_2:\n" in found.text


def test_a_cycle_of_light_is_in_step_with_theirs_also_after_it_was_changed() -> None:
    """Theirs is light while what has passed since its start, modulo both lengths, is the first."""
    plan = prepare(imported("lights.yaml").text, "a.yaml", {}).plan
    assert plan is not None
    rows = timetable(plan, 0.0, 4 * DAY_S - 1.0)
    told = {
        row.time_s: float(row.detail.split()[1].rstrip(","))
        for row in rows
        if row.vessel == "pio2" and row.action == "set" and row.time_s is not None
    }
    for hour in range(1, 96):
        percent = 0 if hour >= 72 else 60 if hour >= 30 else 40
        light_h = 10 if hour >= 42 else 16
        is_light = (hour - 1) % (light_h + 8) < light_h
        last = max(time_s for time_s in told if time_s <= hour * 3600.0)
        assert told[last] == (percent / 100 if is_light else 0.0), hour


def test_a_silent_automation_of_light_ends_a_cycle() -> None:
    text = (SAMPLES / "lights.yaml").read_text("utf-8")
    silent = text.replace(
        "type: stop, t: 3d}\npio", "type: start, t: 3d, options: {automation_name: silent}}\npio"
    )
    assert silent != text
    assert of_text(silent).text == of_text(text).text
