"""`axenic plugins`: what plugins there are, and how they come and go."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from orchestrator.cli import show
from orchestrator.cli.exits import BadRequest
from orchestrator.resources import resource

if TYPE_CHECKING:
    from orchestrator.documents.catalogue import Offer
    from orchestrator.documents.plugins import Found

SCHEMA_LINE = "# yaml-language-server:"
"""Where the schema lies that an editor takes; in another folder it lies elsewhere."""
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


@click.group()
def plugins() -> None:
    """List, begin, install and remove plugins."""


@plugins.command(name="list")
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True
)
def list_(form: str) -> None:
    """List the plugins, and what is wrong with those that cannot be used."""
    from orchestrator.documents.catalogue import load_offer
    from orchestrator.documents.plugins import PARTS, plugin_folders

    offer = load_offer()
    rows = [*_usable(offer), *_unusable(offer)]
    if form == "json":
        show.print_json(rows)
        return
    if not rows:
        folders = " or ".join(map(str, plugin_folders())) or "a folder that AXENIC_PLUGINS names"
        click.echo(f"There are no plugins; they lie in {folders}, or are installed with pip.")
    for row in rows:
        version = f" {row['version']}" if row["version"] else ""
        click.echo(f"{row['name']}{version}: {row['description'] or 'cannot be used'}")
        click.echo(f"  {row['where']}")
        for part in PARTS:
            if row[part]:
                click.echo(f"  {part.replace('_', '-')}: {', '.join(row[part])}")
        if row["problem"]:
            click.secho(f"  {row['problem']}", fg="red")


@plugins.command()
@click.argument("name")
@click.option(
    "--in",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    help="Folder to begin it in; the present one otherwise.",
)
@click.option(
    "--like",
    "example",
    type=click.Choice(["first_steps", "ph_meter", "redox_probe", "sawtooth"]),
    default="first_steps",
    show_default=True,
    help="What to begin with: a job that counts generations, one that reads a serial port, one "
    "with a kind of calibration, or a law for dosing.",
)
def new(name: str, folder: Path, example: str) -> None:
    """Begin a plugin NAME: something that works, its documents and its test."""
    if not _NAME.fullmatch(name):
        raise BadRequest(
            f"{name} is no name for a plugin: it takes a word of small letters, digits and _, "
            "such as ph_meter, since what it brings and its module are called so too"
        )
    from orchestrator.documents.catalogue import load_offer

    catalogue = load_offer().catalogue
    if name in catalogue.jobs:
        raise BadRequest(f"there is a job {name} already; choose another name")
    if any(name == law for _, law in catalogue.automations):
        raise BadRequest(f"there is an automation {name} already; choose another name")
    target = folder / name
    try:
        target.mkdir(parents=True)
        written = list(_write(target, name, example))
    except OSError as error:
        raise BadRequest(f"{target}: {error.strerror}") from error
    for path in sorted(written):
        click.echo(path)
    click.echo(f"Try it with pytest in {target}, then: axenic plugins install {target}", err=True)


@plugins.command()
@click.argument("source")
def install(source: str) -> None:
    """Install SOURCE: a plugin's folder, or whatever pip takes (a wheel, a name)."""
    from orchestrator.cli.plugins_install import install_folder, install_with_pip

    if Path(source).is_dir() and (Path(source) / "plugin.yaml").is_file():
        told = install_folder(Path(source))
    else:
        told = install_with_pip(source)
    click.echo(told)
    click.echo("Leader and workers know of it once they are started again.", err=True)


@plugins.command()
@click.argument("name")
def remove(name: str) -> None:
    """Remove the plugin NAME: its folder, or the package that it came with."""
    from orchestrator.cli.plugins_install import remove_plugin

    click.echo(remove_plugin(name))


def _usable(offer: Offer) -> Iterator[dict[str, Any]]:
    from orchestrator.documents.plugins import PARTS

    for plugin in offer.plugins:
        yield {
            "name": plugin.name,
            "version": plugin.version,
            "description": plugin.description,
            "where": _where(plugin.found),
            **{part: list(getattr(plugin, part)) for part in PARTS},
            "problem": "",
        }


def _unusable(offer: Offer) -> Iterator[dict[str, Any]]:
    from orchestrator.documents.plugins import PARTS

    for each in offer.left_out:
        yield {
            "name": each.found.name,
            "version": "",
            "description": "",
            "where": _where(each.found),
            **{part: [] for part in PARTS},
            "problem": each.reason,
        }


def _where(found: Found) -> str:
    package = f", of the package {found.distribution}" if found.distribution else ""
    return f"{found.root}{package}"


def _write(target: Path, name: str, example: str) -> Iterator[Path]:
    """Copy an example under another name."""
    root = resource("contrib", "plugins", example)
    words = {example: name, _class_of(example): _class_of(name)}
    for source in sorted(root.rglob("*")):
        if source.suffix not in (".py", ".yaml"):
            continue
        lines = source.read_text("utf-8").splitlines(keepends=True)
        text = "".join(line for line in lines if not line.startswith(SCHEMA_LINE))
        place = str(source.relative_to(root))
        for word, value in words.items():
            text, place = text.replace(word, value), place.replace(word, value)
        path = target / place
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
        yield path


def _class_of(name: str) -> str:
    return "".join(part.title() for part in name.split("_"))
