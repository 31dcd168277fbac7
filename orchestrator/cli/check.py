"""`axenic check`: every mistake at once, at its place."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from orchestrator.documents.report import FORMATS, report

if TYPE_CHECKING:
    from orchestrator.documents.check import Checked


_OBJECTS_BETWEEN_COLLECTIONS: Final = 100_000


def _explain(ctx: click.Context, _param: click.Parameter, code: str | None) -> None:
    """Print a check's page and end."""
    if code is None or ctx.resilient_parsing:
        return
    from orchestrator.documents.pages import find_page, known_codes
    from orchestrator.documents.suggest import closest

    page = find_page(code)
    if page is None:
        near = closest(code, known_codes())
        hint = f"did you mean {near}?" if near else f"there are {', '.join(known_codes())}."
        raise click.UsageError(f"no check has the code '{code}'; {hint}")
    if _takes_colour():
        from rich.console import Console
        from rich.markdown import Markdown

        Console(width=min(Console().width, 100)).print(Markdown(page.text))
    else:
        click.echo(page.text, nl=False)
    ctx.exit()


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH…")
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True)
@click.option("--strict", is_flag=True, help="Warnings are errors.")
@click.option(
    "--explain",
    metavar="CODE",
    callback=_explain,
    expose_value=False,
    is_eager=True,
    help="Say what a check is about, with an example, and end.",
)
def check(paths: tuple[Path, ...], form: str, strict: bool) -> None:
    """Validate profiles and the other documents of the family; folders are walked."""
    with _collecting_seldom():
        from orchestrator.cli.check_many import check_all, without_fragments
        from orchestrator.documents.check import documents_at

        files = list(dict.fromkeys(file for path in paths for file in documents_at(path)))
        results = without_fragments(check_all(files), paths)
    _tell_of_plugins()
    colour = form == "text" and _takes_colour()
    _print(report(results, form, colour=colour))
    if form == "text":
        click.echo(_summary(results), err=True)
    if not all(_passes(each, strict) for each in results):
        raise SystemExit(1)


@contextmanager
def _collecting_seldom() -> Iterator[None]:
    """Let Python look for garbage seldom: what is imported and read here is needed to the end."""
    usual = gc.get_threshold()
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def _tell_of_plugins() -> None:
    """Say what is missing from the offer that documents were held against."""
    from orchestrator.documents.catalogue import load_offer

    for each in load_offer().left_out:
        click.echo(f"The plugin {each.found.name} is left out: {each.reason}", err=True)


def _takes_colour() -> bool:
    """Only a terminal takes colours, and only if its user does (no-color.org)."""
    wanted = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return wanted and sys.stdout.isatty()


def _print(text: str) -> None:
    """Write UTF-8, whatever the locale: names of files may hold anything."""
    click.echo(text.encode("utf-8", "backslashreplace"), nl=False)


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
