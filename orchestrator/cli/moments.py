"""Moments as people type them: a date and time of this machine, or a time from now."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

import click

from orchestrator.model.units import parse_quantity

F = TypeVar("F", bound=Callable[..., Any])


def moment(text: str, now_wall_s: float) -> float:
    """UTC seconds of `2026-12-01T08:00` (with an offset, or in this machine's zone), or `+2h`.

    Raises:
        ValueError: it is neither.
    """
    if text.startswith(("+", "-")):
        sign = 1.0 if text[0] == "+" else -1.0
        return now_wall_s + sign * parse_quantity(text[1:].strip(), "time")
    return datetime.fromisoformat(text).astimezone().timestamp()


def moment_option(name: str, **more: Any) -> Callable[[F], F]:
    """An option that takes a moment."""

    def read(_context: click.Context, _parameter: click.Parameter, said: Any) -> float | None:
        if said is None:
            return None
        try:
            return moment(said, time.time())
        except ValueError as error:
            raise click.BadParameter(f"it takes 2026-12-01T08:00, or +2h: {error}") from error

    return click.option(name, metavar="TIME", callback=read, **more)
