"""`axenic new`: every template makes a profile that is right, and nothing is written over."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from orchestrator.cli.new import new
from orchestrator.cli.prepare import prepare
from orchestrator.documents.check import check_text
from orchestrator.documents.templates import parse_template, templates

TEMPLATES = templates()


@pytest.fixture(autouse=True)
def in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def run(*words: str, said: str | None = None) -> Result:
    return CliRunner().invoke(new, words, input=said)


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_makes_a_profile_without_even_a_warning(name: str) -> None:
    shown = run("--template", name, "profile.yaml")
    assert shown.exit_code == 0, shown.output
    text = Path("profile.yaml").read_text()
    assert check_text(text, "profile.yaml").diagnostics == ()
    assert prepare(text, "profile.yaml", {}).plan is not None
    assert "«" not in text


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_question_of_a_template_matters(name: str) -> None:
    template = TEMPLATES[name]
    for question in template.questions:
        assert f"«{question.key}»" in template.body


def test_answers_are_given_on_the_command_line() -> None:
    shown = run("--template", "chemostat", "--set", "name=Slow: one", "--set", "days=9 d")
    assert shown.exit_code == 0
    text = Path("slow-one.yaml").read_text()
    assert 'name: "Slow: one"\n' in text
    assert "duration: 9 d\n" in text


def test_it_asks_and_asks_again_where_an_answer_makes_no_profile() -> None:
    said = "batch\nGrown at last\n\n15\n20 mL\n1.5\n\n\n"
    shown = run(said=said)
    assert shown.exit_code == 0, shown.output
    assert "needs its unit" in shown.output or "unit" in shown.output
    text = Path("grown-at-last.yaml").read_text()
    assert "culture: {volume: 20 mL}" in text
    assert "od600 >= 1.5" in text


def test_a_file_that_is_there_is_left_alone() -> None:
    Path("mine.yaml").write_text("mine")
    shown = run("--template", "batch", "mine.yaml")
    assert shown.exit_code == 1
    assert "there is a file already" in shown.output
    assert Path("mine.yaml").read_text() == "mine"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--template", "turbidstat"), "did you mean turbidostat?"),
        (("--template", "batch", "--set", "colour=red"), "asks no such thing"),
        (("--template", "batch", "--set", "volume=15"), "makes no profile"),
        (("--template", "batch", "--set", "density=1 }} {{ 2"), "makes no profile"),
        (("--template", "batch", "nowhere/a.yaml"), "No such file"),
    ],
)
def test_what_cannot_be_done_is_told_and_nothing_is_written(
    words: tuple[str, ...], said: str
) -> None:
    shown = run(*words)
    assert shown.exit_code == 1
    assert said in shown.output
    assert list(Path().iterdir()) == []


def test_the_templates_are_listed_with_their_questions() -> None:
    shown = run("--list")
    assert "turbidostat: Hold a culture at one density" in shown.output
    assert "  density = 0.8  (Which OD600 shall it hold?)" in shown.output


def test_an_answer_is_what_yaml_reads() -> None:
    template = parse_template("a", "#: About\n#: x | What? | y\nname: «x»\n")
    for answer in ('a "b" \\c', "a: b", "#3", " x", "- x", "plain words"):
        found = check_text(template.fill({"x": answer}), "a").text

        assert yaml.safe_load(found) == {"name": answer}
