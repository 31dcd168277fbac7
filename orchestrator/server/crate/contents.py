"""What goes into a bundle, one file after the other."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from typing import Any, Final

import msgspec

from orchestrator.model.canonical import rebuild
from orchestrator.model.ledger import Entry, Kind
from orchestrator.model.plan import Plan
from orchestrator.ports import records
from orchestrator.ports.library import Library, LibraryRefused, LibraryUnusable, NotKept
from orchestrator.ports.report import Columns, Lived
from orchestrator.ports.store import Store
from orchestrator.server.api.export_text import as_csv, wall
from orchestrator.server.crate.archive import Archive
from orchestrator.server.crate.metadata import METADATA, crate
from orchestrator.server.crate.pictures import add_pictures
from orchestrator.server.crate.readme import ACTIONS, READINGS, readme
from orchestrator.server.provenance import provenance_of
from orchestrator.server.services import Services
from orchestrator.server.views.experiments import experiment_view

PORTION: Final = 1000
POINTS: Final = 900
COMMITS_MAX: Final = 1000
CSV: Final = "text/csv"
JSON: Final = "application/json"
YAML: Final = "application/yaml"
KINDS: Final = frozenset(kind.value for kind in Kind)
_NOT_IN_REPORT: Final = frozenset({Kind.TICK, Kind.JOB_MEMORY})


async def write_bundle(
    archive: Archive,
    services: Services,
    experiment: records.Experiment,
    actions: AsyncIterator[str],
    *,
    pictures: bool = False,
) -> None:
    """All files, and last what describes them; `actions` are the lines of `actions.csv`.

    The list of pictures is always there, themselves on request.
    """
    store, now_s = services.store, services.clock.now().wall_s
    signals = await store.signals(experiment.id)
    runs = await store.runs(experiment=experiment.id)
    provenance = await provenance_of(store, experiment)
    await _documents(archive, services, experiment)
    await archive.add(
        "experiment.json", "What the experiment is", JSON, _json(_about(experiment, runs))
    )
    await archive.add("provenance.json", "What the data rest on", JSON, _json(provenance))
    notes = [msgspec.to_builtins(each) for each in await store.notes(experiment.id)]
    await archive.add("notes.json", "What people wrote", JSON, _json(notes))
    used = {run.binding.worker for run in runs if run.binding}
    compared = {
        each.worker: each.calibrations for each in await store.workers() if each.worker in used
    }
    await archive.add("calibrations.json", "What devices were compared with", JSON, _json(compared))
    await archive.add(
        "data/readings.csv", "All readings, as measured", CSV, _readings(store, experiment.id)
    )
    await archive.add("data/actions.csv", "What became of all actions", CSV, _headed(actions))
    trace = "Everything that happened, entry by entry"
    await archive.add("data/trace.jsonl", trace, "application/jsonl", _trace(store, runs))
    await add_pictures(archive, services, experiment.id, whole=pictures)
    if services.report is not None:
        page = await _report(services, experiment, runs, signals)
        if page:
            await archive.add(
                "report.html", "Its charts and its course, to be looked at", "text/html", page
            )
    explained = readme(experiment, archive.parts, signals, services.unit_of, now_s)
    await archive.add("README.md", "What is in here", "text/markdown", explained)
    described = crate(
        provenance,
        archive.parts,
        description=experiment.words.description,
        tags=experiment.words.tags,
        started_wall_s=experiment.started_wall_s,
        ended_wall_s=experiment.ended_wall_s,
        state=experiment.state.value,
        at_wall_s=now_s,
    )
    await archive.add(METADATA, "What describes it", "application/ld+json", _json(described))


async def _documents(archive: Archive, services: Services, experiment: records.Experiment) -> None:
    """Each revision's profile with what it includes, its plan, and its past in the library."""
    past: dict[str, Any] = {}
    for each in await services.store.revisions(experiment.id):
        folder = f"profile/{each.revision}"
        title = f"The profile, revision {each.revision}"
        await archive.add(f"{folder}/{each.file_name}", title, YAML, each.profile_text)
        for name, text in each.files.items():
            title = f"Included by revision {each.revision}"
            await archive.add(f"{folder}/{name}", title, YAML, text)
        title = f"The plan of revision {each.revision}"
        await archive.add(f"plan/{each.revision}.json", title, JSON, each.plan_json)
        if each.library_path and services.library is not None:
            past[each.library_path] = await asyncio.to_thread(
                _past, services.library, each.library_path, each.git_commit
            )
    title = "The profile's past in the library"
    await archive.add("profile/history.json", title, JSON, _json(past))


def _past(library: Library, path: str, commit: str | None) -> list[Any]:
    try:
        found = library.history(path, limit=COMMITS_MAX)
    except (LibraryRefused, LibraryUnusable, NotKept):
        return []
    names = [each.id for each in found]
    start = names.index(commit) if commit in names else 0
    return [msgspec.to_builtins(each) for each in found[start:]]


def _about(experiment: records.Experiment, runs: Sequence[records.Run]) -> dict[str, Any]:
    told = [
        {
            "run": run.run,
            "attempt": run.attempt,
            "vessel": run.vessel,
            "reactor": str(run.binding) if run.binding else None,
            "revision": run.revision,
            "state": run.state.value,
            "reason": run.reason,
            "began_wall_s": run.began_wall_s,
            "ended_wall_s": run.ended_wall_s,
        }
        for run in runs
    ]
    return {"axenic": "bundle/1", **msgspec.to_builtins(experiment_view(experiment)), "runs": told}


async def _readings(store: Store, experiment: str) -> AsyncIterator[str]:
    yield as_csv([READINGS])
    async for portion in store.export_readings(experiment):
        yield await asyncio.to_thread(_rows, portion)


def _rows(portion: Sequence[records.ReadingRow]) -> str:
    return as_csv(
        (
            *(r.process_s, wall(r.wall_s), r.vessel, r.signal, r.value, r.calibration),
            *(r.attempt, r.revision, r.worker),
        )
        for r in portion
    )


async def _headed(rows: AsyncIterator[str]) -> AsyncIterator[str]:
    yield as_csv([ACTIONS])
    async for text in rows:
        yield text


async def _trace(store: Store, runs: Sequence[records.Run]) -> AsyncIterator[str]:
    for run in runs:
        async for lines in _ledger(store, run.run):
            yield "".join(f"{_json_line(each)}\n" for each in lines)


async def _ledger(store: Store, run: str) -> AsyncIterator[Sequence[records.LedgerLine]]:
    after = 0
    while True:
        lines = await store.ledger(run, after=after, limit=PORTION)
        if lines:
            yield lines
            after = lines[-1].number
        if len(lines) < PORTION:
            return


async def _report(
    services: Services,
    experiment: records.Experiment,
    runs: Sequence[records.Run],
    signals: Sequence[tuple[str, str]],
) -> str:
    """The page of the newest attempt; empty if there was none."""
    store = services.store
    documents = await store.documents(experiment.id)
    ours = [run for run in runs if run.attempt == experiment.attempt]
    if services.report is None or documents is None or not ours:
        return ""
    ledgers: dict[str, list[Entry]] = {}
    for run in ours:
        async for lines in _ledger(store, run.run):
            ledgers.setdefault(run.vessel, []).extend(_entries(lines))
    curves = await store.curves(
        experiment.id, signals=sorted({signal for _, signal in signals}), points=POINTS
    )
    lived = Lived(
        plan=rebuild(Plan, json.loads(documents.plan_json)),
        plan_hash=documents.plan_hash,
        experiment=experiment.id,
        start_wall_s=experiment.started_wall_s or experiment.created_wall_s,
        passed_s=max((run.process_s for run in ours), default=0.0),
        ledgers=ledgers,
        series={
            (each.vessel, each.signal): Columns(at_s=each.at_s, mean=each.mean) for each in curves
        },
    )
    return await asyncio.to_thread(services.report, lived)


def _entries(lines: Sequence[records.LedgerLine]) -> list[Entry]:
    return [
        Entry(
            kind=Kind(line.kind),
            process_s=line.process_s,
            wall_s=line.wall_s,
            key=line.key,
            data=line.data,
        )
        for line in lines
        if line.kind in KINDS and Kind(line.kind) not in _NOT_IN_REPORT
    ]


def _json(value: Any) -> str:
    return json.dumps(msgspec.to_builtins(value), indent=2, ensure_ascii=False) + "\n"


def _json_line(value: Any) -> str:
    return msgspec.json.encode(value).decode()
