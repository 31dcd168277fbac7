"""The leader's durable memory.

Everything that an experiment was, is and measured. SQLite by default, PostgreSQL by URL;
`store.memory` is their twin, and one contract suite holds for all. What a write returns is durable.
Reads never wait for writes.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from typing import Any, Protocol

from orchestrator.messages.calibrations import CalibrationsMessage
from orchestrator.messages.outbox import Accepted, Batch
from orchestrator.messages.reports import Capabilities, StateMessage
from orchestrator.model.experiment import State
from orchestrator.ports.entries import Entries
from orchestrator.ports.maintenance import MaintenanceRecords
from orchestrator.ports.pictures import Pictures
from orchestrator.ports.records import (
    ActionRecord,
    Alert,
    Binding,
    ClockName,
    Curve,
    Documents,
    Dose,
    Event,
    Experiment,
    Imported,
    Latest,
    LedgerLine,
    NewAlert,
    NewExperiment,
    OutboxRecord,
    Page,
    PhaseVisit,
    Question,
    ReadingRow,
    Run,
    Wanted,
    WorkerRecord,
)
from orchestrator.ports.remarks import Remarks
from orchestrator.ports.routes import Deliveries
from orchestrator.ports.silence import Silences
from orchestrator.ports.statistics import Expected, Statistics

EventsCallback = Callable[[Sequence[Event]], None]


IMPORTED = "import:"


def is_imported(outbox: str) -> bool:
    """Whether an outbox holds what another leader recorded once."""
    return outbox.startswith(IMPORTED)


class StoreUnusable(RuntimeError):
    """It cannot be opened (newer version, another leader's, not a store): a person must act."""


class StoreFull(RuntimeError):
    """Nothing was written since the disk is full, or fails: try again when that is mended."""


class StoreBusy(RuntimeError):
    """Too many writes wait, or the database is not there now: try again in a moment.

    Where the connection was lost in the midst of a commit, what was written may be there after all.
    """


class NotFound(LookupError):
    """The store holds no such thing."""


class Experiments(Protocol):
    """Experiments, their attempts, and what is wanted of them."""

    async def create_experiment(
        self, new: NewExperiment, *, open_max: int | None = None
    ) -> Experiment:
        """Keep a new one, queued, in the last place.

        The same actor with the same key gets the first one again.

        Raises:
            IdTaken: by another experiment.
            TooManyOpen: the actor has `open_max` that wait, run or are paused.
        """
        ...

    async def experiment(self, experiment: str) -> Experiment | None: ...

    async def experiments(
        self, *, states: Collection[State] = (), limit: int = 50, cursor: str | None = None
    ) -> Page[Experiment]:
        """Newest first; all states if none are named."""
        ...

    async def documents(self, experiment: str, revision: int | None = None) -> Documents | None:
        """Profile and plan, the newest revision if none is named."""
        ...

    async def revisions(self, experiment: str) -> Sequence[Documents]:
        """All of them, oldest first."""
        ...

    async def add_revision(
        self, experiment: str, documents: Documents, *, at_wall_s: float
    ) -> Experiment:
        """Keep the next revision, which is in force from now on.

        Raises:
            NotFound: no such experiment.
            ValueError: it is not the next one.
        """
        ...

    async def change_state(
        self,
        experiment: str,
        verb: str,
        *,
        at_wall_s: float,
        reason: str = "",
        while_in: State | None = None,
    ) -> Experiment:
        """Move by the table of `model.experiment`; only out of the state `while_in`, if given.

        Raises:
            NotFound: no such experiment.
            TransitionRefused: the table has no such move, it is in another state, or somebody wants
                it cancelled and it would be completed.
        """
        ...

    async def explain(self, experiment: str, reason: str, *, at_wall_s: float) -> None:
        """Say why an experiment waits."""
        ...

    async def begin_attempt(
        self,
        experiment: str,
        bindings: Mapping[str, Binding],
        *,
        at_wall_s: float,
        above: Mapping[str, int] | None = None,
        successor: NewExperiment | None = None,
        version: int | None = None,
        made_with: Mapping[str, Any] | None = None,
        expected: Expected | None = None,
    ) -> Experiment:
        """Start a queued one, in one transaction.

        It is running then, with a new attempt and a pending run for each vessel. Each worker is
        allotted its next epoch (above what it shows), which is the fencing token of its runs. The
        `successor` of one that starts again and again is kept with it. With the `version` that was
        decided upon, nothing starts that somebody held, moved or edited meanwhile. `made_with`
        (`provenance`) and what is `expected` of it are kept with the attempt.

        Raises:
            NotFound: no such experiment.
            TransitionRefused: it is not queued.
            ChangedMeanwhile: it is of another version, or the queue is held.
            ReactorTaken: a run that has not ended is on one of the reactors.
            IdTaken: the successor's.
        """
        ...

    async def import_experiment(self, imported: Imported) -> Experiment:
        """Keep one that another leader had, in one transaction; nothing of it ever runs here.

        What its ledgers and readings are follows in batches of outboxes that `is_imported`, whose
        alerts are old and are not raised again.

        Raises:
            IdTaken: there is an experiment of this name.
        """
        ...

    async def provenance(self, experiment: str) -> Mapping[str, Mapping[str, Any]]:
        """With what each attempt began, by attempt, as far as that is known."""
        ...

    async def wish(
        self, experiment: str, wanted: Wanted, *, by: str, at_wall_s: float
    ) -> Experiment:
        """Want something else of a running experiment, with the next control_seq.

        Raises:
            NotFound: no such experiment.
            TransitionRefused: it has ended.
        """
        ...

    async def runs(
        self, *, experiment: str | None = None, worker: str | None = None, open_only: bool = False
    ) -> Sequence[Run]:
        """Oldest first; `open_only` leaves out those that ended or were refused."""
        ...

    async def answer_run(self, run: str, accepted: bool, reason: str, *, at_wall_s: float) -> None:
        """What the worker said to the plan."""
        ...

    async def end_run(self, run: str, state: State, reason: str, *, at_wall_s: float) -> None:
        """The worker says that a run is over, though its ledger has not told so (yet).

        Changes nothing where the run has ended already.
        """
        ...


class Workers(Protocol):
    """What was heard of workers."""

    async def next_epoch(self, worker: str, above: int = 0) -> int:
        """The next one, above all allotted before and above `above` (what the worker shows)."""
        ...

    async def keep_state(self, state: StateMessage, *, at_wall_s: float) -> None:
        """Events are made of changes in state, session and runs only."""
        ...

    async def keep_capabilities(self, capabilities: Capabilities, *, at_wall_s: float) -> None: ...

    async def keep_calibrations(
        self, calibrations: CalibrationsMessage, *, at_wall_s: float
    ) -> None: ...

    async def workers(self) -> Sequence[WorkerRecord]:
        """By name."""
        ...


class Recording(Protocol):
    """Batches from outboxes, exactly once (SEMANTICS rule 16)."""

    async def commit(
        self, batches: Sequence[tuple[str, Batch]], *, at_wall_s: float
    ) -> Sequence[Accepted]:
        """Commit (worker, batch) pairs in one transaction; answer for each what is now held.

        Readings are kept, entries are kept and folded into runs, phases, actions, doses, questions,
        alerts and events. A record whose (outbox, number) is held already is left out.

        Raises:
            StoreFull: nothing of these batches was kept.
        """
        ...

    async def outbox(self, outbox: str) -> OutboxRecord | None: ...

    async def outboxes(self) -> Sequence[OutboxRecord]: ...

    async def ledger(
        self, run: str, *, after: int = 0, limit: int = 1000, without: Collection[str] = ()
    ) -> Sequence[LedgerLine]:
        """A run's entries by number, from those after `after`; `without` leaves out kinds."""
        ...


class Readings(Protocol):
    """Questions about what was measured."""

    async def signals(self, experiment: str) -> Sequence[tuple[str, str]]:
        """(vessel, signal) of all that was ever measured."""
        ...

    async def latest(self, experiment: str, vessels: Collection[str] = ()) -> Sequence[Latest]:
        """The newest value of each signal; all vessels if none are named."""
        ...

    async def curves(
        self,
        experiment: str,
        *,
        signals: Collection[str],
        vessels: Collection[str] = (),
        clock: ClockName = "process",
        from_s: float | None = None,
        to_s: float | None = None,
        points: int = 1000,
    ) -> Sequence[Curve]:
        """A curve for each (vessel, signal) that has readings in [from_s, to_s].

        As measured where there are at most `points` of them, else in intervals of equal width, at
        most `points`, with their exact minimum, maximum and mean. Readings without wall time are
        on no wall-clock curve.
        """
        ...

    def export_readings(
        self,
        experiment: str,
        *,
        vessels: Collection[str] = (),
        signals: Collection[str] = (),
        from_s: float | None = None,
        to_s: float | None = None,
    ) -> AsyncIterator[Sequence[ReadingRow]]:
        """Those in [from_s, to_s], or all, in portions, by process time within each vessel and
        signal."""
        ...


class History(Protocol):
    """What happened, as folded from the ledgers."""

    async def actions(
        self,
        experiment: str,
        *,
        vessel: str | None = None,
        with_items: bool = False,
        newest_first: bool = True,
        limit: int = 200,
        cursor: str | None = None,
    ) -> Page[ActionRecord]:
        """In the order in which they were first heard of.

        `with_items` adds the occurrences of schedule and rules themselves, as actions `item`.
        """
        ...

    async def phases(self, experiment: str) -> Sequence[PhaseVisit]:
        """In the order in which they were entered."""
        ...

    async def doses(
        self,
        experiment: str,
        *,
        vessel: str | None = None,
        unresolved: bool = False,
        limit: int = 200,
        cursor: str | None = None,
    ) -> Page[Dose]:
        """Newest first; `unresolved`: of whose `unknown` nobody has said what moved."""
        ...

    async def volumes(self, experiment: str) -> Mapping[tuple[str, str], float]:
        """mL moved so far by (vessel, medium); `unknown` doses count in full."""
        ...

    async def refills(self, experiment: str) -> Mapping[tuple[str, str], float]:
        """mL by (vessel, medium) that people brought with other bottles, besides the plan's."""
        ...


class Attention(Protocol):
    """What waits for people: questions and alerts."""

    async def question(self, key: str) -> Question | None: ...

    async def questions(
        self,
        *,
        experiment: str | None = None,
        open_only: bool = True,
        limit: int = 200,
        before: str | None = None,
    ) -> Sequence[Question]:
        """Newest first, from the one that was asked before the question of that key on."""
        ...

    async def remind(self, question: Question, alert: NewAlert) -> bool:
        """Raise an alert about a question, and count it there, in one transaction.

        False where it is answered, or was reminded of since it was read.
        """
        ...

    async def raise_alert(self, alert: NewAlert) -> Alert:
        """Raise one, unless one with its identity stands; the same again is counted."""
        ...

    async def resolve_alerts(self, identity: str, *, at_wall_s: float) -> int:
        """What was wrong is right again; how many alerts that were."""
        ...

    async def standing_alerts(self, prefix: str) -> Sequence[Alert]:
        """Unresolved ones whose identity begins like this, oldest first."""
        ...

    async def resolve_alert(self, alert: int, *, by: str, note: str, at_wall_s: float) -> Alert:
        """Somebody says that it is over; what is resolved stays as it is.

        Raises:
            NotFound: no such alert.
        """
        ...

    async def acknowledge_alert(
        self, alert: int, *, by: str, at_wall_s: float, note: str = ""
    ) -> Alert:
        """Somebody has seen it; the first to do so stays on record.

        Raises:
            NotFound: no such alert.
        """
        ...

    async def alerts(
        self,
        *,
        experiment: str | None = None,
        open_only: bool = False,
        limit: int = 200,
        cursor: str | None = None,
    ) -> Page[Alert]:
        """Newest first; `open_only` leaves out what was acknowledged or resolved."""
        ...


class Events(Protocol):
    """One numbered stream of all that happened."""

    async def add_event(
        self,
        kind: str,
        data: Mapping[str, Any],
        *,
        at_wall_s: float,
        experiment: str | None = None,
        vessel: str | None = None,
    ) -> Event: ...

    async def events_after(
        self, event_id: int, *, limit: int = 500, experiment: str | None = None
    ) -> Sequence[Event]:
        """Oldest first."""
        ...

    async def newest_event_id(self) -> int:
        """0 while there is none."""
        ...

    def on_events(self, callback: EventsCallback) -> None:
        """Call on the loop's thread with what each commit added, in order, after it is durable."""
        ...


class Store(
    Experiments,
    Entries,
    Remarks,
    Pictures,
    Silences,
    Workers,
    Recording,
    Readings,
    History,
    Attention,
    Deliveries,
    Events,
    MaintenanceRecords,
    Statistics,
    Protocol,
):
    """All of it, open from the moment it is made.

    By `sqlite.open_store`, `postgres.open_store` or `memory.MemoryStore`.
    """

    async def hold_place(self) -> None:
        """Be sure that it is still this leader's, before something is done by what it says.

        Raises:
            StoreUnusable: another leader has it.
            StoreBusy: nobody can say now.
        """
        ...

    async def close(self) -> None:
        """Write what waits, and close."""
        ...
