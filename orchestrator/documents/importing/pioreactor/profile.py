"""An experiment profile of Pioreactor's becomes a profile of ours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from orchestrator.documents.draft import Cursor
from orchestrator.documents.importing.pioreactor.actions import Action, read_actions, walk
from orchestrator.documents.importing.pioreactor.conditions import units_in
from orchestrator.documents.importing.pioreactor.jobs import Running, our_job
from orchestrator.documents.importing.pioreactor.lights import CHANGES, LEDS, cycle_items
from orchestrator.documents.importing.pioreactor.moments import write_time
from orchestrator.documents.importing.pioreactor.names import ACTS, JOBS, LIGHTING
from orchestrator.documents.importing.pioreactor.options import Options
from orchestrator.documents.importing.pioreactor.report import choose, error, only_keys
from orchestrator.documents.importing.pioreactor.schedule import (
    Block,
    ends_open,
    items_of,
    started_at_once,
)
from orchestrator.documents.importing.pioreactor.sections import (
    Work,
    head_section,
    inputs_section,
    jobs_section,
    media_section,
    phases_section,
    vessels_section,
)
from orchestrator.documents.importing.pioreactor.steps import Bench
from orchestrator.documents.importing.pioreactor.translate import Scope
from orchestrator.documents.importing.pioreactor.write import (
    Line,
    as_item,
    comment,
    indented,
    quoted,
    word_of,
)

_KEYS = (
    *("experiment_profile_name", "version", "metadata", "plugins", "common", "pioreactors"),
    "inputs",
)


def profile_lines(root: Cursor, options: Options) -> list[Line]:
    """Write the profile line by line; what is lost is reported."""
    only_keys(root, _KEYS, "a profile")
    _plugins(root)
    blocks = _blocks(root)
    units = _units(root, blocks, options)
    labels = _labels(root)
    work = Work(options, _names(units, labels), _input_names(root))
    due = sorted(
        ((block, action) for block in blocks for action in block.actions),
        key=lambda entry: entry[1].order,
    )
    for block, action in due:
        _take(work, root, block, action)
    _add_jobs(work, root, due)
    _close(work, due)
    return [
        *head_section(root),
        *inputs_section(root, work.inputs),
        *vessels_section(work, bound=root.get("pioreactors") is not None),
        *media_section(work),
        *jobs_section(work),
        *phases_section(work),
    ]


def _plugins(root: Cursor) -> None:
    plugins = root.get("plugins")
    for each in plugins.elements() if plugins is not None else ():
        message = f"the plugin '{each.text('name')}' is Pioreactor's and does not run here"
        error(each, "import-name", message)


def _blocks(root: Cursor) -> list[Block]:
    found = _block(root.get("common"), None)
    pioreactors = root.get("pioreactors")
    for unit, each in pioreactors.items() if pioreactors is not None else ():
        found += _block(each, unit)
    return found


def _block(cursor: Cursor | None, unit: str | None) -> list[Block]:
    if cursor is None or cursor.data is None:
        return []
    only_keys(cursor, ("jobs",) if unit is None else ("jobs", "label"), "this block")
    jobs = cursor.get("jobs")
    found = []
    for job, each in jobs.items() if jobs is not None else ():
        only_keys(each, ("actions", "description"), "a job")
        if job not in ACTS:
            our_job(each, job)
        actions = read_actions(each.get("actions"))
        found.append(Block(unit=unit, job=job, actions=actions, about=each.text("description")))
    return found


def _units(root: Cursor, blocks: Iterable[Block], options: Options) -> list[str]:
    """List the Pioreactors of a profile: named as a block, in an expression, or on the way in."""
    pioreactors = root.get("pioreactors")
    units = [unit for unit, _ in pioreactors.items()] if pioreactors is not None else []
    for block in blocks:
        for action in walk(block.actions):
            for text in _texts(action.where.data):
                units += units_in(text)
    units += options.vessels
    return list(dict.fromkeys(units)) or ["culture"]


def _texts(data: object) -> list[str]:
    if isinstance(data, str):
        return [data] if ":" in data or "==" in data else []
    if isinstance(data, dict):
        return [text for key, each in data.items() if key != "actions" for text in _texts(each)]
    return [text for each in data for text in _texts(each)] if isinstance(data, list) else []


def _labels(root: Cursor) -> dict[str, str]:
    pioreactors = root.get("pioreactors")
    found = pioreactors.items() if pioreactors is not None else ()
    return {unit: label for unit, each in found if (label := each.text("label"))}


def _names(units: Iterable[str], labels: Mapping[str, str]) -> dict[str, str]:
    """Give each Pioreactor a role of its own: its label, or its name, as a word."""
    names: dict[str, str] = {}
    for unit in units:
        word = word_of(labels.get(unit, unit))
        names[unit] = word if word not in names.values() else word_of(f"{word}_{len(names) + 1}")
    return names


def _input_names(root: Cursor) -> dict[str, str]:
    inputs = root.get("inputs")
    return {name: word_of(name) for name, _ in inputs.items()} if inputs is not None else {}


def _take(work: Work, root: Cursor, block: Block, action: Action) -> None:
    """Turn one action into a job that always runs, or into schedule items."""
    scope = Scope(
        unit=block.unit,
        job=block.job,
        vessels=work.vessels,
        inputs=work.inputs,
        initial_od=work.options.initial_od,
        catalogue=root.draft.catalogue,
    )
    bench = Bench(
        scope=scope,
        volume_ml=work.options.volume_ml,
        running=lambda job: _running(work, block.unit, job),
    )
    jobs = work.jobs.setdefault(block.unit, {})
    only = None if block.unit is None or len(work.vessels) == 1 else work.vessels[block.unit]
    if block.job in LIGHTING or JOBS.get(block.job) == LEDS:
        jobs.setdefault(LEDS, ({}, action.where))
        if block.job not in LIGHTING and action.kind in CHANGES:
            running = bench.running(LEDS)
            work.items += cycle_items(action, block.actions, running, scope, only)
            return
    elif started_at_once(action, bench, jobs):
        return
    work.items += items_of(action, bench, only)


def _running(work: Work, unit: str | None, job: str) -> Running:
    found = work.running.get((unit, job)) or work.running.get((None, job)) or Running()
    if (unit, job) not in work.running:
        own = Running(found.automation, dict(found.settings), dict(found.theirs))
        work.running[unit, job] = own
    return work.running[unit, job]


def _add_jobs(work: Work, root: Cursor, due: list[tuple[Block, Action]]) -> None:
    """Add jobs that others need; there, somebody would have started them by hand."""
    jobs = {block.job for block, _ in due}
    needed = "growth_rate_calculating" in jobs or any(
        running.automation == "turbidostat" for running in work.running.values()
    )
    if needed and "od_reading" not in jobs:
        choose(
            root,
            "the job od_reading was added, which growth rate and turbidostat cannot do without",
        )
        work.jobs.setdefault(None, {})["od_reading"] = ({}, root)
    always = work.jobs.setdefault(None, {})
    if "dosing" not in always and any("circulate:" in line.text for line in work.items):
        choose(root, "the job dosing was added, which circulates")
        always["dosing"] = ({}, root)


def _close(work: Work, due: list[tuple[Block, Action]]) -> None:
    """Keep what runs at the end running: there, a profile's end stops nothing."""
    if not due or not ends_open(due):
        return
    last_s = max(action.at_s for _, action in due)
    said = "The profile is through, and its jobs go on. Confirm when the experiment is over."
    work.items += [
        *comment("Jobs that were never stopped go on after the last action in Pioreactor."),
        *as_item(
            [
                Line(0, f"at: {write_time(last_s)}"),
                Line(0, "do:"),
                *indented([Line(0, f"- ask: {quoted(said)}")]),
            ]
        ),
    ]
