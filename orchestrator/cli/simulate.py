"""`axenic simulate`: a whole experiment in seconds."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from io import TextIOWrapper
from pathlib import Path
from typing import Any, TextIO

import click

from orchestrator.cli import show
from orchestrator.cli.compare import compare_two
from orchestrator.cli.exits import BadRequest
from orchestrator.cli.files import make_folder, written_whole
from orchestrator.cli.later import apply_options, revisions_of
from orchestrator.cli.outside import outside_of
from orchestrator.cli.pairs import pairs
from orchestrator.cli.plan import (
    in_a_line,
    plan_of,
    seconds,
    start_of,
    start_option,
)
from orchestrator.cli.prepare import inputs_option
from orchestrator.cli.rehearsal.ledger import LEDGER, write_ledger
from orchestrator.cli.rehearsal.page import render
from orchestrator.cli.rehearsal.summary import summarise
from orchestrator.cli.rehearsal.tables import every_row, readings_writer, write_actions
from orchestrator.model.canonical import canonical_json, digest, plain
from orchestrator.model.interlock import Interlock
from orchestrator.model.plan import Plan
from orchestrator.sim.notebook import Notebook
from orchestrator.sim.organism import E_COLI, Organism
from orchestrator.sim.person import Habit, Habits
from orchestrator.sim.rehearse import Rehearsal, rehearse
from orchestrator.sim.revising import Refused

FOREVER_S = 366 * 86_400.0
"""What ends by itself is given a year."""


@click.command()
@click.argument(
    "profile", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--for", "length", help="How long, such as 14d; until the experiment ends otherwise.")
@click.option("--seed", type=int, default=1, show_default=True, help="Of all chance in it.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for readings.csv, actions.csv, summary.json, report.html and what they rest on.",
)
@inputs_option
@start_option
@click.option(
    "--culture",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The organism, an axenic: culture/1 document; E. coli otherwise.",
)
@click.option(
    "--hardware",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="An axenic: hardware/1 document, whose interlocks hold, whose photodiodes are there "
    "and whose evaporation goes on here as well.",
)
@click.option(
    "--answers",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="How questions are answered: YAML, phrase: {after: 20 min, answer: text}.",
)
@click.option(
    "--event",
    "events",
    multiple=True,
    metavar="TIME=KIND:NAME[=TEXT]",
    help="What comes from outside: --event 6h=button:rinse --event 2h=topic:lab/door=open.",
)
@apply_options
@click.option(
    "--every", default="1 min", show_default=True, help="Width of a mean in readings.csv."
)
@click.option(
    "--faults",
    type=click.Choice(("none", "light", "heavy")),
    help="Rehearse the whole system, leader and network included, while things around it break.",
)
@click.option(
    "--runs",
    type=click.IntRange(1, 1_000_000),
    default=1,
    show_default=True,
    help="With --faults: how many runs, of --seed and the seeds after it.",
)
@click.option(
    "--compare",
    nargs=2,
    type=click.Path(exists=True, path_type=Path),
    metavar="A B",
    help="Instead of PROFILE: two profiles, or two folders after --out, side by side.",
)
@click.pass_context
def simulate(
    context: click.Context,
    profile: Path | None,
    length: str | None,
    seed: int,
    out: Path | None,
    inputs: tuple[str, ...],
    start: str | None,
    culture: Path | None,
    hardware: Path | None,
    answers: Path | None,
    events: tuple[str, ...],
    later: tuple[str, ...],
    accept_jumps: bool,
    move_to: str,
    every: str,
    faults: str | None,
    runs: int,
    compare: tuple[Path, Path] | None,
) -> None:
    """Rehearse PROFILE on a simulated culture, through the code that would run it."""
    if compare is not None and profile is None and faults is None:
        compare_two(compare, out, lambda one, to: _same_again(context, one, to))
        return
    if profile is None or compare is not None:
        raise BadRequest("name a PROFILE, or two with --compare, and no --faults with them")
    plan, found = plan_of(profile, inputs)
    if faults is not None:
        if answers is not None:
            raise BadRequest("--answers: under --faults a person answers when chance wants it")
        if events:
            raise BadRequest("--event: under --faults nothing comes from outside but troubles")
        if later:
            raise BadRequest("--apply: under --faults people change what runs when chance wants it")
        _under_faults(
            profile, plan, faults, runs, seed, inputs, start, length, culture, hardware, out
        )
        return
    if runs != 1:
        raise BadRequest("--runs: many runs of the same make sense with --faults only")
    revisions = revisions_of(later, plan, inputs, accept_jumps=accept_jumps, move_to=move_to)
    wanted = Rehearsal(
        plan=plan,
        plan_hash=digest(canonical_json(plain(plan))),
        start_wall_s=start_of(start, plan),
        for_s=seconds(length, "--for") if length else FOREVER_S,
        seed=seed,
        organism=_organism(culture) if culture else E_COLI,
        habits=_habits(answers) if answers else Habits(),
        outside=outside_of(events, plan, *(each.plan for each in revisions)),
        revisions=revisions,
        interlocks=_interlocks(hardware, plan) if hardware else {},
        angles=_angles(hardware, plan) if hardware else {},
        evaporation_ml_h=_evaporation(hardware, plan) if hardware else {},
    )
    every_s = seconds(every, "--every")
    if every_s <= 0:
        raise BadRequest(f"--every {every}: it must be longer than nothing")
    began_s = time.monotonic()
    if out is not None:
        make_folder(out, "--out")
    with _readings(out, wanted.start_wall_s, every_s) as notebook, _progress(wanted) as progress:
        try:
            passed_s = asyncio.run(_rehearse(wanted, notebook, progress))
        except Refused as refused:
            raise BadRequest(f"the simulated worker refuses the plan: {refused}") from refused
    summary = summarise(
        plan,
        plan_hash=wanted.plan_hash,
        seed=seed,
        start_wall_s=wanted.start_wall_s,
        passed_s=passed_s,
        ledgers=notebook.entries,
        later=[each.plan.name for each in revisions],
        warnings=[in_a_line(each) for each in found],
    )
    if out is not None:
        _write(out, wanted, notebook, summary, passed_s)
    _tell(summary, passed_s, time.monotonic() - began_s, out)


async def _rehearse(wanted: Rehearsal, notebook: Notebook, progress: Any) -> float:
    from orchestrator.cli.guests import plugged_in

    async with plugged_in(simulated=True, lockstep=True, seed=wanted.seed) as guests:
        if guests is None:
            return await rehearse(wanted, notebook, progress)
        return await rehearse(wanted, notebook, progress, guests.job_named)


def _interlocks(hardware: Path, plan: Plan) -> Mapping[str, tuple[Interlock, ...]]:
    from orchestrator.cli.rehearsal.locked import interlocks_of

    return interlocks_of(hardware, plan)


def _angles(hardware: Path, plan: Plan) -> Mapping[str, tuple[int, ...]]:
    from orchestrator.cli.rehearsal.wired import angles_in

    return angles_in(hardware, plan)


def _evaporation(hardware: Path, plan: Plan) -> Mapping[str, float]:
    from orchestrator.cli.rehearsal.wired import evaporation_in

    return evaporation_in(hardware, plan)


def _same_again(context: click.Context, profile: Path, out: Path) -> None:
    """Rehearse another profile with the same options."""
    context.invoke(simulate, **{**context.params, "profile": profile, "out": out, "compare": None})


def _under_faults(
    profile: Path,
    plan: Plan,
    level: str,
    runs: int,
    seed: int,
    inputs: tuple[str, ...],
    start: str | None,
    length: str | None,
    culture: Path | None,
    hardware: Path | None,
    out: Path | None,
) -> None:
    from orchestrator.cli.under_faults import STORM, Wanted, simulate_under_faults

    wanted = Wanted(
        profile=profile,
        inputs=pairs(inputs, "--input"),
        level=level,
        start_wall_s=start_of(start, plan),
        length=length or STORM,
        calm_s=seconds(length or STORM, "--for"),
        organism=_organism(culture) if culture else E_COLI,
        interlocks=_interlocks(hardware, plan) if hardware else {},
        options="".join(
            f" {option} {given}"
            for option, given in (
                ("--start", start),
                ("--culture", culture),
                ("--hardware", hardware),
            )
            if given
        ),
    )
    simulate_under_faults(wanted, seed, runs, out)


@contextmanager
def _readings(out: Path | None, start_wall_s: float, every_s: float) -> Iterator[Notebook]:
    """A notebook that writes its means as they are full."""
    if out is None:
        yield Notebook(every_s=every_s)
        return
    with _text(out / "readings.csv") as file:
        yield Notebook(every_s=every_s, row=readings_writer(file, start_wall_s))


def _write(
    out: Path,
    wanted: Rehearsal,
    notebook: Notebook,
    summary: Mapping[str, Any],
    passed_s: float,
) -> None:
    with _text(out / "actions.csv") as file:
        write_actions(file, notebook.entries)
    with _text(out / "summary.json") as file:
        file.write(json.dumps(summary, indent=2, ensure_ascii=False) + "\n")
    with _text(out / LEDGER) as file:
        write_ledger(file, notebook.entries)
    plans = [wanted.plan, *(each.plan for each in wanted.revisions)]
    for number, plan in enumerate(plans, start=1):
        name = "plan.json" if number == 1 else f"plan-{number}.json"
        with written_whole(out / name) as file:
            file.write(canonical_json(plain(plan)) + b"\n")
    rows = every_row(notebook.entries)
    with _text(out / "report.html") as file:
        file.write(render(wanted.plan, summary, rows, notebook.series, passed_s))


@contextmanager
def _text(path: Path) -> Iterator[TextIO]:
    with written_whole(path) as file:
        text = TextIOWrapper(file, encoding="utf-8", newline="", write_through=False)
        yield text
        text.flush()
        text.detach()


@contextmanager
def _progress(wanted: Rehearsal) -> Iterator[Any]:
    """A bar with the simulated time, on a terminal only."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    total_s = wanted.for_s if wanted.for_s < FOREVER_S else None
    columns = (
        TextColumn("rehearsing"),
        BarColumn(),
        TextColumn("{task.fields[at]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=total_s, at="")
        yield lambda passed_s: bar.update(task, completed=passed_s, at=show.span(passed_s))


def _organism(path: Path) -> Organism:
    from orchestrator.documents.check import check_text
    from orchestrator.documents.files import Folder
    from orchestrator.documents.include import include
    from orchestrator.documents.load import load
    from orchestrator.documents.report import report
    from orchestrator.sim.organism_from import OrganismError, organism_from

    content = path.read_bytes()
    beside = Folder(path.parent)
    checked = check_text(content, str(path), files=beside)
    document, _ = load(content, str(path))
    if not checked.is_good or document is None:
        click.echo(report([checked]), nl=False, err=True)
        raise SystemExit(1)
    try:
        return organism_from(include(document, beside).document.data)
    except OrganismError as error:
        raise BadRequest(f"{path}: {error}") from error


def _habits(path: Path) -> Habits:
    from orchestrator.documents.load import load

    document, problems = load(path.read_bytes(), str(path))
    if document is None or problems or not isinstance(document.data, Mapping):
        raise BadRequest(f"{path}: it takes a mapping, phrase: {{after: 20 min, answer: text}}")
    by_phrase = {}
    for phrase, said in document.data.items():
        habit = Habit()
        if not isinstance(said, Mapping) or set(said) - {"after", "answer"}:
            raise BadRequest(f"{path}: {phrase} takes after: and answer:")
        if "after" in said:
            never = said["after"] == "never"
            habit = replace(
                habit, after_s=None if never else seconds(str(said["after"]), f"{path}: {phrase}")
            )
        if "answer" in said:
            habit = replace(habit, answer=str(said["answer"]))
        by_phrase[str(phrase)] = habit
    return Habits(by_phrase=by_phrase)


def _tell(summary: Mapping[str, Any], passed_s: float, took_s: float, out: Path | None) -> None:
    speed = passed_s / took_s if took_s > 0 else 0.0
    click.echo(f"{show.span(passed_s)} rehearsed in {took_s:.1f} s ({speed:,.0f} × real time)")
    for vessel, course in summary["vessels"].items():
        visited = " → ".join(phase["phase"] for phase in course["phases"])
        why = f": {course['reason']}" if course["reason"] else ""
        click.echo(f"  {vessel}: {visited} ({course['state']}{why})")
    for each in summary["revisions"]:
        taken = ", ".join(f"{name} after {show.span(at)}" for name, at in each["taken_s"].items())
        click.echo(f"  revision {each['revision']} ({each['profile']}): {taken}")
    counted = ", ".join(f"{number} {outcome}" for outcome, number in summary["outcomes"].items())
    click.echo(f"  actions: {counted or 'none'}; alerts: {len(summary['alerts'])}")
    for bottle in summary["bottles"]:
        if bottle["through_s"] is not None:
            through = show.span(bottle["through_s"])
            click.secho(
                f"  {bottle['medium']} of {bottle['vessel']} is through after {through}",
                fg="yellow",
            )
    if out is not None:
        click.echo(f"  {out / 'report.html'}")
