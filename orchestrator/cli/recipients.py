"""`--notify`: whom alerts go to, on the command line, in the environment or a cluster document."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import click

Recipient: TypeAlias = str | Mapping[str, Any]
"""A URL, or an item of `notifications:` in a cluster document."""
VARIABLE = "AXENIC_NOTIFY"


class _Recipient(click.ParamType[Recipient]):
    """A URL; a cluster document says more."""

    name = "recipient"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Recipient:
        """As it is: `notifiers.notifying` reads it."""
        if isinstance(value, Mapping):
            return value
        if "://" not in str(value):
            self.fail("an Apprise URL is needed, such as mailto://…", param, ctx)
        return str(value)

    def split_envvar_value(self, rv: str) -> Sequence[Any]:
        """URLs with white space between them, or all that a document says, as JSON."""
        if not rv.lstrip().startswith("["):
            return rv.split()
        try:
            return list(json.loads(rv))
        except ValueError as error:
            raise click.BadParameter(f"{VARIABLE} is no list in JSON: {error}") from None


notify_option = click.option(
    "--notify",
    multiple=True,
    type=_Recipient(),
    metavar="URL",
    envvar=VARIABLE,
    help="Where alerts go, in apprise's form.",
)
