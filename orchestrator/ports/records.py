"""What a store keeps, as it hands it out: values in the words of the field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar

from orchestrator.model.experiment import State
from orchestrator.model.outcome import Outcome
from orchestrator.model.units import symbol_of
from orchestrator.ports.entries import Terms, Words
from orchestrator.ports.remarks import NewNote

T = TypeVar("T")
Wanted = Literal["running", "paused", "finished", "cancelled"]
Severity = Literal["info", "warning", "critical"]
ClockName = Literal["process", "wall"]
AlertDelivery = Literal["due", "ended", "silenced", "waiting", "sent", "muted", "expired"]
"""Of its notifications taken together (each by its route: `ports.routes.Delivery`).

`due`: it is to be decided whom to tell; `ended`: the same, that it is over; `silenced`: a silence
holds it; `sent`: somebody has it; `muted`: nobody wants it, or it was seen or over before anybody
had to be told; `expired`: nobody took it for days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[T]):
    """A part of a list."""

    items: Sequence[T]
    next: str | None = None
    """Hand it back as `cursor` to go on; None at the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """The reactor that plays a vessel."""

    worker: str
    reactor: str
    """The worker's own name for it; the worker's name where it owns one only."""

    def __str__(self) -> str:
        """`worker`, or `worker/reactor` where a worker owns several."""
        return self.worker if self.reactor == self.worker else f"{self.worker}/{self.reactor}"

    @classmethod
    def parse(cls, text: str) -> Binding:
        """From `worker` or `worker/reactor`."""
        worker, _, reactor = text.partition("/")
        return cls(worker=worker, reactor=reactor or worker)


def named_in(terms: Terms) -> dict[str, Binding]:
    """The reactors that are asked for by name."""
    return {vessel: Binding.parse(text) for vessel, text in terms.asked.items() if ":" not in text}


@dataclass(frozen=True, slots=True, kw_only=True)
class Documents:
    """What an experiment was made from, at one revision."""

    revision: int
    profile_text: str
    file_name: str
    profile_hash: str
    plan_hash: str
    plan_json: str
    """Canonical (`model.canonical`)."""
    git_commit: str | None = None
    """Of the library, if it has just this profile there."""
    library_path: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    """What the profile includes, by paths from its folder; the hash is of all of it."""
    inputs: Mapping[str, float | bool | str] = field(default_factory=dict)
    """As chosen for this revision."""
    actor: str = ""
    """Who changed the experiment to it; empty for the first, which whoever submitted it made."""
    at_wall_s: float | None = None
    accept_jumps: bool = False
    """Settings may be others at once by it."""
    move_to: str = ""
    """Where a vessel goes whose phase it does not have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewExperiment:
    """An experiment as it is submitted; it begins as queued."""

    id: str
    name: str
    documents: Documents
    inputs: Mapping[str, float | bool | str]
    vessels: Sequence[str]
    bindings: Mapping[str, Binding]
    """vessel → reactor, as asked for; one that is missing takes any free one when it starts."""
    actor: str
    at_wall_s: float
    idempotency_key: str | None = None
    words: Words = field(default_factory=Words)
    terms: Terms = field(default_factory=Terms)


@dataclass(frozen=True, slots=True, kw_only=True)
class Experiment:
    """One execution of a profile by somebody; without its long texts (`Store.documents`)."""

    id: str
    name: str
    state: State
    reason: str
    """Why it waits, failed or was cancelled; empty where there is nothing to say."""
    actor: str
    vessels: Sequence[str]
    bindings: Mapping[str, Binding]
    inputs: Mapping[str, float | bool | str]
    file_name: str
    profile_hash: str
    plan_hash: str
    git_commit: str | None
    revision: int
    attempt: str | None
    """The newest, `<experiment>.<number>`; None before the first start."""
    wanted: Wanted
    control_seq: int
    wanted_by: str
    created_wall_s: float
    started_wall_s: float | None = None
    ended_wall_s: float | None = None
    words: Words = field(default_factory=Words)
    terms: Terms = field(default_factory=Terms)
    place: int = 0
    """In the order that people gave to what waits; lower ones come first."""
    version: int = 1
    """Grows with each change that somebody who looked before would overlook."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One vessel's part in an attempt, as its ledger and its worker's answers tell it."""

    run: str
    """`<attempt>:<vessel>`."""
    experiment: str
    attempt: str
    vessel: str
    binding: Binding | None
    """None for a run that this leader never started (foreign) and whose place is not known."""
    revision: int
    answer: Literal["pending", "accepted", "refused"]
    """Of the worker, to the plan."""
    state: State
    """`queued` until its ledger says that it began."""
    reason: str = ""
    phase: str | None = None
    visit: int = 0
    began_wall_s: float | None = None
    ended_wall_s: float | None = None
    process_s: float = 0.0
    """Of the newest entry."""
    fence: int = 0
    """Grows with each attempt on a worker: a reactor takes no run below the newest it saw."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """An experiment that is over, as another leader saved it; its data come afterwards."""

    experiment: NewExperiment
    """With its first revision."""
    later: Sequence[Documents]
    """The revisions after that."""
    state: State
    reason: str
    attempt: str | None
    started_wall_s: float | None
    ended_wall_s: float | None
    runs: Sequence[Run]
    """All of them are over."""
    provenance: Mapping[str, Mapping[str, Any]]
    notes: Sequence[NewNote]


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseVisit:
    """One stay of a vessel in a phase."""

    experiment: str
    attempt: str
    vessel: str
    phase: str
    visit: int
    entered_process_s: float
    entered_wall_s: float | None
    left_process_s: float | None = None
    left_wall_s: float | None = None
    reason: str = ""
    """Why it was left: through, until, duration, timeout, go_to, ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionRecord:
    """What became of one action."""

    action_id: str
    experiment: str
    attempt: str
    vessel: str
    revision: int
    action: str
    """The step's kind: set, dose, ask, …"""
    detail: str
    phase: str | None
    item: str
    nominal_s: float | None
    """When it was due on its phase's clock, where it was."""
    began_process_s: float | None
    began_wall_s: float | None
    ended_process_s: float | None = None
    ended_wall_s: float | None = None
    outcome: Outcome | None = None
    """None while it goes on."""
    reason: str = ""
    args: Mapping[str, Any] = field(default_factory=dict)
    result: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dose:
    """One run of a pump."""

    key: str
    experiment: str
    attempt: str
    vessel: str
    pump: str
    medium: str
    direction: str
    volume_ml: float
    """What moved; while it runs, and where the outcome is unknown, what was intended."""
    cause: str
    began_process_s: float
    began_wall_s: float | None
    ended_process_s: float | None = None
    outcome: Outcome | None = None
    reason: str = ""
    resolved_ml: float | None = None
    """What really moved, as a person says where the outcome is unknown; counts from then on."""
    resolved_by: str = ""
    resolved_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Something that waits for a person, or waited."""

    key: str
    experiment: str
    attempt: str
    vessel: str
    kind: str
    """ask or sample."""
    text: str
    choices: Sequence[str]
    answer_type: str
    """As of an input: text, boolean, integer, number, volume, …"""
    default: Any
    """What stands for an answer that nobody gives, in canonical units; None: nothing does."""
    asked_process_s: float
    asked_wall_s: float | None
    deadline_s: float | None
    """Process seconds."""
    state: Literal["open", "answered", "closed"]
    """`closed`: went by without an answer."""
    answer: Any = None
    by: str = ""
    answered_wall_s: float | None = None
    remind_s: float | None = None
    """How long until somebody is reminded; 0 is never, None as is usual."""
    reminded: int = 0
    """How often somebody was."""
    reminded_wall_s: float | None = None
    """When last."""

    @property
    def unit(self) -> str:
        """Of a number without one, as an answer and as the default."""
        return symbol_of(self.answer_type)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAlert:
    """An alert as the leader itself raises it."""

    text: str
    severity: Severity
    source: str
    at_wall_s: float
    identity: str | None = None
    """While an alert with the same identity is unresolved, no second one is raised. One without is
    counted, while the same (experiment, vessel, source, text) waits for somebody to see it."""
    experiment: str | None = None
    vessel: str | None = None
    worker: str | None = None
    """Where it and `reactor` are not said, they are those of the vessel."""
    reactor: str | None = None
    again: bool = False
    """One with its identity that stands is counted, and told anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """Something people should know."""

    id: int
    text: str
    severity: Severity
    source: str
    raised_wall_s: float
    experiment: str | None = None
    vessel: str | None = None
    worker: str | None = None
    reactor: str | None = None
    identity: str | None = None
    count: int = 1
    """How often it was raised since somebody last saw it."""
    last_wall_s: float | None = None
    """When it was raised again; None if it never was."""
    acknowledged_by: str = ""
    acknowledged_wall_s: float | None = None
    acknowledged_note: str = ""
    resolved_by: str = ""
    """Empty where it resolved itself."""
    resolved_wall_s: float | None = None
    resolved_note: str = ""
    delivery: AlertDelivery = "due"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something happened. `data` is plain JSON."""

    event_id: int
    """Increases over everything that this store holds."""
    kind: str
    """experiment, run, control, recovered, phase, item, action, dose, account, condition, override,
    job, question, alert, silence, note, remark, log, gap, worker, capabilities, calibrations,
    queue, library."""
    at_wall_s: float
    experiment: str | None
    vessel: str | None
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerRecord:
    """What was last heard of a worker, as plain JSON of `messages.reports`."""

    worker: str
    epoch: int
    seen_wall_s: float
    state: Mapping[str, Any] | None
    """StateMessage."""
    capabilities: Mapping[str, Any] | None
    """Capabilities."""
    calibrations: Mapping[str, Any] | None = None
    """CalibrationsMessage."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Latest:
    """The newest reading of a signal at a vessel."""

    vessel: str
    signal: str
    process_s: float
    wall_s: float | None
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """One signal of one vessel over time, in columns of equal length."""

    vessel: str
    signal: str
    clock: ClockName
    resolution_s: float
    """Width of a point; 0 where each point is a reading as it was measured."""
    at_s: list[float]
    """Of the reading, or of the start of the interval; process seconds or UTC."""
    mean: list[float]
    minimum: list[float]
    maximum: list[float]
    count: list[int]


@dataclass(frozen=True, slots=True)
class ReadingRow:
    """A reading on its way out of the store. Positional on purpose: millions are made."""

    process_s: float
    wall_s: float | None
    vessel: str
    signal: str
    value: float
    attempt: str
    revision: int
    worker: str
    outbox: str
    number: int
    calibration: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerLine:
    """An entry of a run's ledger, as it arrived."""

    number: int
    """In its outbox."""
    run: str
    revision: int
    kind: str
    process_s: float
    wall_s: float | None
    key: str | None
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxRecord:
    """What the store holds of one outbox."""

    outbox: str
    worker: str
    ranges: Sequence[tuple[int, int]]
    """Numbers committed, both ends included, merged, in order."""
    readings: int
    entries: int
    doubled: int
    """Records that came again and were left out."""
