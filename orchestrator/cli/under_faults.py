"""`axenic simulate --faults`: many runs of the whole system while everything around it breaks."""

from __future__ import annotations

import shlex
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache, partial
from pathlib import Path
from typing import Protocol

import click

from orchestrator.cli import show
from orchestrator.cli.files import make_folder, written_whole
from orchestrator.cli.prepare import prepare
from orchestrator.faults.case import Case, Verdict
from orchestrator.faults.many import run_many
from orchestrator.faults.run import run
from orchestrator.model.interlock import Interlock
from orchestrator.ports.check import Checked
from orchestrator.sim.organism import E_COLI, Disturbances, Organism

STORM = "1h"
"""How long the troubles last, unless told otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What all runs have in common."""

    profile: Path
    inputs: Mapping[str, str]
    level: str
    start_wall_s: float
    length: str
    """How long the troubles last, as it was written."""
    calm_s: float
    organism: Organism = E_COLI
    interlocks: Mapping[str, tuple[Interlock, ...]] = field(default_factory=dict)
    options: str = ""
    """What else was given on the command line and is needed to repeat a run."""


def simulate_under_faults(wanted: Wanted, first_seed: int, runs: int, out: Path | None) -> None:
    """Run, tell, and exit with 1 if anything broke."""
    if out is not None:
        make_folder(out, "--out")
    began_s, verdicts = time.monotonic(), []
    with _progress(runs) as told:
        for verdict in run_many(partial(rehearse_once, wanted), first_seed, runs):
            verdicts.append(verdict)
            told(verdicts)
            if out is not None and (verdict.violations or runs == 1):
                _write(out / f"seed-{verdict.seed}", verdict)
    verdicts.sort(key=lambda verdict: verdict.seed)
    _tell(wanted, verdicts, time.monotonic() - began_s, out)
    if any(verdict.violations for verdict in verdicts):
        raise SystemExit(1)


def rehearse_once(wanted: Wanted, seed: int) -> Verdict:
    """One run, in whatever process this is."""
    text = wanted.profile.read_bytes().decode("utf-8", "replace")
    checked = _checked(text, str(wanted.profile), tuple(sorted(wanted.inputs.items())))
    assert checked.plan is not None, "it was checked before the first run"
    return run(
        Case(
            plan=checked.plan,
            check=lambda *_: checked,
            text=text,
            file_name=wanted.profile.name,
            inputs=wanted.inputs,
            level=wanted.level,
            seed=seed,
            start_wall_s=wanted.start_wall_s,
            calm_s=wanted.calm_s,
            organism=replace(wanted.organism, disturbances=Disturbances()),
            interlocks=wanted.interlocks,
        )
    )


@cache
def _checked(text: str, file: str, inputs: tuple[tuple[str, str], ...]) -> Checked:
    """Once for all runs of a process."""
    return prepare(text, file, dict(inputs))


class _Told(Protocol):
    def __call__(self, verdicts: Sequence[Verdict]) -> None: ...


@contextmanager
def _progress(runs: int) -> Iterator[_Told]:
    """A bar with the simulated time and the failures, on a terminal only."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("rehearsing under faults"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[at]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=runs, at="")

        def told(verdicts: Sequence[Verdict]) -> None:
            broken = sum(bool(verdict.violations) for verdict in verdicts)
            passed = show.span(sum(verdict.passed_s for verdict in verdicts))
            bar.update(task, completed=len(verdicts), at=f"{passed} simulated, {broken} failed")

        yield told


def _write(folder: Path, verdict: Verdict) -> None:
    make_folder(folder, "--out")
    for name, text in verdict.artifacts.items():
        with written_whole(folder / name) as file:
            file.write(text.encode())


def _tell(wanted: Wanted, verdicts: Sequence[Verdict], took_s: float, out: Path | None) -> None:
    broken = [verdict for verdict in verdicts if verdict.violations]
    counts: Counter[str] = Counter()
    for verdict in verdicts:
        counts.update(verdict.counts)
    passed = show.span(sum(verdict.passed_s for verdict in verdicts))
    click.echo(f"{len(verdicts)} runs, {passed} simulated in {took_s:.1f} s")
    click.echo("  " + ", ".join(f"{number:,} {name}" for name, number in counts.items()))
    for verdict in broken:
        click.secho(f"  seed {verdict.seed}:", fg="red")
        for violation in verdict.violations:
            click.echo(f"    {violation}")
        click.echo(f"    again: {_again(wanted, verdict.seed)}")
        if out is not None:
            click.echo(f"    {out / f'seed-{verdict.seed}'}")
    click.secho(
        f"  {len(broken)} of {len(verdicts)} runs broke an invariant"
        if broken
        else "  no invariant was broken",
        fg="red" if broken else "green",
    )


def _again(wanted: Wanted, seed: int) -> str:
    """The command that repeats a run, byte by byte."""
    given = "".join(
        f" --input {shlex.quote(f'{name}={value}')}" for name, value in wanted.inputs.items()
    )
    return (
        f"axenic simulate {shlex.quote(str(wanted.profile))}{given}{wanted.options} "
        f"--faults {wanted.level} --for {wanted.length} --seed {seed}"
    )
