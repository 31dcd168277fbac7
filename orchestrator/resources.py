"""Finds the files that are not code: schemas, contrib and profiles.

A wheel carries them beside the code under `_data/`; in a checkout they lie beside the package.
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def resource(*parts: str) -> Path:
    """Path of a shipped file or folder: `resource("schemas", "profile.schema.json")`."""
    installed = _PACKAGE / "_data"
    root = installed if installed.is_dir() else _PACKAGE.parent
    return root.joinpath(*parts)
