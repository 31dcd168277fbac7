"""Every check has a page, and the page says what the rule and its golden sample say."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from orchestrator.cli.check import check
from orchestrator.documents import rules
from orchestrator.documents.pages import find_page, known_codes, parse_page
from tools.checks.__main__ import out_of_date
from tools.checks.pages import Sample, check_page, pages
from tools.checks.prose import PROSE

CHECKOUT = Path(__file__).parent.parent.parent
REPORTERS = {"at", "error", "warning", "complain", "_report", "_refuse", "_at", "_Refused"}
REPORTERS |= {"UnitError", "CronProblem"}
CODE = re.compile(r"[a-z]+(-[a-z0-9]+)+")


def codes_in_source() -> Iterator[str]:
    """Codes that modules of documents and planning report problems with."""
    for room in ("documents", "planning"):
        for path in (CHECKOUT / "orchestrator" / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call) and _name(node.func) in REPORTERS:
                    yield from filter(CODE.fullmatch, _texts(node))


def _texts(call: ast.Call) -> Iterator[str]:
    for each in (*call.args, *(keyword.value for keyword in call.keywords)):
        if isinstance(each, ast.Constant) and isinstance(each.value, str):
            yield each.value


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def test_the_committed_pages_are_what_make_docs_writes() -> None:
    assert out_of_date(pages(CHECKOUT)) == [], "run make docs"


def test_every_code_has_a_page() -> None:
    found = set(codes_in_source())
    assert len(found) > 50
    assert found - set(known_codes()) == set()


def test_every_page_is_about_a_code_that_can_be_reported() -> None:
    single = {"empty", "expression", "input", "malformed", "unprintable", "unreadable"}
    passed_on = {"missing-unit", "wrong-amount", "wrong-value"}
    assert set(known_codes()) - set(codes_in_source()) <= single | passed_on


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__module__.split(".")[-1])
def test_a_rule_of_profiles_says_what_it_finds_why_and_what_to_do(rule: rules.Rule) -> None:
    module = __import__(rule.__module__, fromlist=["check"])
    paragraphs = (module.__doc__ or "").strip().split("\n\n")
    assert len(paragraphs) >= 3
    assert paragraphs[0].endswith(".")
    assert "\n" not in paragraphs[0]


@pytest.mark.parametrize("code", PROSE)
def test_the_prose_of_a_check_says_what_it_finds_and_what_to_do(code: str) -> None:
    paragraphs = PROSE[code].strip().split("\n\n")
    assert len(paragraphs) >= 2
    assert "\n" not in paragraphs[0]


def test_a_page_shows_the_shortest_sample_and_how_grave_it_is() -> None:
    said = "a.yaml:1:1: warning: odd [odd-thing]\n"
    samples = [Sample("a", "name: long\n", said * 2), Sample("b", "name: short\n", said)]
    text = check_page("odd-thing", "Something odd.\n\nWhy.\n", samples)
    assert text.endswith("```yaml\nname: short\n```\n\n```text\n" + said + "```\n")
    found = parse_page("odd-thing", text)
    assert (found.summary, found.severity) == ("Something odd.", "warning")
    assert found.prose == "Something odd.\n\nWhy.\n\n*Warning.* The document can be used as it is."


def test_a_code_cannot_lead_out_of_the_folder() -> None:
    assert find_page("unknown-job") is not None
    for code in ("../architecture", "/etc/passwd", "Unknown-Job", "", "x" * 500):
        assert find_page(code) is None


def test_a_code_is_explained_with_its_example() -> None:
    shown = CliRunner().invoke(check, ["--explain", "wrong-unit"])
    assert shown.exit_code == 0
    assert shown.output.startswith("# wrong-unit\n\nA value with another kind's unit")
    assert "500 mL" in shown.output
    assert "<!--" not in shown.output


def test_an_unknown_code_is_a_wrong_usage_with_a_suggestion() -> None:
    shown = CliRunner().invoke(check, ["--explain", "wrong-unti"])
    assert shown.exit_code == 2
    assert "did you mean wrong-unit?" in shown.output
