"""The checked profile as values: what documents hand to planning.

Names are resolved, quantities are in canonical units, and whatever may refer to an input is still
an expression: `fold` it with the chosen inputs (`inputs.<name>`) and the vessel's name (`vessel`).
All defaults of the language are already filled in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Literal, TypeAlias

from orchestrator.model.event import EventKind, Payload
from orchestrator.model.expression import Expression, Value
from orchestrator.model.lazy_dataclass import dataclass
from orchestrator.model.text import Text

Mode: TypeAlias = Literal["single", "restart", "queued", "parallel"]
LateThen: TypeAlias = Literal["skip", "run", "ask"]
Severity: TypeAlias = Literal["info", "warning", "critical"]
Keep: TypeAlias = Literal["keep", "stop"]
Loop: TypeAlias = Literal["count", "while", "until", "for_each"]
PowerOn: TypeAlias = Literal["resume", "off"]
OnFailure: TypeAlias = Literal["continue", "stop_all"]
Operation: TypeAlias = Literal[
    "set",
    "start",
    "stop",
    "dose",
    "dilute",
    "circulate",
    "sample",
    "blank",
    "log",
    "alert",
    "ask",
    "note",
    "wait",
    "wait_until",
    "repeat",
    "if",
    "choose",
    "parallel",
    "call",
    "pause",
    "resume",
    "go_to",
    "finish",
    "fail",
    "snapshot",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where in the user's documents something was written; lines and columns count from 1."""

    file: str
    line: int
    column: int
    name: str = ""
    """Of an included file: its path from the profile's folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """A condition, and how long it has to hold."""

    when: Expression
    for_s: Expression | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """What becomes of something that could not begin in time."""

    within_s: Expression
    then: LateThen = "skip"


@dataclass(frozen=True, slots=True, kw_only=True)
class JobUse:
    """A job that runs, with what the profile sets on it."""

    job: str
    automation: str | None = None
    settings: Mapping[str, Expression] = field(default_factory=dict)
    """By short name (`target`), automation inputs among them; only what the profile wrote."""
    at_end: Keep | None = None
    """What becomes of it when the experiment ends; None is the language's default."""
    on_pause: Keep | None = None
    """What becomes of it while the vessel is paused; None leaves it to the job."""
    power_on: PowerOn | None = None
    """What becomes of it when power returns; None is what the profile says for all."""
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class SetStep:
    """`set`: settings by full name, `stirring.target`."""

    settings: Mapping[str, Expression]


@dataclass(frozen=True, slots=True, kw_only=True)
class StartStep:
    """`start`: a job with what to set on it."""

    job: JobUse


@dataclass(frozen=True, slots=True, kw_only=True)
class StopStep:
    """`stop`: a job by name."""

    job: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeStep:
    """`dose` (add), `dilute` (exchange: out and in) of a bottle's medium."""

    volume_ml: Expression
    medium: str = "feed"


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleStep:
    """`sample`: a person takes a volume and writes down its label."""

    volume_ml: Expression
    label: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageStep:
    """`log`, `alert`, `note`."""

    text: Text
    severity: Severity = "warning"
    """Of an alert."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskStep:
    """`ask`: a question that the procedure waits on."""

    question: Text
    answer_type: str = "text"
    """As of an input; `choice` where there are choices."""
    choices: tuple[str, ...] = ()
    default: Expression | None = None
    """Taken for the answer once the timeout is over."""
    then: str = "next"
    """What no answer leads to: `next`, `stop`, `fail`, `pause`, or a phase's name."""
    variable: str | None = None
    """The answer's name in later steps, `vars.<name>`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitStep:
    """`wait`: for a duration on the elapsed clock."""

    duration_s: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitUntilStep:
    """`wait_until`: for a condition."""

    until: When


@dataclass(frozen=True, slots=True, kw_only=True)
class CirculateStep:
    """`circulate`: medium in and culture out for a while, at the same volume."""

    duration_s: Expression
    medium: str = "feed"


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatStep:
    """`repeat`: a list of steps, so many times, while or until a condition is true."""

    do: tuple[Step, ...]
    loop: Loop = "count"
    count: Expression | None = None
    """Of `count`."""
    condition: Expression | None = None
    """Of `while`, asked before each time, and `until`, asked after."""
    max: int = 0
    """How many times at most, of `while` and `until`."""
    values: tuple[Expression, ...] = ()
    """Of `for_each`."""
    variable: str | None = None
    """Of `for_each`: the value's name in its steps, `vars.<name>`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IfStep:
    """`if`, `then`, `else`; unknown takes neither branch."""

    condition: Expression
    then: tuple[Step, ...]
    otherwise: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One of the conditions of a `choose`, with what it leads to."""

    condition: Expression
    then: tuple[Step, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChooseStep:
    """`choose`: the first choice whose condition is true; unknown takes none, nor `else`."""

    choices: tuple[Choice, ...]
    otherwise: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ParallelStep:
    """`parallel`: lists of steps side by side."""

    branches: tuple[tuple[Step, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallStep:
    """`call`: the steps of a sequence, with values for all of its variables."""

    sequence: str
    variables: Mapping[str, Expression]
    do: tuple[Step, ...] = ()
    """The sequence's steps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotStep:
    """`snapshot`: a picture, taken by the job that offers this step."""

    label: Text
    camera: str = ""
    """Which of the reactor's; empty is the job's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GoToStep:
    """`go_to`: enter another phase."""

    phase: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EndStep:
    """`finish`, `fail`: end this vessel's part of the experiment, with a reason."""

    reason: Text = field(default_factory=lambda: Text(()))


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseStep:
    """`pause`, `resume`: this vessel, or all of the experiment's."""

    all_vessels: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainStep:
    """`blank`: nothing more to say."""


Arguments: TypeAlias = (
    SetStep
    | StartStep
    | StopStep
    | VolumeStep
    | SampleStep
    | MessageStep
    | AskStep
    | WaitStep
    | WaitUntilStep
    | CirculateStep
    | RepeatStep
    | IfStep
    | ChooseStep
    | ParallelStep
    | CallStep
    | SnapshotStep
    | GoToStep
    | EndStep
    | PauseStep
    | PlainStep
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a `do:`. `args` has the type that belongs to `op`."""

    op: Operation
    args: Arguments
    name: str | None = None
    timeout_s: Expression | None = None
    """How long the step may take."""
    remind_s: Expression | None = None
    """Of a question: how long until somebody is reminded; 0 is never, None as is usual."""
    late: Late | None = None
    condition: Expression | None = None
    """`if:` beside the step: false skips it, unknown skips it as unknown."""
    vessels: tuple[str, ...] | None = None
    """Only on these; None is every vessel that runs the sequence."""
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class InputDeclaration:
    """Something that the profile asks its user for."""

    name: str
    type: str
    """A dimension of `units.DIMENSIONS`, or `integer`, `boolean`, `text`, `choice`, `vessel`."""
    description: str = ""
    default: Value = None
    """In canonical units; None: must be given."""
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    step: float | None = None
    """By how much a form moves it."""
    section: str = ""
    """Under which heading a form asks for it."""
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Sequence:
    """A list of steps by name, to be called with values for its variables."""

    name: str
    description: str = ""
    variables: Mapping[str, InputDeclaration] = field(default_factory=dict)
    do: tuple[Step, ...]
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Vessel:
    """A role in the profile, bound to a reactor when the experiment is submitted."""

    name: str
    volume_ml: Expression
    worker: str | None = None
    """`worker` or `worker/reactor` where the profile insists on one."""
    inputs: Mapping[str, Value] = field(default_factory=dict)
    """Inputs that are different for this vessel, in canonical units."""
    family: str | None = None
    """What it is called in the document, where that name stands for several vessels."""
    jobs: tuple[JobUse, ...] = ()
    """Override the profile's jobs, setting by setting."""
    limits: Mapping[str, Expression] = field(default_factory=dict)
    media: Mapping[str, Medium] = field(default_factory=dict)
    """Bottles of its own, instead of the profile's of these names."""
    source: Source

    @property
    def written(self) -> str:
        """Its key in the document."""
        return self.family or self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Medium:
    """A bottle: feed or waste, one per vessel unless shared."""

    name: str
    bottle_ml: Expression
    shared: bool = False
    warn_before_s: Expression | None = None
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleItem:
    """What the kinds of schedule items have in common."""

    name: str | None = None
    vessels: tuple[str, ...] | None = None
    """None is all."""
    late: Late | None = None
    condition: Expression | None = None
    """`if:` asked each time it falls due; false skips it, unknown skips it as unknown."""
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class At(ScheduleItem):
    """Once, on the phase's clock."""

    at_s: Expression
    do: tuple[Step, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Every(ScheduleItem):
    """Again and again, on the phase's clock."""

    every_s: Expression
    from_s: Expression | None = None
    """First occurrence; None is after one interval."""
    until_s: Expression | None = None
    count: Expression | None = None
    do: tuple[Step, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cron(ScheduleItem):
    """By the wall clock."""

    cron: Expression
    """Five fields, checked; or the input that gives them, or an interval instead."""
    timezone: str | None = None
    """IANA name; None is the cluster's, with a warning."""
    do: tuple[Step, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ramp(ScheduleItem):
    """A setting that moves in a straight line, on the phase's clock, then holds `to`."""

    setting: str
    """Full name, `temperature.target`."""
    from_: Expression | None = None
    """None: from the value wanted when the ramp starts."""
    to: Expression
    over_s: Expression
    at_s: Expression | None = None
    """None: starts when the phase does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A value at a moment of a table."""

    time_s: Expression
    value: Expression
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class TableShape:
    """`steps` and `points`: values at moments, and how to get from one to the next."""

    points: tuple[Point, ...]
    interpolation: Literal["linear", "step", "smooth"]
    length_s: Expression | None = None
    """How long it takes; None where its last step has no end."""
    repeat: bool = False
    by_day: bool = False
    """The moments are times of day."""
    timezone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SineShape:
    """`sine`: a wave around a mean."""

    mean: Expression
    amplitude: Expression
    period_s: Expression
    phase_s: Expression | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FormulaShape:
    """`shape`: an expression of the clocks."""

    value: Expression
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Move(ScheduleItem):
    """A setting that follows a shape until the phase ends."""

    setting: str
    """Full name, `temperature.target`."""
    shape: TableShape | SineShape | FormulaShape
    at_s: Expression | None = None
    """None: starts when the phase does."""


AnyScheduleItem: TypeAlias = At | Every | Cron | Ramp | Move


@dataclass(frozen=True, slots=True, kw_only=True)
class WhenStart:
    """A condition becomes true; with `again_s`, once more for as long as it stays true."""

    when: When
    again_s: Expression | None = None
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class AtStart:
    """Once, on the experiment's clock."""

    at_s: Expression
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class EveryStart:
    """Again and again, on the experiment's clock."""

    every_s: Expression
    from_s: Expression | None = None
    until_s: Expression | None = None
    count: Expression | None = None
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class CronStart:
    """By the wall clock, or by an interval that an input gives."""

    cron: Expression
    timezone: str | None = None
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class EventStart:
    """Something happens."""

    event: EventKind
    name: str = ""
    """Of the phase, job, device, medium, question, button, topic or webhook; empty for any."""
    state: str = ""
    """Of a job or device, or how a dose ended; empty for any."""
    for_s: Expression | None = None
    payload: Payload = field(default_factory=Payload)
    """Of a topic or webhook."""
    source: Source


Start: TypeAlias = WhenStart | AtStart | EveryStart | CronStart | EventStart


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Something that reacts, per vessel, to any of its starts."""

    name: str | None = None
    starts: tuple[Start, ...]
    late: Late | None = None
    """Of starts by time."""
    condition: Expression | None = None
    mode: Mode = "single"
    max: int = 10
    while_paused: bool = False
    vessels: tuple[str, ...] | None = None
    do: tuple[Step, ...]
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseTimeout:
    """How long a phase may take, per visit, and what then."""

    after_s: Expression
    then: str = "fail"
    """`fail`, `next`, `pause`, a phase's name, and before a door `enter`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldWhile:
    """What stops the clocks of a phase."""

    while_: When
    max_s: Expression | None = None
    """How long one visit may be held; None is a mistake that `check` tells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """A phase that all vessels enter at once."""

    timeout: PhaseTimeout | None = None
    """How long a vessel waits; None is the phase's own timeout."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseLoop:
    """Phases that are gone through several times."""

    name: str | None = None
    count: Expression
    until: Expression | None = None
    """Asked after each round."""
    first: int
    """Place of its first phase in the profile,"""
    last: int
    """and of its last."""
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """A stretch of an experiment. Without `until` and `duration` it ends with its work."""

    name: str
    description: str = ""
    vessels: tuple[str, ...] | None = None
    """None is all; the others go on to the next."""
    together: Together | None = None
    on_enter: tuple[Step, ...] = ()
    do: tuple[Step, ...] = ()
    on_leave: tuple[Step, ...] = ()
    on_leave_s: Expression | None = None
    """What leaving may take; None is the language's default."""
    hold: HoldWhile | None = None
    rules: tuple[Rule, ...] = ()
    until: When | None = None
    duration_s: Expression | None = None
    timeout: PhaseTimeout | None = None
    jobs: tuple[JobUse, ...] = ()
    schedule: tuple[AnyScheduleItem, ...] = ()
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One curve of a chart: a signal or setting, of one vessel or of each."""

    signal: str
    """Full name, `temperature.measured`."""
    vessel: str | None = None
    label: str | None = None
    unit: str = ""
    axis: Literal["left", "right"] = "left"


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """One side of a chart."""

    label: str
    unit: str = ""
    minimum: float | None = None
    maximum: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """What the dashboard draws: named in `contrib/charts`, or written in the profile."""

    name: str | None = None
    title: str
    series: tuple[Series, ...]
    left: Axis | None = None
    right: Axis | None = None
    window_s: float | None = None
    """How much of the past to show at first; None is all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnSignal:
    """A signal that a profile names itself: what another machine says, or a sensor of one's own."""

    name: str
    description: str
    type: str
    """A dimension."""
    topic: str | None = None
    value: str | None = None
    """Where the number stands in a message that is JSON."""
    sensor: str | None = None
    every_s: float | None = None
    factor: float = 1.0
    """canonical = factor · number + offset, of the unit in which the numbers come."""
    offset: float = 0.0
    minimum: float | None = None
    maximum: float | None = None
    max_age_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """The whole of a culture's life, as checked."""

    name: str
    description: str = ""
    tags: tuple[str, ...] = ()
    timezone: str | None = None
    inputs: Mapping[str, InputDeclaration] = field(default_factory=dict)
    vessels: Mapping[str, Vessel]
    media: Mapping[str, Medium] = field(default_factory=dict)
    jobs: tuple[JobUse, ...] = ()
    phases: tuple[Phase, ...]
    loops: tuple[PhaseLoop, ...] = ()
    """Inner ones before those around them."""
    sequences: Mapping[str, Sequence] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    on_vessel_failure: OnFailure = "continue"
    power_on: PowerOn = "resume"
    """Of the jobs that drive something."""
    limits: Mapping[str, Expression] = field(default_factory=dict)
    """By full name, `dosing.per_hour`, in canonical units."""
    charts: tuple[Chart, ...] = ()
    signals: tuple[OwnSignal, ...] = ()
    """That it names itself; the job that takes them in is among its jobs."""
