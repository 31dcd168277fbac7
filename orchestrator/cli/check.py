"""`axenic check`: every mistake at once, at its place."""

from __future__ import annotations

from pathlib import Path

import click

from orchestrator.cli.check_documents import check_documents, takes_colour
from orchestrator.documents.report import FORMATS


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
    if takes_colour():
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
    code = check_documents(paths, form, strict=strict)
    if code:
        raise SystemExit(code)
