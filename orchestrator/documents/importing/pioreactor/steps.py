"""An action of theirs becomes steps of ours."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil

from orchestrator.documents.draft import Cursor
from orchestrator.documents.importing.pioreactor.actions import Action
from orchestrator.documents.importing.pioreactor.acts import circulate, dose
from orchestrator.documents.importing.pioreactor.conditions import condition, message
from orchestrator.documents.importing.pioreactor.jobs import (
    Running,
    our_job,
    read_given,
)
from orchestrator.documents.importing.pioreactor.lights import LEDS, intensity, within_steps
from orchestrator.documents.importing.pioreactor.moments import write_time
from orchestrator.documents.importing.pioreactor.names import (
    ADDING,
    BLANKING,
    CIRCULATING,
    LIGHTING,
)
from orchestrator.documents.importing.pioreactor.report import choose, error
from orchestrator.documents.importing.pioreactor.translate import Scope
from orchestrator.documents.importing.pioreactor.write import (
    Line,
    as_item,
    indented,
    mapping,
    quoted,
)

REPEAT_MAX = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What an action is turned into steps with."""

    scope: Scope
    volume_ml: float
    running: Callable[[str], Running]
    """What is known of a job of ours, by its name."""


def steps_of(action: Action, bench: Bench) -> list[Line]:
    """Turn an action into list items, with its `if`; nothing where it cannot be kept."""
    asked = condition(action.where.get("if"), bench.scope)
    if asked is None:
        return []
    steps = _unconditional(action, bench)
    if asked is False:
        choose(action.where.get("if") or action.where, "this never happens, and is left out")
        return []
    if asked is True or not steps:
        return steps
    source = action.where.span
    line = Line(0, f'if: "{{{{ {asked.text} }}}}"', source)
    if sum(each.text.startswith("- ") and each.indent == 0 for each in steps) == 1:
        return [*steps, Line(2, line.text, source)]
    return as_item([line, Line(0, "then:", source), *indented(steps)])


def _unconditional(action: Action, bench: Bench) -> list[Line]:
    match action.kind:
        case "log":
            return _log(action, bench.scope)
        case "when":
            return _when(action, bench)
        case "repeat":
            return _repeat(action, bench)
        case _:
            return _on_job(action, bench)


def _log(action: Action, scope: Scope) -> list[Line]:
    options = action.where.get("options")
    place = options.get("message") if options is not None else None
    if options is None or place is None:
        error(options or action.where, "import-shape", "a log has options: {message: …}")
        return []
    said = message(place, scope)
    if said is None:
        return []
    level = str(options.data.get("level", "notice")).lower()
    source = action.where.span
    if level in ("warning", "error"):
        severity = "critical" if level == "error" else "warning"
        value = mapping({"message": quoted(said), "severity": severity})
        return [Line(0, f"- alert: {value}", source)]
    return [Line(0, f"- log: {quoted(said)}", source)]


def _when(action: Action, bench: Bench) -> list[Line]:
    until = condition(action.until, bench.scope)
    inner = in_turn(action.actions, bench)
    if until is None or not inner:
        return []
    source = action.where.span
    text = str(until).lower() if isinstance(until, bool) else until.text
    return [Line(0, f'- wait_until: "{{{{ {text} }}}}"', source), *inner]


def _repeat(action: Action, bench: Bench) -> list[Line]:
    """Write a repeat as a step; `schedule.py` writes the plainer ones as schedule items."""
    inner = in_turn(within_cycle(action), bench, action.every_s)
    if not inner:
        return []
    while_ = condition(action.where.get("while"), bench.scope)
    if while_ is None:
        return []
    source = action.where.span
    if while_ is False:
        choose(action.where.get("while") or action.where, "this never happens, and is left out")
        return []
    loops = loops_of(action)
    head = [Line(0, "- repeat:", source)]
    if while_ is True and loops is not None:
        head.append(Line(4, f"count: {loops}", source))
    else:
        asked = "true" if while_ is True else while_.text
        head.append(Line(4, f'while: "{{{{ {asked} }}}}"', source))
        head.append(Line(4, f"max: {loops or REPEAT_MAX}", source))
        if loops is not None:
            choose(action.where, f"if it is still true after {loops} times, that is put on record")
    return [*head, Line(4, "do:", source), *indented(inner, 6)]


def loops_of(action: Action) -> int | None:
    """How often it repeats; None if without end."""
    if action.max_s is None:
        return None
    return max(1, ceil(action.max_s / action.every_s - 1e-9))


def within_cycle(action: Action) -> tuple[Action, ...]:
    """Leave out what begins after its repeat has begun anew, as Pioreactor does."""
    for each in action.actions:
        if each.at_s > action.every_s:
            choose(each.where, "this begins after its repeat begins anew, and never happens")
    return tuple(each for each in action.actions if each.at_s <= action.every_s)


def in_turn(actions: tuple[Action, ...], bench: Bench, cycle_s: float | None = None) -> list[Line]:
    """Write actions one after the other, with waits between; they begin where the first may."""
    containers = [each for each in actions if each.kind in ("when", "repeat")]
    if containers and (len(containers) > 1 or actions[-1] is not containers[0]):
        return _side_by_side(actions, containers, bench)
    steps: list[Line] = []
    now_s = 0.0
    for action in actions:
        written = steps_of(action, bench)
        if written and action.at_s > now_s:
            steps += _wait(action.at_s - now_s, action.where)
            now_s = action.at_s
        steps += written
    if steps and cycle_s is not None and cycle_s > now_s:
        steps += _wait(cycle_s - now_s, actions[-1].where)
    return steps


def _side_by_side(
    actions: tuple[Action, ...], containers: list[Action], bench: Bench
) -> list[Line]:
    """Let what waits or repeats go on beside what comes after it, as it does there."""
    plain = tuple(each for each in actions if each not in containers)
    branches = [in_turn(each, bench) for each in (plain, *((each,) for each in containers))]
    source = actions[0].where.span
    lines = [Line(0, "- parallel:", source)]
    for branch in filter(None, branches):
        lines += [Line(4, "- do:", source), *indented(branch, 8)]
    return lines if len(lines) > 1 else []


def _wait(seconds: float, cursor: Cursor) -> list[Line]:
    return [Line(0, f"- wait: {write_time(seconds)}", cursor.span)]


def _on_job(action: Action, bench: Bench) -> list[Line]:
    name, source = bench.scope.job, action.where.span
    if name in ADDING:
        return dose(action, bench.scope)
    if name in CIRCULATING:
        return circulate(action, bench.scope)
    if name in BLANKING:
        return [Line(0, "- blank:", source)] if action.kind == "start" else []
    if name in LIGHTING:
        return intensity(action, bench.scope, bench.running(LEDS))
    job = our_job(_job_cursor(action), name)
    if job is None:
        return []
    if job == LEDS:
        return within_steps(action)
    args = action.where.get("args")
    if args is not None and args.data:
        error(args, "import-lost", "words for a command line cannot be kept; write them as options")
    running = bench.running(job)
    if action.kind in ("stop", "pause"):
        if action.kind == "pause":
            choose(action.where, f"a job is not paused by itself here: {job} is stopped")
        return [Line(0, f"- stop: {job}", source)]
    if action.kind == "resume":
        choose(action.where, f"{job} is started again, as it was set last")
        return _start(job, _written(running), action.where)
    given = read_given(action.where, job, running, bench.volume_ml, bench.scope)
    if action.kind == "start" or given.automation is not None:
        return _start(job, given.written(), action.where)
    settings = {f"{job}.{name}": value for name, value in given.settings.items()}
    return [Line(0, f"- set: {mapping(settings)}", source)] if settings else []


def _job_cursor(action: Action) -> Cursor:
    """The job that an action is of: the action stands in a list below the job's name."""
    draft, path = action.where.draft, action.where.path
    at = path.index("jobs") + 2
    return Cursor(draft, None, path[:at])


def _written(running: Running) -> dict[str, str]:
    law = {} if running.automation is None else {"automation": running.automation}
    return {**law, **running.settings}


def _start(job: str, settings: dict[str, str], cursor: Cursor) -> list[Line]:
    if not settings:
        return [Line(0, f"- start: {job}", cursor.span)]
    return [Line(0, f"- start: {{{job}: {mapping(settings)}}}", cursor.span)]
