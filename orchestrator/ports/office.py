"""What people may ask of the leader: the desk between `server` and `leader`, who are strangers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, TypeAlias

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.messages.orders import CommandResult
from orchestrator.ports.check import Given
from orchestrator.ports.entries import QueueHold, Terms, Words
from orchestrator.ports.library import Pulled
from orchestrator.ports.records import Alert, Binding, Documents, Experiment
from orchestrator.ports.routes import RouteShown, Tried


class ProfileRefused(Exception):
    """The document or its inputs are wrong: the user mends them."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        errors = [each for each in diagnostics if each.severity == "error"]
        super().__init__(errors[0].message if errors else "the profile was refused")
        self.diagnostics = diagnostics


class RequestRefused(Exception):
    """What was asked cannot be done as things stand; the text says why and what would help."""


class NoAnswer(Exception):
    """The worker did not answer in time: what became of the request is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A profile that somebody wants run."""

    text: str
    file_name: str
    actor: str
    inputs: Given = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    """What the profile includes, by paths from its folder: nothing else is read."""
    bindings: Mapping[str, Binding] = field(default_factory=dict)
    """vessel → reactor; a vessel that is missing takes any free one, or what `terms` ask for."""
    idempotency_key: str | None = None
    """The same actor with the same key gets the first experiment again."""
    name: str = ""
    """The profile's if it is empty; so are description and tags among the words."""
    words: Words = field(default_factory=Words)
    terms: Terms = field(default_factory=Terms)


CheckResult: TypeAlias = Literal["good", "warning", "bad", "accepted", "waits", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One look before a start."""

    name: str
    """workers, hardware, calibrations, media, disk, clock, …"""
    result: CheckResult
    """`bad` keeps it from starting, `waits` will pass by itself."""
    text: str
    vessel: str = ""
    can_be_accepted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryStanding:
    """How one entry of the queue stands."""

    experiment: Experiment
    position: int
    """Its turn among those that wait, from 1."""
    reason: str
    """Why it waits; empty in the moment before it starts."""
    earliest_wall_s: float | None
    """When it may start if all goes fast; None where it does not start by itself."""
    latest_wall_s: float | None
    """None where nobody can say."""
    basis: str
    """What the two rest on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueStanding:
    """The queue, in the order in which turns come."""

    hold: QueueHold | None
    entries: Sequence[EntryStanding]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideEvent:
    """Something that rules may start on."""

    kind: Literal["button", "webhook"]
    name: str
    id: str
    """What comes twice under one id is one event."""
    payload: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveReadings:
    """What a vessel measured at one moment, before or after it is in the store."""

    experiment: str
    vessel: str
    process_s: float
    wall_s: float | None
    values: Mapping[str, float]
    """signal → value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskRoom:
    """How much room is left where the leader's data grow, and what is made of it."""

    free_mib: int | None
    """None where nobody can say."""
    warn_mib: int
    """Below this people are warned."""
    refuse_mib: int
    """Below this nothing new is taken in or started; what runs has the rest for its data."""

    @property
    def state(self) -> Literal["good", "warning", "bad", "unknown"]:
        """As a check before a start says it."""
        if self.free_mib is None:
            return "unknown"
        if self.free_mib < self.refuse_mib:
            return "bad"
        return "warning" if self.free_mib < self.warn_mib else "good"


ReadingsCallback: TypeAlias = Callable[[Sequence[LiveReadings]], None]


class Office(Protocol):
    """The leader, as the server sees it. Every write carries who asked for it."""

    @property
    def broker_connected(self) -> bool:
        """Whether workers can be reached at all."""
        ...

    @property
    def store_trouble(self) -> str:
        """Why nothing can be kept at present; empty while all is well."""
        ...

    async def disk(self) -> DiskRoom:
        """How much room is left for what will be measured."""
        ...

    async def submit(self, submission: Submission) -> Experiment:
        """Check, compile, keep; it starts as soon as its reactors are free.

        Raises:
            ProfileRefused: with all that is wrong in profile and inputs.
            RequestRefused: no such reactor, a sensor or pump is missing, the disk is too full.
            TooManyOpen: the actor has as many open ones as one may have.
        """
        ...

    async def queue(self) -> QueueStanding:
        """What waits, why, and until when."""
        ...

    async def preflight(self, experiment: str) -> Sequence[Check]:
        """What is looked at before one that waits starts, as it stands now.

        Raises:
            NotFound: no such experiment.
            TransitionRefused: it waits no more.
        """
        ...

    async def change_entry(
        self, experiment: str, changes: Mapping[str, Any], *, version: int | None, by: str
    ) -> Experiment:
        """Change what is named: fields of `Words` and `Terms`, `name`, and the documents' own.

        These are `text`, `file`, `files` and `inputs`; they are checked and compiled as at first.

        Raises:
            NotFound, ChangedMeanwhile, TransitionRefused: as `ports.entries.Entries.change_entry`.
            ProfileRefused, RequestRefused: as `submit`.
        """
        ...

    async def copy(
        self, experiment: str, *, by: str, idempotency_key: str | None = None
    ) -> Experiment:
        """Queue the same once more, for whoever asks, whatever became of the first.

        Raises:
            NotFound, RequestRefused, TooManyOpen: as `submit`.
        """
        ...

    async def arrange(self, experiment: str, to: str, *, owner: str | None, by: str) -> Experiment:
        """Move an entry within the queue (`ports.entries.Entries.arrange`)."""
        ...

    async def hold_queue(self, note: str, *, by: str) -> None:
        """Nothing starts by itself until `release_queue`."""
        ...

    async def release_queue(self, *, by: str) -> None:
        """Go on."""
        ...

    async def abandon(self, experiment: str, *, by: str) -> Experiment:
        """Take an experiment for cancelled whose workers are gone for good.

        Should one come back and still run it, it is told to end it.

        Raises:
            NotFound: no such experiment.
            TransitionRefused: it does not run.
            RequestRefused: a worker of it is there, so cancelling will do.
        """
        ...

    async def pause(self, experiment: str, *, by: str) -> Experiment:
        """Hold all of its vessels.

        Raises:
            NotFound, TransitionRefused: (also of the three below).
        """
        ...

    async def resume(self, experiment: str, *, by: str) -> Experiment:
        """Go on."""
        ...

    async def cancel(self, experiment: str, *, by: str) -> Experiment:
        """End it as cancelled; a queued one never begins."""
        ...

    async def finish(self, experiment: str, *, by: str) -> Experiment:
        """End it as completed, now."""
        ...

    async def revise(self, experiment: str, documents: Documents) -> Experiment:
        """Let a running experiment go on by its next revision.

        All workers that are there say first that they could; those that are away follow when they
        return.

        Raises:
            NotFound: there is no such experiment.
            RequestRefused: it does not run, moved on meanwhile, or a worker cannot take it; all
                goes on as it was.
            NoAnswer: a worker did not say whether it could; all goes on as it was.
        """
        ...

    async def pull_library(self, *, by: str) -> Pulled:
        """Take over what the library's remote has.

        Raises:
            LibraryRefused: both have changed, or it cannot be reached; an alert says so as well.
        """
        ...

    async def answer(self, key: str, answer: Any, *, by: str) -> CommandResult:
        """Hand a person's answer to the worker that asked.

        Raises:
            NotFound: nobody asks that.
            RequestRefused: it is answered or closed, or the answer is none of the choices.
            NoAnswer: the worker did not confirm it.
        """
        ...

    async def resolve_dose(
        self, experiment: str, key: str, volume_ml: float, *, by: str, note: str = ""
    ) -> CommandResult:
        """Say what really moved in a dose of which nobody saw the end; the worker counts by it.

        Raises:
            NotFound: there is no such experiment.
            RequestRefused: nobody knows who pumped it, or its worker cannot be reached.
            NoAnswer: the worker did not confirm it.
        """
        ...

    async def bring(
        self, experiment: str, event: OutsideEvent, *, by: str, vessel: str | None = None
    ) -> Mapping[str, CommandResult]:
        """Tell the vessels of an experiment whose rules start on it; what each worker said.

        Raises:
            NotFound: there is no such experiment, or no rule in it starts on this.
            RequestRefused: it does not run.
        """
        ...

    async def bring_to_all(self, event: OutsideEvent, *, by: str) -> Mapping[str, CommandResult]:
        """The same for all that runs, by `experiment/vessel`.

        Raises:
            NotFound: no rule of anything that runs starts on this.
        """
        ...

    async def acknowledge(self, alert: int, *, by: str, note: str = "") -> Alert:
        """Somebody has seen it.

        Raises:
            NotFound: no such alert.
        """
        ...

    async def routes(self) -> Sequence[RouteShown]:
        """The ways by which people are told of alerts, as they were declared."""
        ...

    async def test_routes(self, route: str | None, *, by: str) -> Sequence[Tried]:
        """Send a test message along one, or along all, and say what became of it.

        Raises:
            NotFound: there is no such route, or none at all.
        """
        ...

    async def command(
        self,
        worker: str,
        name: str,
        args: Mapping[str, Any],
        *,
        by: str,
        reactor: str = "",
        attempt: str = "",
        vessel: str = "",
        key: str | None = None,
    ) -> CommandResult:
        """Have a worker do something now (`messages.orders.CommandMessage`).

        The same by the same actor under one `key` is one command, and is done once, however often
        it is asked for, and whoever of leader and worker began anew meanwhile.

        Raises:
            NotFound: no such worker.
            RequestRefused: it is not there, or knows no such command.
            NoAnswer: it did not answer in time.
        """
        ...

    async def emergency_stop(self, *, by: str) -> Mapping[str, CommandResult]:
        """Stop every reachable worker; what each of them said, by name."""
        ...

    def on_readings(self, callback: ReadingsCallback) -> None:
        """Call on the loop's thread with live values as they come."""
        ...
