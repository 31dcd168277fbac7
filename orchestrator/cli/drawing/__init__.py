"""A plan's phases as a picture: for the terminal, for a page, and for other programs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from orchestrator.cli.drawing.dot import as_dot
from orchestrator.cli.drawing.mermaid import as_mermaid
from orchestrator.cli.drawing.svg import as_svg
from orchestrator.cli.drawing.text import as_text
from orchestrator.planning.graph import Lane

DRAWINGS: Final[dict[str, Callable[[str, tuple[Lane, ...]], str]]] = {
    "text": as_text,
    "svg": as_svg,
    "dot": as_dot,
    "mermaid": as_mermaid,
}
"""By the word that `axenic plan --graph` takes: title and lanes become a picture."""
