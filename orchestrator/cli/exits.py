"""How a command ends when it cannot do what was asked: one clear line and the right exit code."""

from __future__ import annotations

import click


class BadRequest(click.ClickException):
    """The user's document or request is bad (exit 1)."""

    exit_code = 1


class Unreachable(click.ClickException):
    """The cluster could not be reached (exit 3)."""

    exit_code = 3
