"""`axenic backup`, `restore` and `integrity`: the leader's store, with or without its leader."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import click

from orchestrator.cli.exits import BadRequest
from orchestrator.cli.files import make_folder
from orchestrator.cli.keeping import Keeping, keeping_of
from orchestrator.cli.laboratory import cluster_option
from orchestrator.cli.services.options import data_option, store_option


@click.command()
@data_option
@store_option
@cluster_option
@click.option(
    "--to",
    "backups",
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder; the cluster document's, or backups in the data folder, otherwise.",
)
def backup(data: Path, store: str | None, backups: Path | None) -> None:
    """Copy the store, while its leader runs, and check the copy."""
    from orchestrator.store.backups import name_for

    keeping = keeping_of(data, store)
    if store is None and not Path(keeping.where).is_file():
        raise BadRequest(f"there is no store at {keeping.where}; --data names its folder")
    folder = backups or data / "backups"
    make_folder(folder, "--to")
    to = folder / name_for(time.time(), keeping.ending)
    said = _kept(lambda: keeping.back_up(to, lambda _: None))
    click.echo(f"{to}: {said}")


@click.command()
@click.argument("backup", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@data_option
@store_option
@cluster_option
@click.option("--replace", is_flag=True, help="A store is there: keep it aside, under a new name.")
def restore(backup: Path, data: Path, store: str | None, replace: bool) -> None:
    """Put BACKUP in the place of the store. Its leader must not run."""
    keeping = keeping_of(data, store)
    if backup.suffix != keeping.ending:
        raise BadRequest(
            f"{backup} is of another kind: backups of {keeping.where} end in {keeping.ending}"
        )
    make_folder(data, "--data")
    aside = f"before-{datetime.now(UTC):%Y%m%dT%H%M%SZ}" if replace else ""
    said = _kept(lambda: keeping.restore(backup, aside))
    click.echo(f"{keeping.where} is what {backup} holds: {said}")
    if aside:
        click.echo(f"What stood there is kept aside as {aside}")


@click.command()
@click.argument(
    "backup", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@data_option
@store_option
@cluster_option
def integrity(backup: Path | None, data: Path, store: str | None) -> None:
    """Check that the store, or BACKUP, is whole and fits together."""
    keeping: Keeping = keeping_of(data, store)
    if backup is not None:
        said = _kept(lambda: keeping.check_backup(backup))
        click.echo(f"{backup} is sound: {said}")
        return
    said = _kept(lambda: keeping.check(lambda _: None))
    click.echo(f"{keeping.where} is sound: {said}")


def _kept(work: Callable[[], str]) -> str:
    """What a person can mend is one clear line."""
    from orchestrator.ports.maintenance import StepFailed
    from orchestrator.ports.store import StoreBusy, StoreUnusable

    try:
        return work()
    except (StepFailed, StoreUnusable, StoreBusy) as error:
        raise BadRequest(str(error)) from error
