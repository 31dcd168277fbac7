"""No document makes the loader raise, and all who judge one agree on whether it is right."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from orchestrator.documents.check import Checked, check_text
from orchestrator.documents.compose import compose_schema
from orchestrator.documents.decode import lines_of
from orchestrator.documents.fits import fits
from orchestrator.documents.load import load
from orchestrator.documents.report import FORMATS, report
from orchestrator.documents.schema import kind_of, read_schema, validator_for
from orchestrator.resources import resource

SHIPPED = [
    *sorted(resource("profiles").rglob("*.yaml")),
    *sorted(resource("contrib").rglob("*.yaml")),
    Path(__file__).with_name("everything.yaml"),
]
TEXTS = [path.read_text("utf-8") for path in SHIPPED]
PROFILES = [text for text in TEXTS if "axenic: profile/1" in text]
COMPOSED = Draft202012Validator(compose_schema())
WORDS = sorted({word for text in TEXTS for word in text.split() if len(word) < 40})
SIGNS = list("\n :-{}[]\"'#&*!|>%@,.0é🧫\t\r\\\x00\ufeff\u2028")
VALUES: list[Any] = [
    *(None, True, 0, -1, 1.5, 1e9, "", "x", "{{ x }}", "{{", "{{ 1 > 0 }}", "{% x %}"),
    *("15 mL", "37 °C", "1 h", "500 rpm", "0.4 /h", "on", "12:30", "0 9 * * *", "*/90 * * * *"),
    *("{{ inputs.target_od600 }}", "{{ od600 > 1 and od600 < 0.5 }}", "{{ vessels.a.od600 }}"),
    *([], {}, [None], {"x": None}, [[]], {"a": {"b": "c"}}, ["a", "a"], {"when": "{{ true }}"}),
]
KEYS = sorted(
    {"x", "<<", "axenic", *read_schema("profile/1")["properties"]}
    | {
        key
        for each in read_schema("profile/1")["$defs"].values()
        for key in each.get("properties", {})
    }
)


def assert_sensible(checked: Checked, text: str) -> None:
    """What holds of any answer."""
    assert (checked.profile is None) or checked.is_good
    lines = lines_of(text) or [""]
    for each in checked.diagnostics:
        assert each.message
        assert 1 <= each.line <= len(lines) + 1
        assert 1 <= each.column <= (len(lines[each.line - 1]) + 1 if each.line <= len(lines) else 1)
        assert (each.line, each.column) <= (each.end_line, each.end_column)
    for form in FORMATS:
        assert isinstance(report([checked], form), str)


@st.composite
def retyped(draw: st.DrawFn) -> str:
    """A shipped document with a few letters or words changed, as by a hand in a hurry."""
    text = draw(st.sampled_from(TEXTS))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(text)))
        gone = draw(st.sampled_from([0, 0, 1, 1, 2, 5, 30]))
        text = text[:at] + draw(st.sampled_from([*SIGNS, *WORDS, ""])) + text[at + gone :]
    return text


@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(retyped())
def test_no_slip_of_the_pen_makes_the_check_raise(text: str) -> None:
    assert_sensible(check_text(text, "a.yaml"), text)


def paths_in(data: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    children: Any = data.items() if isinstance(data, dict) else ()
    children = enumerate(data) if isinstance(data, list) else children
    return [here, *(path for key, value in children for path in paths_in(value, (*here, key)))]


@st.composite
def rebuilt(draw: st.DrawFn, texts: list[str]) -> Any:
    """A shipped document's data with things put, dropped, added, moved or swapped anywhere."""
    document, _ = load(draw(st.sampled_from(texts)), "a.yaml")
    assert document is not None
    data = copy.deepcopy(document.data)
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(paths_in(data)[1:] or [()]))
        if not path:
            break
        parent = data
        for step in path[:-1]:
            parent = parent[step]
        value = copy.deepcopy(draw(st.sampled_from(VALUES)))
        change = draw(st.sampled_from(["put", "drop", "add", "graft"]))
        if change == "graft":
            value = data
            for step in draw(st.sampled_from(paths_in(data)[1:])):
                value = value[step]
            value = copy.deepcopy(value)
        if change == "drop":
            del parent[path[-1]]
        elif change == "add" and isinstance(parent, dict):
            parent[draw(st.sampled_from(KEYS))] = value
        elif change == "add":
            parent.append(value)
        else:
            parent[path[-1]] = value
    return data


@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rebuilt(TEXTS))
def test_schema_quick_yes_loader_and_builder_agree_on_what_is_right(data: Any) -> None:
    text = yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=10_000)
    checked = check_text(text, "a.yaml")
    assert_sensible(checked, text)
    document, problems = load(text, "a.yaml")
    kind = kind_of(document) if document is not None else None
    if document is None or kind is None:
        assert not checked.is_good
        return
    valid = validator_for(kind).is_valid(document.data)
    assert fits(read_schema(kind), document.data) == valid
    if not valid or problems:
        assert not checked.is_good
    if checked.is_good and kind == "profile/1":
        assert checked.profile is not None
        assert "Const(value=None)" not in repr(checked.profile)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rebuilt(PROFILES))
def test_editors_take_every_profile_that_the_check_takes(data: Any) -> None:
    text = yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=10_000)
    if check_text(text, "a.yaml").is_good:
        document, _ = load(text, "a.yaml")
        assert document is not None
        assert [error.message for error in COMPOSED.iter_errors(document.data)] == []
