"""The quick reader of expressions answers what Jinja2 would have answered, or nothing."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import Environment
from jinja2 import nodes as jinja

from orchestrator.documents import nodes
from orchestrator.documents.quick_template import TOKENS_MAX, GaveUp, read_template_quickly
from orchestrator.resources import resource

SHIPPED = [*resource("profiles").rglob("*.yaml"), *resource("contrib").rglob("*.yaml")]
TEMPLATES = re.compile(r"\{\{[^\"\n]*?\}\}")
WRITTEN = [each for path in SHIPPED for each in TEMPLATES.findall(path.read_text("utf-8"))]
PIECES = [
    *("{{", "{{ ", "{{- ", "{{+1", "}}", " }}", " -}}", " +}}", "}}}", "{{{", "{% if x %}", "{#"),
    *("a", "od600", "a.b", "inputs.x", "_", "x1", "1x", "a.1", "a.if", "true", "None", "µ", "é"),
    *(" ", "  ", "\n", "\t", "\r", "\xa0", "\x1c", ".", "..", ",", "|", "~", ":", "=", "!", "\\"),
    *("(", ")", "[", "]", "{", "}", "()", "[]", "(1,)", "(1, 2)", "['a', 'b']", "('a')", "[0]"),
    *("0", "1", "007", "0.5", "0.50", "1.", ".5", "1e5", "1_000", "0x1f", "9" * 30, "1.5.2", "12µ"),
    *("+", "-", "*", "/", "//", "%", "**", "==", "!=", "<", "<=", ">", ">=", "=>", "<>", "==="),
    *(" and ", " or ", " not ", " in ", " not in ", " is ", " if ", " else ", " a if b else c "),
    *("'t'", '"t"', "'µ'", "'}}'", "'{{'", "''", "'", '"', "'a' 'b'", "'\\n'", "'a\nb'"),
    *("| round", "|round(2)", "| min(1, 2)", "|a.b", "hours(6)", "f(x=1)", "f(*a)", "f(1,)"),
]  # fmt: skip


def in_full(node: Any) -> Any:
    """A node with all that is in it; with types, since 1 is not true and not 1.0."""
    if isinstance(node, list):
        return [in_full(each) for each in node]
    if isinstance(node, nodes.Node):
        fields = {name for kind in type(node).__mro__ for name in getattr(kind, "__slots__", ())}
    elif isinstance(node, jinja.Node):
        fields = {*node.fields} - {"ctx"}
    else:
        return (type(node), node)
    return type(node).__name__, {name: in_full(getattr(node, name)) for name in fields}


def assert_agreement(text: str) -> bool:
    """Hold the quick reader against Jinja2's parser; False where it gave up."""
    try:
        found = read_template_quickly(text)
    except GaveUp:
        return False
    body = Environment(autoescape=False).parse(text).body  # which must not raise
    assert all(isinstance(each, jinja.Output) for each in body)
    assert in_full(found) == in_full([node for each in body for node in each.nodes])  # type: ignore[attr-defined]
    return True


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_expressions_that_are_shipped_are_read_quickly(path: Path) -> None:
    for written in TEMPLATES.findall(path.read_text("utf-8")):
        assert assert_agreement(written), written


@pytest.mark.parametrize(
    "written",
    [
        "{{ a or b and not c or d }}",
        "{{ not not a == b < c != 1 }}",
        "{{ a in ['x', 'y'] and b not in ('x', \"z\") }}",
        "{{ -a ** 2 ** -b * c // d % e / f - g + h }}",
        "{{ -a | abs | round(2) + (b - (c)) }}",
        "{{ max(a, hours(6) / 2, b.c.d) if a else b if c else -1.50 }}",
        "{{ 'it is' == \"}} and {{\" }}",
        "a {{ b }} c }} { {{ d }}{{ e }}\n\nf\n\n",
        "no expression",
        "",
    ],
)
def test_what_people_write_is_read_quickly(written: str) -> None:
    assert assert_agreement(written)


@st.composite
def changed(draw: st.DrawFn) -> str:
    """Expressions that are shipped, with a few pieces put in, taken out or moved."""
    text = "".join(
        draw(st.lists(st.sampled_from([*WRITTEN, " and ", "x"]), min_size=1, max_size=3))
    )
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(text)))
        gone = draw(st.integers(0, 3))
        text = text[:at] + draw(st.sampled_from([*PIECES, ""])) + text[at + gone :]
    return text


inner = st.lists(st.sampled_from(PIECES), max_size=9).map("".join)


@settings(max_examples=1500, deadline=None)
@given(st.one_of(changed(), inner, inner.map("{{{{ {} }}}}".format), st.text(max_size=20)))
def test_no_template_makes_the_readers_disagree(text: str) -> None:
    assert_agreement(text)


def test_an_expression_is_bounded_before_it_is_read() -> None:
    for deep in ("-" * 3000 + "a", "not " * 3000 + "a", "(" * 3000, "a | abs" * 3000):
        with pytest.raises(GaveUp):
            read_template_quickly(f"{{{{ {deep} }}}}")
    assert assert_agreement("{{ " + "not " * (TOKENS_MAX - 2) + "a }}")
    with pytest.raises(GaveUp):
        read_template_quickly("{{ " + "not " * (TOKENS_MAX - 1) + "a }}")
