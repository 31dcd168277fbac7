"""The page of the command line, from the commands themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import click

from orchestrator.cli.group import build
from orchestrator.cli.main import COMMANDS
from tools.reference.markdown import code, page, table

PAGE = "docs/guide/commands.md"
EXITS = (
    ("0", "good"),
    ("1", "the document or the request is bad; the message says how to mend it"),
    ("2", "wrong usage of the command line"),
    ("3", "the leader or the broker could not be reached"),
)
VARIABLES = (
    ("AXENIC_LEADER", "where the leader listens, instead of `--leader`"),
    ("AXENIC_BROKER", "the broker's URL; it holds a password, which `ps` would show in an option"),
    ("AXENIC_STORE", "the URL of the leader's PostgreSQL database; it may hold a password, too"),
    ("AXENIC_DATA", "the data folder of `leader`, `worker` and `broker`"),
    ("AXENIC_PLUGINS", "folders in which plugins lie, separated by colons; empty: none"),
    ("AXENIC_ACTOR", "the name that goes on record with what you do; else your login name"),
    ("AXENIC_ROLE", "`administrator` for whoever looks after everybody's experiments; else `user`"),
)
_WRITTEN_DEFAULT = re.compile(r"\[default: (.+)\]")
"""Some help lines say it themselves, since Click would not know it."""


def commands_page() -> str:
    """Every command with its arguments and options, in the order of `axenic --help`."""
    sections: list[list[str]] = [
        ["`axenic COMMAND --help` says the same in the terminal."],
        [f"- [`{name}`](#axenic-{name}): {line}" for name, (_, line) in COMMANDS.items()],
        ["## Exit codes"],
        table(("code", "meaning"), EXITS),
        ["## Environment"],
        table(("variable", "meaning"), [(code(name), text) for name, text in VARIABLES]),
    ]
    for name, command in commands().items():
        sections += _sections(name, command)
    return page("Commands", *sections)


def commands() -> dict[str, click.Command]:
    """Every command by its name."""
    group = build(COMMANDS)
    with click.Context(group, info_name="axenic") as context:
        found = {name: group.get_command(context, name) for name in group.list_commands(context)}
    return dict(_with_parts((name, each) for name, each in found.items() if each is not None))


def _with_parts(found: Iterable[tuple[str, click.Command]]) -> Iterator[tuple[str, click.Command]]:
    """Yield commands, and after a group those that it holds: `import pioreactor`."""
    for name, command in found:
        yield name, command
        if isinstance(command, click.Group):
            with click.Context(command, info_name=name) as context:
                names = [*(command.commands or command.list_commands(context))]
                parts = {part: command.get_command(context, part) for part in names}
            yield from _with_parts(
                (f"{name} {part}", each) for part, each in parts.items() if each is not None
            )


def _sections(name: str, command: click.Command) -> Iterator[list[str]]:
    with click.Context(command, info_name=f"axenic {name}") as context:
        usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    yield [f"## axenic {name}"]
    yield [" ".join((command.help or "").split())]
    yield ["```text", usage, "```"]
    options = [option for option in command.params if isinstance(option, click.Option)]
    if options or not isinstance(command, click.Group):
        yield table(
            ("option", "default", "meaning"),
            [(_spelling(option), _default(option), _meaning(option)) for option in options],
        )


def _spelling(option: click.Option) -> str:
    names = " / ".join([*option.opts, *option.secondary_opts])
    if option.is_flag:
        return code(names)
    if option.metavar:
        value = option.metavar
    elif isinstance(option.type, click.Choice):
        value = "|".join(str(choice) for choice in option.type.choices)
    else:
        value = option.type.name.upper().removesuffix(" RANGE")
    again = ", may be repeated" if option.multiple else ""
    required = " (required)" if option.required else ""
    return code(f"{names} {value}") + required + again


def _default(option: click.Option) -> str:
    written = _WRITTEN_DEFAULT.search(option.help or "")
    if written is not None:
        return code(written[1])
    if not option.show_default or option.default is None:
        return ""
    if option.is_flag:
        return code(option.opts[0] if option.default else option.secondary_opts[0])
    default = option.default
    return code(f"{default:g}" if isinstance(default, float) else default)


def _meaning(option: click.Option) -> str:
    limits = ""
    if isinstance(option.type, click.IntRange | click.FloatRange):
        bounds = (("from", option.type.min), ("to", option.type.max))
        words = [f"{word} {bound:g}" for word, bound in bounds if bound is not None]
        limits = f" {' '.join(words).capitalize()}."
    variable = f" Also ${option.envvar}." if option.envvar else ""
    said = _WRITTEN_DEFAULT.sub("", option.help or "").strip()
    return f"{said}{limits}{variable}".strip()
