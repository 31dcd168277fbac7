"""`axenic check`: every mistake at once, at its place."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from orchestrator.documents.check import Checked, check_path
from orchestrator.documents.report import FORMATS, report


@click.command()
@click.argument(
    "paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path), metavar="PATH…"
)
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True)
@click.option("--strict", is_flag=True, help="Warnings are errors.")
def check(paths: tuple[Path, ...], form: str, strict: bool) -> None:
    """Validate profiles and the other documents of the family; folders are walked."""
    results = [checked for path in paths for checked in check_path(path)]
    colour = form == "text" and sys.stdout.isatty()
    click.echo(report(results, form, colour=colour), nl=False, color=colour)
    if form == "text":
        click.echo(_summary(results), err=True)
    if not all(_passes(each, strict) for each in results):
        raise SystemExit(1)


def _passes(checked: Checked, strict: bool) -> bool:
    return checked.is_good and not (strict and checked.diagnostics)


def _summary(results: list[Checked]) -> str:
    if not results:
        return "There is no YAML document here."
    found = [diagnostic for each in results for diagnostic in each.diagnostics]
    errors = sum(diagnostic.severity == "error" for diagnostic in found)
    counts = [
        f"{number} {noun}{'' if number == 1 else 's'}"
        for number, noun in ((errors, "error"), (len(found) - errors, "warning"))
        if number
    ]
    files = f"{len(results)} document{'' if len(results) == 1 else 's'} checked"
    return f"{files}: {', '.join(counts) or 'all good'}"
