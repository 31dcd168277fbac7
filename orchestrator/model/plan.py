"""The plan: a compiled profile, as a value.

A plan holds everything a worker needs and nothing else: inputs are substituted, units are
canonical, conditions are expression trees. The same profile and the same inputs give the same bytes
(`model.canonical`). `schemas/plan.schema.json` describes its JSON.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from orchestrator.model.event import Payload
from orchestrator.model.expression import Expression
from orchestrator.model.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where in the profile something stands."""

    file: str
    line: int
    """1-based."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """What becomes of an action that could not begin within its grace."""

    within_s: float
    then: Literal["skip", "run", "ask"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """True for at least `for_s`, without a break."""

    when: Expression
    for_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class StepPlan:
    """One step of a `do:`.

    `op` says which of the fields below are used:

    ====================  ==========================================================================
    set                   settings
    start, stop           job (and settings, automation for start)
    dose                  volume_ml, medium
    dilute                volume_ml (in and out), medium
    circulate             duration_s, medium
    sample                volume_ml, text (the label asked for)
    blank                 –
    snapshot              job, text (the label), camera
    log, alert, note      text
    ask                   text, answer_type, choices, default, then, variable
    wait                  duration_s
    wait_until            condition, timeout_s
    repeat                steps and, by `loop`, count, condition and max (while, until), or values
                          and variable (for_each)
    if, choose            branches, otherwise
    parallel              branches (conditions are None)
    call                  sequence, variables, steps
    pause, resume         all_vessels
    go_to                 phase
    finish, fail          text (the reason)
    ====================  ==========================================================================
    """

    op: str
    source: Source
    name: str | None = None
    timeout_s: float | None = None
    remind_s: float | None = None
    """Of a question: how long until somebody is reminded; 0 is never, None as is usual."""
    late: Late | None = None
    if_: Expression | None = None
    settings: Mapping[str, Expression] = field(default_factory=dict)
    """`job.setting` → value, in canonical units."""
    job: str | None = None
    camera: str | None = None
    automation: str | None = None
    volume_ml: Expression | None = None
    medium: str | None = None
    text: Text | None = None
    severity: str = "warning"
    duration_s: Expression | None = None
    condition: Condition | None = None
    count: Expression | None = None
    loop: Literal["count", "while", "until", "for_each"] | None = None
    values: tuple[Expression, ...] = ()
    variable: str | None = None
    """What the answer, or the value of this time, is called in expressions, `vars.<name>`."""
    answer_type: str = "text"
    """As of an input: what an answer has to be."""
    choices: tuple[str, ...] = ()
    default: Expression | None = None
    """Taken for the answer once the timeout is over."""
    then: str | None = None
    """What no answer leads to, instead of the next step: `stop`, `fail`, `pause`, or a phase."""
    sequence: str | None = None
    variables: Mapping[str, Expression] = field(default_factory=dict)
    """What a call gives to its sequence, worked out when it begins."""
    max: int | None = None
    """How many times a `while` or `until` goes round at most."""
    steps: tuple[StepPlan, ...] = ()
    branches: tuple[Branch, ...] = ()
    otherwise: tuple[StepPlan, ...] = ()
    phase: str | None = None
    all_vessels: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """A guarded list of steps."""

    steps: tuple[StepPlan, ...]
    when: Expression | None = None
    """None in `parallel`, where every branch runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AtPlan:
    """Once, at a moment of the phase's clock."""

    item: str
    """Identity: the item's name, else a hash of its content with an ordinal (SEMANTICS rule 2)."""
    at_s: float
    steps: tuple[StepPlan, ...]
    source: Source
    state: bool
    """True where every step is an unconditional set, start or stop that uses no signal: such an
    entry is recomputed at any time; anything else is a procedure (SEMANTICS rule 1)."""
    late: Late | None = None
    if_: Expression | None = None
    """Asked each time it falls due; not true skips it."""
    kind: Literal["at"] = "at"


@dataclass(frozen=True, slots=True, kw_only=True)
class EveryPlan:
    """Again and again on the phase's clock; first after one interval unless `from_s` says
    otherwise."""

    item: str
    every_s: float
    steps: tuple[StepPlan, ...]
    source: Source
    state: bool
    from_s: float | None = None
    until_s: float | None = None
    count: int | None = None
    late: Late | None = None
    if_: Expression | None = None
    kind: Literal["every"] = "every"


@dataclass(frozen=True, slots=True, kw_only=True)
class CronPlan:
    """By the wall clock of a timezone (SEMANTICS rule 7)."""

    item: str
    cron: str
    timezone: str
    steps: tuple[StepPlan, ...]
    source: Source
    state: bool
    late: Late | None = None
    if_: Expression | None = None
    kind: Literal["cron"] = "cron"


@dataclass(frozen=True, slots=True, kw_only=True)
class RampPlan:
    """A setting that moves linearly; holds `to` until the phase ends (SEMANTICS rule 11)."""

    item: str
    setting: str
    to: Expression
    over_s: float
    source: Source
    from_: Expression | None = None
    """None: from the value wanted when it starts."""
    at_s: float = 0.0
    if_: Expression | None = None
    kind: Literal["ramp"] = "ramp"


@dataclass(frozen=True, slots=True, kw_only=True)
class PointPlan:
    """A value at a moment."""

    time_s: float
    """Since the shape's start; on the wall clock since midnight."""
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ShapePlan:
    """A setting that follows a shape until the phase ends: a pure function of plan and clock.

    ==========  ====================================================================================
    points      points, interpolation, period_s (None: holds the last); by the wall clock timezone
    sine        mean, amplitude, period_s, phase_s
    formula     value, of `elapsed` and `phase_time` alone
    ==========  ====================================================================================
    """

    item: str
    setting: str
    form: Literal["points", "sine", "formula"]
    source: Source
    at_s: float = 0.0
    points: tuple[PointPlan, ...] = ()
    interpolation: Literal["linear", "step", "smooth"] = "linear"
    period_s: float | None = None
    timezone: str | None = None
    """Where the points are times of day; None: they are times of the phase."""
    mean: float = 0.0
    amplitude: float = 0.0
    phase_s: float = 0.0
    value: Expression | None = None
    if_: Expression | None = None
    kind: Literal["shape"] = "shape"


Moving = RampPlan | ShapePlan
ItemPlan = AtPlan | EveryPlan | CronPlan | RampPlan | ShapePlan


@dataclass(frozen=True, slots=True, kw_only=True)
class JobPlan:
    """A job that is to run, with its settings in canonical units."""

    automation: str | None = None
    settings: Mapping[str, Expression] = field(default_factory=dict)
    """`setting` → value, every setting of the job's declaration with its default filled in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeout:
    """A phase that does not end by itself in time."""

    after_s: float
    then: str
    """`fail`, `next`, `pause`, or a phase's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """While it is true the clocks stand, `max_s` a visit at the most (SEMANTICS rule 8)."""

    while_: Condition
    max_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Barrier:
    """Nobody enters before every peer is there (SEMANTICS rule 9)."""

    peers: tuple[str, ...]
    """The other vessels that come to this phase."""
    after_s: float
    """How long a vessel waits for them, on the elapsed clock."""
    then: str
    """`fail`, `next`, `pause`, `enter`, or a phase's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhasePlan:
    """One stretch of a vessel's life."""

    name: str
    source: Source
    on_enter: tuple[StepPlan, ...] = ()
    """Comes before `do`."""
    do: tuple[StepPlan, ...] = ()
    on_leave: tuple[StepPlan, ...] = ()
    """Comes before the phase is left, whichever way, unless the run is cancelled."""
    on_leave_s: float = 600.0
    """What it may take."""
    jobs: Mapping[str, JobPlan] = field(default_factory=dict)
    items: tuple[ItemPlan, ...] = ()
    until: Condition | None = None
    duration_s: float | None = None
    timeout: Timeout | None = None
    hold: Hold | None = None
    together: Barrier | None = None
    rules: tuple[RulePlan, ...] = ()
    """They live as long as the visit, and so does what they set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopPlan:
    """Phases that are gone through several times, as new visits."""

    loop: str
    """Identity: its name, else the phases from which and to which it goes."""
    first: str
    last: str
    count: int
    source: Source
    until: Expression | None = None
    """Asked after each round; true ends the loop before its count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WhenStart:
    """A condition that becomes true; with `again_s`, once more for as long as it stays true."""

    when: Condition
    again_s: float | None = None
    kind: Literal["when"] = "when"


@dataclass(frozen=True, slots=True, kw_only=True)
class AtStart:
    """Once, at a moment of the experiment's clock."""

    at_s: float
    kind: Literal["at"] = "at"


@dataclass(frozen=True, slots=True, kw_only=True)
class EveryStart:
    """Again and again on the experiment's clock."""

    every_s: float
    from_s: float | None = None
    until_s: float | None = None
    count: int | None = None
    kind: Literal["every"] = "every"


@dataclass(frozen=True, slots=True, kw_only=True)
class CronStart:
    """By the wall clock of a timezone."""

    cron: str
    timezone: str
    kind: Literal["cron"] = "cron"


@dataclass(frozen=True, slots=True, kw_only=True)
class EventStart:
    """Something that happens (`model.event`)."""

    event: str
    name: str = ""
    """Of the phase, job, device, medium, question, button, topic or webhook; empty for any."""
    state: str = ""
    """Of a job or device, or how a dose ended; empty where there is none."""
    for_s: float = 0.0
    """How long it has to stay so."""
    payload: Payload = field(default_factory=Payload)
    """Of a topic or webhook."""
    kind: Literal["event"] = "event"


TimeStart = AtStart | EveryStart | CronStart
Start = WhenStart | AtStart | EveryStart | CronStart | EventStart


@dataclass(frozen=True, slots=True, kw_only=True)
class RulePlan:
    """When, only if, do."""

    item: str
    starts: tuple[Start, ...]
    """Any of them starts it."""
    steps: tuple[StepPlan, ...]
    source: Source
    if_: Expression | None = None
    mode: Literal["single", "restart", "queued", "parallel"] = "single"
    max: int = 10
    while_paused: bool = False
    late: Late | None = None
    """Of starts by time."""


WARN_BEFORE_S: Final = 6 * 3600.0
"""Long enough to autoclave medium and let it cool."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bottle:
    """A bottle at a vessel."""

    medium: str
    volume_ml: float
    shared: bool = False
    warn_before_s: float = WARN_BEFORE_S
    """So long before it is empty (waste: full) people are told; 0 for never."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """What one vessel does, from beginning to end; all that its worker ever sees."""

    vessel: str
    volume_ml: float
    media: tuple[Bottle, ...]
    jobs: Mapping[str, JobPlan]
    """On for the whole experiment."""
    phases: tuple[PhasePlan, ...]
    rules: tuple[RulePlan, ...]
    limits: Mapping[str, float]
    """`temperature.maximum` (°C), `dosing.per_hour` and `dosing.per_day` (mL in a sliding hour
    and day), `dosing.vessel_maximum` (mL), …"""
    at_end: Mapping[str, str] = field(default_factory=dict)
    """job → keep | stop, where the profile says so."""
    on_pause: Mapping[str, str] = field(default_factory=dict)
    """job → keep | stop, where the profile says so."""
    power_on: Mapping[str, str] = field(default_factory=dict)
    """job → off, where it stays off after power returned; the others resume."""
    on_vessel_failure: Literal["go_on", "stop_all"] = "go_on"
    """What this vessel does when a peer fails."""
    loops: tuple[LoopPlan, ...] = ()
    """Inner ones before those around them."""
    worker: str | None = None
    """The worker that the profile asks for, if it does."""
    units: Mapping[str, str] = field(default_factory=dict)
    """`job.setting` → the unit in which people read it, for the settings that the plan names, and
    for signals of its own."""
    inputs: Mapping[str, float | bool | str] = field(default_factory=dict)
    """Those that are the vessel's own; for the reader, since they are already substituted."""
    laws: tuple[str, ...] = ()
    """`job.automation` of the laws that plugins bring and that its jobs may follow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartSeries:
    """One curve, of one vessel or of each."""

    signal: str
    label: str
    unit: str
    vessel: str | None = None
    """None is all."""
    axis: Literal["left", "right"] = "left"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartAxis:
    """One side of a chart."""

    label: str
    unit: str = ""
    minimum: float | None = None
    maximum: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A chart that the profile declares."""

    name: str
    title: str
    series: tuple[ChartSeries, ...]
    left: ChartAxis | None = None
    right: ChartAxis | None = None
    window_s: float | None = None
    """How much of the past to show at first; None is all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A compiled profile."""

    name: str
    description: str
    tags: tuple[str, ...]
    profile_hash: str
    """SHA-256 of the profile's bytes, hexadecimal."""
    timezone: str
    inputs: Mapping[str, float | bool | str]
    """As chosen, in canonical units; for the reader, since they are already substituted."""
    vessels: tuple[Slice, ...]
    charts: tuple[Chart, ...]
    format: Literal["plan/1"] = "plan/1"

    @property
    def phases(self) -> tuple[PhasePlan, ...]:
        """Every phase that some vessel comes to, once; some vessels leave some out."""
        fullest_first = sorted(self.vessels, key=lambda each: -len(each.phases))
        found = {phase.name: phase for each in fullest_first for phase in each.phases}
        return tuple(found.values())
