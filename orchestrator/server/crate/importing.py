"""Read a bundle back into the store: a finished experiment, once, and marked as imported."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Container, Iterable, Iterator, Mapping
from typing import Any, Final, TypeVar

import msgspec

from orchestrator.messages.outbox import Batch, EntryRecord, ReadingRecord, Record
from orchestrator.model.experiment import ENDED, State
from orchestrator.ports.entries import IdTaken, Terms, Words
from orchestrator.ports.office import RequestRefused
from orchestrator.ports.records import (
    Binding,
    Documents,
    Experiment,
    Imported,
    NewExperiment,
    Run,
)
from orchestrator.ports.remarks import NewNote
from orchestrator.ports.store import IMPORTED, Store
from orchestrator.server.crate.opened import NoBundle, Opened, Saved, SavedRun
from orchestrator.server.views.provenance import AttemptMade, Provenance, RevisionMade

PORTION: Final = 2000
TAG: Final = "imported"
R = TypeVar("R", EntryRecord, ReadingRecord)


async def import_bundle(
    store: Store, opened: Opened, sha256: str, *, by: str, at_wall_s: float
) -> tuple[Experiment, bool]:
    """The experiment, and whether it is new here.

    One whose data did not come to their end is gone on with: each entry and reading has its number
    in an outbox of the import, and what is held already is left out.

    Raises:
        NoBundle: it is not whole.
        RequestRefused: it was not over, or another experiment has its name.
    """
    imported = await asyncio.to_thread(_imported, opened, sha256, by, at_wall_s)
    # Half of it would keep the name from whoever brings the whole.
    await asyncio.to_thread(_look_through, opened)
    name, is_new = imported.experiment.id, True
    try:
        await store.import_experiment(imported)
    except IdTaken:
        marks = await store.provenance(name)
        if marks.get(_mark(name), {}).get("sha256") != sha256:
            raise RequestRefused(f"there is an experiment {name} here, of another origin") from None
        is_new = False
    await _follow(store, name, opened, at_wall_s)
    kept = await store.experiment(name)
    assert kept is not None
    return kept, is_new


async def _follow(store: Store, name: str, opened: Opened, at_wall_s: float) -> None:
    """Its ledgers and readings, in the order of the bundle, so that numbers are always the same."""
    await _keep(store, f"{IMPORTED}{name}:ledger", _entries(opened), at_wall_s)
    await _keep(store, f"{IMPORTED}{name}:readings", _readings(opened), at_wall_s)


def _look_through(opened: Opened) -> None:
    """Read all that `_follow` is going to keep.

    Raises:
        NoBundle: some of it is damaged, or of another experiment.
    """
    for _ in itertools.chain(_entries(opened), _readings(opened)):
        pass


def _entries(opened: Opened) -> Iterator[tuple[str, EntryRecord]]:
    worker_of = {run.run: _worker(run.reactor) for run in opened.experiment.runs}
    return ((worker_of[each.run], each) for each in _own(opened.entries(), worker_of))


def _readings(opened: Opened) -> Iterator[tuple[str, ReadingRecord]]:
    runs = {run.run for run in opened.experiment.runs}
    for worker, reading in opened.readings():
        yield from ((worker, own) for own in _own([reading], runs))


def _own(records: Iterable[R], runs: Container[str]) -> Iterator[R]:
    """None of them may get into an experiment that is here already."""
    for each in records:
        if each.run not in runs:
            raise NoBundle(f"something in it is of {each.run[:100]!r}, which is no run of it")
        yield each


async def _keep(
    store: Store, outbox: str, records: Iterator[tuple[str, Record]], at_wall_s: float
) -> None:
    numbers: dict[str, int] = {}
    while taken := await asyncio.to_thread(_some_of, records):
        await store.commit(list(_batches(outbox, taken, numbers)), at_wall_s=at_wall_s)


def _some_of(records: Iterator[tuple[str, Record]]) -> list[tuple[str, Record]]:
    return list(itertools.islice(records, PORTION))


def _batches(
    outbox: str, records: Iterable[tuple[str, Record]], numbers: dict[str, int]
) -> Iterator[tuple[str, Batch]]:
    """One for each stretch of records of one worker."""
    for worker, stretch in itertools.groupby(records, key=lambda each: each[0]):
        kept = [record for _, record in stretch]
        first = numbers.get(worker, 0) + 1
        numbers[worker] = first + len(kept) - 1
        batch = Batch(outbox=f"{outbox}:{worker}", first=first, last=numbers[worker], records=kept)
        yield worker, batch


def _imported(opened: Opened, sha256: str, by: str, at_wall_s: float) -> Imported:
    saved, made = opened.experiment, opened.provenance
    if saved.state not in ENDED:
        raise RequestRefused(
            f"{saved.id} was {saved.state} when it was saved; save it again when it is over"
        )
    revisions = [_documents(opened, each) for each in made.revisions]
    if not revisions:
        raise NoBundle("it holds no profile")
    _refuse_attempts_of_others(saved, made)
    runs = [_run(saved.id, each) for each in saved.runs]
    new = NewExperiment(
        id=saved.id,
        name=saved.name,
        documents=revisions[0],
        inputs=revisions[0].inputs,
        vessels=saved.vessels,
        bindings={vessel: Binding.parse(at) for vessel, at in saved.bindings.items()},
        actor=saved.actor,
        at_wall_s=saved.created_wall_s,
        words=Words(
            description=saved.description,
            tags=tuple(dict.fromkeys([*saved.tags, TAG])),
            labels=saved.labels,
        ),
        terms=Terms(asked=saved.asked),
    )
    mark = {"imported": True, "sha256": sha256, "by": by, "at_wall_s": at_wall_s}
    return Imported(
        experiment=new,
        later=revisions[1:],
        state=saved.state,
        reason="; ".join(filter(None, (saved.reason, f"imported by {by} from a bundle"))),
        attempt=saved.attempt,
        started_wall_s=saved.started_wall_s,
        ended_wall_s=saved.ended_wall_s,
        runs=runs,
        provenance={
            **{each.attempt: _began_with(each) for each in made.attempts},
            _mark(saved.id): mark,
        },
        notes=[_note(saved.id, msgspec.to_builtins(each)) for each in opened.notes],
    )


def _refuse_attempts_of_others(saved: Saved, made: Provenance) -> None:
    attempts = {each.attempt for each in saved.runs} | {each.attempt for each in made.attempts}
    runs = {each.run: f"{each.attempt}:{each.vessel}" for each in saved.runs}
    strange = [each for each in attempts if each.rpartition(".")[0] != saved.id]
    strange += [run for run, named in runs.items() if run != named]
    if strange:
        raise NoBundle(f"{strange[0][:100]!r} in it is no attempt of {saved.id}")


def _documents(opened: Opened, made: RevisionMade) -> Documents:
    text, files = opened.profile(made.revision, made.file)
    return Documents(
        revision=made.revision,
        profile_text=text,
        file_name=made.file,
        profile_hash=made.profile_hash,
        plan_hash=made.plan_hash,
        plan_json=opened.plan(made.revision),
        git_commit=made.commit,
        library_path=made.library_path,
        files=files,
        inputs=made.inputs,
        actor="" if made.revision == 1 else made.actor,
        at_wall_s=None if made.revision == 1 else made.at_wall_s,
    )


def _run(experiment: str, saved: SavedRun) -> Run:
    is_over = saved.state in ENDED
    return Run(
        run=saved.run,
        experiment=experiment,
        attempt=saved.attempt,
        vessel=saved.vessel,
        binding=Binding.parse(saved.reactor) if saved.reactor else None,
        revision=saved.revision,
        answer="accepted",
        state=saved.state if is_over else State.CANCELLED,
        reason=saved.reason,
        began_wall_s=saved.began_wall_s,
        ended_wall_s=saved.ended_wall_s,
    )


def _began_with(made: AttemptMade) -> Mapping[str, Any]:
    if made.leader is None:
        return {}
    return {"leader": _plain(made.leader), "workers": _plain(made.workers)}


def _note(experiment: str, saved: Mapping[str, Any]) -> NewNote:
    return NewNote(experiment=experiment, **saved)


def _plain(value: Any) -> Any:
    return msgspec.to_builtins(value)


def _mark(experiment: str) -> str:
    return f"{IMPORTED}{experiment}"


def _worker(reactor: str | None) -> str:
    return Binding.parse(reactor).worker if reactor else ""
