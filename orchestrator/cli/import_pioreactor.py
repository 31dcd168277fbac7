"""`axenic import pioreactor`: a Pioreactor's profile or descriptor becomes one of ours."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from orchestrator.cli.exits import BadRequest
from orchestrator.cli.files import written_new
from orchestrator.cli.import_bundle import bundle
from orchestrator.model.units import UnitError, parse_quantity

if TYPE_CHECKING:
    from orchestrator.documents.importing.pioreactor import Imported


@click.group(name="import")
def import_() -> None:
    """Turn the documents of other programs into ours, and read bundles back."""


import_.add_command(bundle)


@import_.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE")
@click.option(
    "--out", type=click.Path(path_type=Path), help="A new file for the result; else it is printed."
)
@click.option("--volume", default="14 mL", show_default=True, help="Working volume of a vessel.")
@click.option("--bottle", default="1 L", show_default=True, help="What a full bottle holds.")
@click.option(
    "--initial-od",
    type=click.FloatRange(min=0.0, min_open=True),
    help="OD600 at the start, which normalised densities count from.",
)
@click.option(
    "--vessel",
    "vessels",
    multiple=True,
    metavar="NAME",
    help="A Pioreactor that runs what is common to all; may be repeated.",
)
@click.option("--job", help="Of an automation's descriptor: the job that follows it.")
@click.option("--partial", is_flag=True, help="Write what could be kept even if not all was.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Of the report.",
)
def pioreactor(
    file: Path,
    out: Path | None,
    volume: str,
    bottle: str,
    initial_od: float | None,
    vessels: tuple[str, ...],
    job: str | None,
    partial: bool,
    form: str,
) -> None:
    """Turn FILE, an experiment profile or a descriptor of Pioreactor's, into one of ours.

    The report goes to standard error; as JSON it goes to standard output, and the result only to
    --out. With an error, nothing is written unless --partial is given, and the exit code is 1.
    """
    from orchestrator.documents.diagnostic import Diagnostic
    from orchestrator.documents.importing.pioreactor import Imported, Options, import_pioreactor
    from orchestrator.documents.read import read

    content = read(file)
    if isinstance(content, Diagnostic):
        imported = Imported(file=str(file), text="", diagnostics=(content,))
    else:
        options = Options(
            volume_ml=_millilitres(volume, "--volume"),
            bottle_ml=_millilitres(bottle, "--bottle"),
            initial_od=initial_od,
            vessels=vessels,
            job=job,
        )
        imported = import_pioreactor(content, str(file), options)
    _report(imported, form)
    if imported.text and (imported.is_good or partial):
        if out is not None:
            with written_new(out, "--out") as target:
                target.write(imported.text.encode())
        elif form == "text":
            click.echo(imported.text.encode("utf-8", "backslashreplace"), nl=False)
    if not imported.is_good:
        raise SystemExit(1)


def _report(imported: Imported, form: str) -> None:
    from orchestrator.documents.check import Checked
    from orchestrator.documents.report import report

    found = imported.diagnostics
    checked = Checked(file=imported.file, kind=None, diagnostics=found, text=imported.source)
    to_people = form == "text"
    text = report([checked], form, colour=to_people and sys.stderr.isatty())
    click.echo(text.encode("utf-8", "backslashreplace"), nl=False, err=to_people)


def _millilitres(text: str, option: str) -> float:
    try:
        found = parse_quantity(text, "volume")
    except UnitError as error:
        raise BadRequest(f"{option} {text}: {error}") from error
    if found <= 0.0:
        raise BadRequest(f"{option} {text}: it takes a volume larger than nothing, such as 14 mL")
    return found
