"""`axenic new`: a profile to begin with, from a template and a few questions."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from orchestrator.cli.exits import BadRequest
from orchestrator.cli.files import written_new
from orchestrator.cli.pairs import pairs

if TYPE_CHECKING:
    from orchestrator.documents.templates import Question, Template


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path), metavar="[FILE]")
@click.option("--template", "name", metavar="NAME", help="Do not ask which; --list names them.")
@click.option(
    "--set",
    "given",
    multiple=True,
    metavar="KEY=VALUE",
    help="An answer; with --template, all others are as the template proposes.",
)
@click.option("--list", "listing", is_flag=True, help="List the templates and what they ask.")
def new(file: Path | None, name: str | None, given: tuple[str, ...], listing: bool) -> None:
    """Begin a profile from a template, by questions; FILE is named after it unless it is given."""
    from orchestrator.documents.templates import templates

    known = templates()
    if listing:
        for each in known.values():
            _describe(each)
        return
    answers = pairs(given, "--set")
    asked = name is None
    template = _choose(known, name)
    _refuse_strangers(template, answers)
    for question in template.questions if asked else ():
        if question.key not in answers:
            answers[question.key] = _ask(template, question, answers)
    problems = [each for each in template.problems_with(answers) if each.severity == "error"]
    if problems:
        raise BadRequest(f"this makes no profile: {problems[0].sentence}")
    text = template.fill(answers)
    target = file or Path(_file_name(answers.get("name", template.name)))
    with written_new(target, "FILE") as written:
        written.write(text.encode())
    click.echo(f"{target}: {template.description}")
    click.echo(f"  axenic plan {target}\n  axenic simulate {target} --out rehearsal")


def _describe(template: Template) -> None:
    click.echo(f"{template.name}: {template.description}")
    for question in template.questions:
        click.echo(f"  {question.key} = {question.default}  ({question.text})")


def _choose(known: dict[str, Template], name: str | None) -> Template:
    if name is None:
        for each in known.values():
            click.echo(f"  {each.name}: {each.description}")
        name = click.prompt("Which kind", type=click.Choice(list(known)), default="turbidostat")
    if name in known:
        return known[name]
    from orchestrator.documents.suggest import closest

    near = closest(name, known)
    hint = f"did you mean {near}?" if near else f"there are {', '.join(known)}"
    raise BadRequest(f"--template {name}: there is none of that name; {hint}")


def _refuse_strangers(template: Template, answers: dict[str, str]) -> None:
    known = [question.key for question in template.questions]
    for key in answers:
        if key not in known:
            raise BadRequest(
                f"--set {key}: {template.name} asks no such thing; it asks {', '.join(known)}"
            )


def _ask(template: Template, question: Question, answers: dict[str, str]) -> str:
    """Ask until the answer makes a profile."""
    while True:
        answer: str = click.prompt(question.text, default=question.default)
        found = template.problems_with({**answers, question.key: answer})
        problem = next((each for each in found if each.severity == "error"), None)
        if problem is None:
            return answer
        click.echo(f"  {problem.sentence}", err=True)


def _file_name(name: str) -> str:
    return (re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:60] or "profile") + ".yaml"
