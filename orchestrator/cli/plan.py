"""`axenic plan`: the timetable that a profile compiles to."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from orchestrator.cli import show
from orchestrator.cli.api import format_option, leader_option
from orchestrator.cli.exits import BadRequest
from orchestrator.cli.files import written_whole
from orchestrator.cli.pairs import pairs
from orchestrator.cli.prepare import inputs_option, prepare
from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.excerpt import text_of
from orchestrator.documents.files import Folder
from orchestrator.documents.quantities import read_quantity
from orchestrator.model.canonical import plain
from orchestrator.model.plan import Plan
from orchestrator.model.units import UnitError
from orchestrator.planning.in_words import starts_in_words
from orchestrator.planning.timetable import Row, timetable

GRAPHS = ("text", "svg", "dot", "mermaid")
DEFAULT_START = "2025-01-06T09:00:00"
"""A Monday morning in winter (SEMANTICS rule 20)."""
profile_argument = click.argument(
    "profile", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
start_option = click.option(
    "--start",
    metavar="TIME",
    help="When it begins, ISO 8601; without an offset in the profile's timezone."
    f"  [default: {DEFAULT_START}]",
)


class _Plan(click.Command):
    """Lets `--graph` stand alone, without taking what follows for the form of the picture."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the form in where it is not said."""
        after = dict(zip(args, [*args[1:], ""], strict=True))
        alone = "--graph" in after and after["--graph"] not in GRAPHS
        given = ["--graph=text" if alone and word == "--graph" else word for word in args]
        return super().parse_args(ctx, given)


@click.command(cls=_Plan)
@profile_argument
@inputs_option
@start_option
@click.option("--for", "length", default="14d", show_default=True, help="How far to look.")
@click.option(
    "--assume",
    "assumed",
    multiple=True,
    metavar="PHASE=TIME",
    help="Length of a phase that ends by itself: --assume batch=9h.",
)
@click.option(
    "--graph",
    type=click.Choice(GRAPHS),
    help="Draw the phases and the ways between them instead; alone it draws for the terminal.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A file for the picture; else it is printed.",
)
@click.option(
    "--against",
    metavar="EXPERIMENT|FILE",
    help="Show what it would change in an experiment, or in another profile.",
)
@leader_option
@format_option
def plan(
    profile: Path,
    inputs: tuple[str, ...],
    start: str | None,
    length: str,
    assumed: tuple[str, ...],
    graph: str | None,
    out: Path | None,
    against: str | None,
    leader_url: str,
    form: str,
) -> None:
    """Show what PROFILE will do and when, wall-clock times included."""
    if against is not None:
        if graph is not None or assumed:
            raise BadRequest("--against shows a difference; it takes neither --graph nor --assume")
        _compare(profile, inputs, start, against, leader_url, form)
        return
    if out is not None and graph is None:
        raise BadRequest("--out is for a picture: --graph svg --out phases.svg")
    compiled = compile_or_explain(profile, inputs)
    if graph is not None:
        _draw(compiled, graph, out)
        return
    start_wall_s = start_of(start, compiled)
    assume = {
        phase: seconds(text, "--assume") for phase, text in pairs(assumed, "--assume").items()
    }
    known = {phase.name for slice_ in compiled.vessels for phase in slice_.phases}
    for name in assume:
        if name not in known:
            raise BadRequest(f"--assume {name}: the phases are {', '.join(sorted(known))}")
    rows = timetable(compiled, start_wall_s, seconds(length, "--for"), assume)
    if form == "json":
        show.print_json({"plan": plain(compiled), "timetable": [row_data(row) for row in rows]})
    else:
        _print(compiled, rows)


def _compare(
    profile: Path,
    inputs: tuple[str, ...],
    start: str | None,
    against: str,
    leader_url: str,
    form: str,
) -> None:
    """With a file nobody is asked; anything else is an experiment."""
    from orchestrator.cli.difference import print_difference, with_experiment, with_file

    if Path(against).is_file():
        new = compile_or_explain(profile, inputs)
        found = with_file(compile_or_explain(Path(against), inputs), new, start_of(start, new))
    elif against.endswith((".yaml", ".yml")):
        raise BadRequest(f"--against {against}: there is no such file")
    else:
        found = with_experiment(leader_url, profile, against, pairs(inputs, "--input"))
    if form == "json":
        show.print_json(found)
    else:
        print_difference(found, against)


def _draw(compiled: Plan, form: str, out: Path | None) -> None:
    from orchestrator.cli.drawing import DRAWINGS
    from orchestrator.planning.graph import lanes_of

    picture = DRAWINGS[form](compiled.name, lanes_of(compiled)).encode()
    if out is None:
        click.echo(picture, nl=False)
        return
    try:
        with written_whole(out) as file:
            file.write(picture)
    except OSError as error:
        raise BadRequest(f"--out {out}: {error.strerror}") from error


def compile_or_explain(profile: Path, inputs: tuple[str, ...]) -> Plan:
    """The plan; else print every problem and exit with 1."""
    return plan_of(profile, inputs)[0]


def in_a_line(problem: Diagnostic) -> str:
    """A problem without its picture and its folder: `heat.yaml:14: … [code]`."""
    return f"{Path(problem.file).name}:{problem.line}: {problem.message} [{problem.code}]"


def plan_of(profile: Path, inputs: tuple[str, ...]) -> tuple[Plan, Sequence[Diagnostic]]:
    """The plan, and what is to be told of it all the same; else print it and exit with 1."""
    text = profile.read_bytes().decode("utf-8", "replace")
    folder = profile.parent
    checked = prepare(text, str(profile), pairs(inputs, "--input"), Folder(folder))
    texts = {str(profile): text, **{str(folder / name): t for name, t in checked.files.items()}}
    for problem in checked.diagnostics:
        shown = text_of(problem, texts.get(problem.file, ""), colour=sys.stderr.isatty())
        click.echo(shown, nl=False, err=True)
    if checked.plan is None:
        raise SystemExit(1)
    return checked.plan, checked.diagnostics


def seconds(text: str, option: str) -> float:
    """A duration as people write it; longer than nothing."""
    try:
        found = read_quantity(text, "time")
    except UnitError as error:
        raise BadRequest(f"{option} {text}: {error}") from error
    if found <= 0.0:
        raise BadRequest(f"{option} {text}: it takes a duration longer than nothing, such as 9h")
    return found


def start_of(text: str | None, compiled: Plan) -> float:
    """UTC seconds of a start that was given, or of the default one."""
    zone = ZoneInfo(compiled.timezone)
    for slice_ in compiled.vessels:
        for phase in slice_.phases:
            for item in phase.items:
                if item.kind == "cron" and compiled.timezone == "UTC":
                    zone = ZoneInfo(item.timezone)
    try:
        moment = datetime.fromisoformat(text or DEFAULT_START)
    except ValueError as error:
        raise BadRequest(f"--start {text}: write it as 2025-01-06T09:00") from error
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).timestamp()


def row_data(row: Row) -> dict[str, Any]:
    """A row as `plan --format json` names it: nothing is left out, unknown times are null."""
    return {name: plain(getattr(row, name)) for name in Row.__slots__}


def _value(value: float | bool | str) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _print_rules(compiled: Plan) -> None:
    """What nobody knows the time of: rules, by what starts them, with the vessels they are for."""
    found: dict[tuple[str, str], list[str]] = {}
    for slice_ in compiled.vessels:
        of_phases = ((f" in {phase.name}", rule) for phase in slice_.phases for rule in phase.rules)
        for where, rule in (*(("", rule) for rule in slice_.rules), *of_phases):
            found.setdefault((rule.item + where, starts_in_words(rule)), []).append(slice_.vessel)
    if found:
        click.echo()
        show.table(
            ("rule", "vessels", "starts on"),
            [(name, ", ".join(vessels), words) for (name, words), vessels in found.items()],
        )


def _print(compiled: Plan, rows: Sequence[Row]) -> None:
    click.secho(compiled.name, bold=True)
    for name, value in compiled.inputs.items():
        click.echo(f"  {name} = {_value(value)}")
    for slice_ in compiled.vessels:
        if slice_.inputs:
            own = ", ".join(f"{name} = {_value(value)}" for name, value in slice_.inputs.items())
            click.echo(f"  {slice_.vessel}: {own}")
    show.table(
        ("time", "wall (UTC)", "vessel", "phase", "in phase", "action"),
        [
            (
                ("≈ " if row.estimated else "") + show.span(row.time_s),
                (row.wall or "–").replace("T", " ").removesuffix("Z"),
                row.vessel,
                row.phase,
                show.span(row.phase_time_s),
                f"{row.action}: {row.detail}" if row.detail else row.action,
            )
            for row in rows
        ],
    )
    _print_rules(compiled)
    if any(row.time_s is None for row in rows):
        click.echo(
            "– : after a phase whose end is not known beforehand; --assume PHASE=TIME fills it in",
            err=True,
        )
