"""`axenic schema`: what an editor needs to help with a profile."""

from __future__ import annotations

from pathlib import Path

import click

from orchestrator.cli import show

KINDS = (
    "profile",
    "automation",
    "calibration",
    "chart",
    "cluster",
    "culture",
    "hardware",
    "job",
    "plugin",
)


@click.command()
@click.option("--kind", type=click.Choice(KINDS), default=KINDS[0], show_default=True)
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="Write it to a file instead."
)
def schema(kind: str, out: Path | None) -> None:
    """Print the JSON Schema of a kind of document; profiles' has all jobs that are installed."""
    import json

    from orchestrator.cli.files import written_whole
    from orchestrator.documents.compose import compose_schema
    from orchestrator.documents.schema import read_schema

    composed = compose_schema() if kind == KINDS[0] else read_schema(f"{kind}/1")
    if out is None:
        show.print_json(composed)
        return
    with written_whole(out) as file:
        file.write(json.dumps(composed, indent=2, ensure_ascii=False).encode() + b"\n")
