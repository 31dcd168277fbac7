"""The command that editors start."""

from __future__ import annotations

from typing import Final

import click

from orchestrator.cli.exits import BadRequest

PACKAGES: Final = ("pygls", "lsprotocol", "cattrs", "attrs")
"""What the extra brings."""


@click.command()
@click.option("--stdio", is_flag=True, help="Use standard input and output, as it always does.")
def lsp(stdio: bool) -> None:
    """Help an editor with Axenic's documents, over the Language Server Protocol.

    Editors start this by themselves; see the guide on editors.
    """
    del stdio
    try:
        from orchestrator.cli.lsp.server import serve
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in PACKAGES:
            raise
        raise BadRequest(
            "the language server needs a package more; install it with: pip install 'axenic[lsp]'"
        ) from error
    serve()
