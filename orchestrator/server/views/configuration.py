"""What a cluster has in common, as `/api` shows it."""

from __future__ import annotations

import msgspec


class Configuration(msgspec.Struct, frozen=True, kw_only=True):
    """The cluster document, an axenic: cluster/1."""

    file: str
    """On the leader's machine."""
    text: str
    blob: str
    in_force: bool
    """Whether the leader goes by it as it is."""
    restart_for: list[str]
    """Keys that were changed since leader and workers read them: they do at their next start."""
