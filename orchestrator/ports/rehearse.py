"""Rehearsing a plan, as the leader is given it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeAlias


class NotRehearsed(RuntimeError):
    """The rehearsal came to nothing: it took too long, or broke down."""


Rehearse: TypeAlias = Callable[[str], Awaitable[Mapping[str, Any]]]
"""Canonical plan → `{duration_s, bottles: [{vessel, medium, bottle_ml, moved_ml, through_s}]}`.

`duration_s` is None if it had not ended in the time that is rehearsed. It runs beside the leader,
and raises `NotRehearsed`."""
