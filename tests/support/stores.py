"""What tests of the store keep in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from orchestrator.messages.outbox import (
    Batch,
    EntryRecord,
    ReadingRecord,
    Record,
)
from orchestrator.model.experiment import State
from orchestrator.ports.records import Binding, Documents, NewExperiment
from orchestrator.ports.statistics import Expected
from orchestrator.ports.store import Store

WALL = 1_800_000_000.0
HOUR_S = 3600.0
ENDS = {"complete": State.COMPLETED, "fail": State.FAILED, "cancel": State.CANCELLED}
RUN = "20270115-a.1:v1"
KEY = "20270115-a.1:v1:hold#1:daily sample@2027-01-15T08:00:00Z"


def submitted(name: str = "20270115-a", /, **more: Any) -> NewExperiment:
    documents = Documents(
        revision=1,
        profile_text="axenic: profile/1\n",
        file_name="hold.yaml",
        profile_hash="p" * 64,
        plan_hash="q" * 64,
        plan_json="{}",
        git_commit="abc",
        library_path="growth/hold.yaml",
        files={"parts/a.yaml": "name: a\n"},
    )
    given: dict[str, Any] = {
        "id": name,
        "name": "Hold",
        "documents": documents,
        "inputs": {"target_od600": 0.8, "gentle": True},
        "vessels": ["v1", "v2"],
        "bindings": {"v1": Binding.parse("bench/r1")},
        "actor": "ada",
        "at_wall_s": WALL,
    }
    return NewExperiment(**{**given, **more})


BOTH = {"v1": Binding.parse("bench/r1"), "v2": Binding.parse("other")}


def reading(process_s: float, value: float, **more: Any) -> ReadingRecord:
    given: dict[str, Any] = {
        "run": RUN,
        "revision": 1,
        "signal": "od600",
        "wall_s": WALL + process_s,
        "boot": "b1",
        "monotonic_s": 77.0 + process_s,
    }
    return ReadingRecord(process_s=process_s, value=value, **{**given, **more})


def entry(kind: str, process_s: float = 0.0, key: str | None = None, /, **data: Any) -> EntryRecord:
    return EntryRecord(
        run=data.pop("run", RUN),
        revision=1,
        kind=kind,
        process_s=process_s,
        wall_s=WALL + process_s,
        key=key,
        data=data,
    )


def batch(first: int, records: Sequence[Record], outbox: str = "box") -> tuple[str, Batch]:
    made = Batch(outbox=outbox, first=first, last=first + len(records) - 1, records=list(records))
    return "bench", made


async def commit(store: Store, *records: Record, first: int = 1, outbox: str = "box") -> None:
    await store.commit([batch(first, records, outbox)], at_wall_s=WALL + 9999)


async def lived(
    store: Store,
    name: str,
    *,
    began_h: float = 0.0,
    lasted_h: float | None = 1.0,
    end: str = "complete",
    expected: Expected | None = None,
    actor: str = "ada",
    at: Mapping[str, Binding] = BOTH,
    called: str = "Hold",
) -> None:
    """An experiment from its start to its end; without a length it goes on."""
    began_s = WALL + began_h * HOUR_S
    await store.create_experiment(submitted(name, actor=actor, name=called))
    await store.begin_attempt(name, at, at_wall_s=began_s, expected=expected)
    if lasted_h is None:
        return
    ended_s = began_s + lasted_h * HOUR_S
    for run in await store.runs(experiment=name):
        await store.end_run(run.run, ENDS[end], "", at_wall_s=ended_s)
    await store.change_state(name, end, at_wall_s=ended_s, reason="as it came")
