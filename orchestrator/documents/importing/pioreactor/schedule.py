"""When things happen: jobs that run from the beginning, and the items of the one phase."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import TypeAlias

from orchestrator.documents.draft import Cursor
from orchestrator.documents.importing.pioreactor.actions import Action, walk
from orchestrator.documents.importing.pioreactor.jobs import read_given
from orchestrator.documents.importing.pioreactor.lights import LEDS
from orchestrator.documents.importing.pioreactor.moments import write_time
from orchestrator.documents.importing.pioreactor.names import JOBS
from orchestrator.documents.importing.pioreactor.steps import (
    Bench,
    loops_of,
    steps_of,
    within_cycle,
)
from orchestrator.documents.importing.pioreactor.write import Line, as_item, indented

AlwaysOn: TypeAlias = dict[str, tuple[dict[str, str], Cursor]]
"""Settings of jobs that run from the beginning, and where it says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """The actions of one job, on one Pioreactor or on all."""

    unit: str | None
    job: str
    actions: tuple[Action, ...]
    about: str | None


def started_at_once(action: Action, bench: Bench, jobs: AlwaysOn) -> bool:
    """Take a job that starts at the very beginning, whatever happens, for one that runs."""
    job = JOBS.get(bench.scope.job)
    if job is None or job in jobs or action.kind != "start" or action.at_s > 0.0:
        return False
    if any(action.where.get(key) is not None for key in ("if", "args")):
        return False
    if "::" in str(action.where.data) or ":$" in str(action.where.data):
        return False
    running = bench.running(job)
    given = read_given(action.where, job, running, bench.volume_ml, bench.scope)
    jobs[job] = (given.written(), action.where)
    return True


def items_of(action: Action, bench: Bench, only: str | None) -> list[Line]:
    """Write an action as items of the schedule; nothing where it cannot be kept."""
    if action.kind == "repeat" and not _is_conditional(action):
        return _every(action, bench, only)
    return _item([Line(0, f"at: {write_time(action.at_s)}")], steps_of(action, bench), only)


def _is_conditional(action: Action) -> bool:
    return any(action.where.get(key) is not None for key in ("if", "while"))


def _every(action: Action, bench: Bench, only: str | None) -> list[Line]:
    """Write a plain repeat as one item for each moment of its cycle."""
    lines: list[Line] = []
    count = loops_of(action)
    for at_s, together in groupby(within_cycle(action), key=lambda each: each.at_s):
        steps = [line for each in together for line in steps_of(each, bench)]
        head = [
            Line(0, f"every: {write_time(action.every_s)}"),
            Line(0, f"from: {write_time(action.at_s + at_s)}"),
        ]
        if count is not None:
            head.append(Line(0, f"count: {count}"))
        lines += _item(head, steps, only)
    return lines


def _item(head: list[Line], steps: list[Line], only: str | None) -> list[Line]:
    if not steps:
        return []
    source = steps[0].source
    lines = [Line(0, line.text, source) for line in head]
    if only is not None:
        lines.append(Line(0, f"vessels: [{only}]", source))
    return as_item([*lines, Line(0, "do:", source), *indented(steps)])


def ends_open(due: Iterable[tuple[Block, Action]]) -> bool:
    """Tell whether something was started and never stopped, and nothing else goes on for ever."""
    running: set[tuple[str | None, str]] = set()
    for block, action in due:
        if action.kind == "repeat" and loops_of(action) is None:
            return False
        ours = JOBS.get(block.job)
        if ours is None or ours == LEDS:
            continue  # a cycle of light goes on by itself
        if action.kind == "stop":
            everywhere = block.unit is None
            running = {
                (unit, job)
                for unit, job in running
                if job != ours or not (everywhere or unit == block.unit)
            }
        elif any(each.kind in ("start", "resume") for each in walk((action,))):
            running.add((block.unit, ours))
    return bool(running)
