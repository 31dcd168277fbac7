"""A Click group that imports a subcommand's module only when that subcommand runs."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

from orchestrator import __version__


class LazyGroup(click.Group):
    """Knows its commands by name and help line; loads one at a time."""

    def __init__(self, table: Mapping[str, tuple[str, str]], **settings: Any) -> None:
        super().__init__(**settings)
        self._table = table

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Names in the table's order, which is the order of use."""
        return list(self._table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import the command, or None if there is no such name."""
        if cmd_name not in self._table:
            return None
        module_name, _, attribute = self._table[cmd_name][0].partition(":")
        module = import_module(f"orchestrator.cli.{module_name}")
        command: click.Command = getattr(module, attribute)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As Click does it, with a suggestion for a misspelt name."""
        if args and args[0] not in self._table and not args[0].startswith("-"):
            import difflib  # 5 ms, for misspelt names only

            near = difflib.get_close_matches(args[0], self._table, n=1)
            hint = f" Did you mean '{near[0]}'?" if near else " 'axenic --help' lists them."
            ctx.fail(f"There is no command '{args[0]}'.{hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List the help lines without importing anything."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in self._table.items()])


def build(table: Mapping[str, tuple[str, str]]) -> click.Group:
    """The root command."""
    group = LazyGroup(
        table,
        name="axenic",
        help="Experiments as code for bioreactors.\n\nExit codes: 0 good, 1 the document or request"
        " is bad, 2 wrong usage, 3 the cluster could not be reached.",
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )
    return click.version_option(__version__, message="axenic %(version)s")(group)
