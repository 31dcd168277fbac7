"""`axenic schema`: what an editor needs to help with a profile."""

from __future__ import annotations

from pathlib import Path

import click

from orchestrator.cli import show


@click.command()
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="Write it to a file instead."
)
def schema(out: Path | None) -> None:
    """Print the JSON Schema of profiles, with the jobs and automations that are installed."""
    import json

    from orchestrator.cli.files import written_whole
    from orchestrator.documents.compose import compose_schema

    composed = compose_schema()
    if out is None:
        show.print_json(composed)
        return
    with written_whole(out) as file:
        file.write(json.dumps(composed, indent=2, ensure_ascii=False).encode() + b"\n")
