"""What a job is: a pure step from (state, what it sees, now) to (state, commands).

A job neither reads a sensor nor turns a pump. It asks for it with a command, and what came of that
reaches it as an event at a later step. So the same object runs on a Pi, in a rehearsal and in a
plugin's own process, in lock-step.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf
from typing import Any, Generic, Protocol, TypeVar

import msgspec

from orchestrator.control.calibration.curve import Curve
from orchestrator.model.outcome import Ending
from orchestrator.model.picture import Shot
from orchestrator.model.signal import Signals

# --- what a job may ask for ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sense:
    """Read a sensor; answered by `Sensed`."""

    sensor: str
    """`photodiode`, `thermometer`, `tachometer`, …"""


@dataclass(frozen=True, slots=True)
class Drive:
    """Hold an output at a duty cycle until told otherwise (the keeper turns it off if the worker
    dies)."""

    output: str
    """`stirrer`, `heater`, …"""
    duty: float
    """0–1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """Take out, then put in, through the dose journal; answered by `Exchanged`.

    Removing comes first, so that a vessel cannot overflow.
    """

    remove_ml: float
    add_ml: float
    medium: str = "feed"
    key: str | None = None
    """The action that asked; None for the automation's own, which the journal numbers."""
    cause: str = ""
    """In plain words, for the trace: `od600 0.83 above 0.82`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finish:
    """An action that was requested of this job has ended."""

    key: str
    ending: Ending
    result: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """Tell a person."""

    text: str
    severity: str = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Remember:
    """What must survive a restart (a blank, a calibration); handed back to `begin`."""

    memory: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeOf:
    """From now on a signal's readings name the calibrations of these devices, not that of its
    declaration's."""

    signal: str
    devices: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Photograph:
    """Take a picture and keep it; answered by `Photographed`."""

    camera: str
    shot: Shot
    label: str = ""
    """What a person called it."""
    key: str = ""
    """The action that asked; empty for one of the time-lapse."""


Command = Sense | Drive | Exchange | Finish | Alert | Remember | MadeOf | Photograph

# --- what a job is told -------------------------------------------------------------------------


class Sensed(msgspec.Struct, frozen=True, gc=False):
    """A sensor answered. `value` is None where it was silent or broken; `fault` then says why."""

    sensor: str
    value: float | None
    at_s: float
    fault: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchanged:
    """An exchange ended; volumes are what the journal counts as moved."""

    key: str
    own: bool
    """Asked for by the automation itself."""
    by: str = ""
    """The job that asked on its own."""
    removed_ml: float
    added_ml: float
    medium: str
    ending: Ending
    at_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Requested:
    """An action of the plan, or of a person, that this job carries out; to be answered with
    `Finish`, or with an `Exchange` that carries its key."""

    key: str
    action: str
    """blank | dose | dilute | circulate"""
    args: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn:
    """The action was cancelled; end it as soon as that is safe and answer `Finish`."""

    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """Another machine said something on a topic that the job's settings name."""

    topic: str
    text: str
    fault: str = ""
    """Why it is no text, if it is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Advised:
    """The law of a plugin that this job follows wants this now; nothing: nothing any more."""

    law: str
    """The automation."""
    wants: tuple[Exchange | Drive, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Photographed:
    """A picture is kept, or there is none and `fault` says why."""

    camera: str
    key: str
    at_s: float
    file: str = ""
    """Its name among the unit's files."""
    sha256: str = ""
    size_bytes: int = 0
    fault: str = ""


Event = Sensed | Exchanged | Requested | Withdrawn | Heard | Advised | Photographed

# --- the step -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """What the worker has to know of a signal that a job publishes."""

    max_age_s: float = inf
    """Older than this, a condition on it is unknown; as the job's declaration says."""
    device: str = ""
    """Whose calibration its values depend on."""


S = TypeVar("S")


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What the worker's journal knows of the liquid in the vessel; jobs read it, only the journal
    writes it."""

    volume_ml: float
    """Working volume now."""
    nominal_ml: float
    """Volume that the profile wants."""
    tube_ml: float = 0.0
    """Volume at which the waste pump begins to draw air; 0: not known."""
    highest_ml: float = 0.0
    """What there may be if the pumps are not quite what they were calibrated to be."""
    fed_ml: float = 0.0
    removed_ml: float = 0.0
    evaporated_ml: float = 0.0
    """Water that left as vapour, as the reactor's description has it."""
    unknown_doses: int = 0
    """Doses of unknown outcome since the last known one; while there are any, remove before adding
    (SEMANTICS rule 3)."""
    fractions: Mapping[str, float] = field(default_factory=dict)
    """Medium → its share of the liquid in the vessel; the rest was there at the beginning."""


class View(msgspec.Struct, frozen=True, gc=False):
    """All that a job sees in one step."""

    settings: Mapping[str, float | bool | str]
    automation: str | None
    paused: bool
    signals: Signals
    account: Account
    events: tuple[Event, ...] = ()
    calibration: Mapping[str, float] = msgspec.field(default_factory=dict)
    """Numbers of the reactor's calibrations (`ports.reactor.ReactorSpec.constants`):
    `photodiode.od600_per_v`, `photodiode.blank_v`, …"""
    curves: Mapping[str, Curve] = msgspec.field(default_factory=dict)
    """Those of the devices that were calibrated by points (`ports.reactor.ReactorSpec.curves`); a
    curve comes before the numbers."""
    outputs: tuple[str, ...] = ()
    """What this reactor can drive, `stirrer`, `heater`, `led_a`, …; for what it may lack."""
    sensors: tuple[str, ...] = ()
    """What this reactor can read, likewise."""
    held: Mapping[str, str] = msgspec.field(default_factory=dict)
    """Outputs that an interlock keeps off whatever is driven, and why; they come on again by
    themselves, at what was driven last."""


class Step(msgspec.Struct, Generic[S], frozen=True, gc=False):
    """What a job answers."""

    state: S
    commands: tuple[Command, ...] = ()
    publish: Mapping[str, float] = msgspec.field(default_factory=dict)
    """Signals with their new values, by canonical name; each becomes a `Reading` and a `Sample`."""
    look_again_s: float = inf
    """Process seconds of the next step that this job needs of itself."""
    sense: tuple[str, ...] = ()
    """Sensors to read when `look_again_s` has come. What answers at once is told in that very step,
    what takes its time in a later one; a `Sense` command reads now and costs a step more."""


class Job(Protocol[S]):
    """A running Python object on a worker; it holds nothing itself, so one serves many vessels.

    It is stepped when its moment comes, when an event reaches it, when its settings or the pause
    change, and when one of the signals that it watches was published.
    """

    @property
    def name(self) -> str: ...

    @property
    def watches(self) -> tuple[str, ...]:
        """Canonical names of the signals whose new values it wants to see at once."""
        ...

    @property
    def signals(self) -> Mapping[str, Signal]:
        """All that it publishes, by canonical name."""
        ...

    def begin(self, memory: Mapping[str, Any], now_s: float, /) -> S:
        """The state to start from, after what `Remember` kept."""
        ...

    def step(self, state: S, view: View, now_s: float, /) -> Step[S]:
        """Move on to `now_s` (process seconds). Pure: no clock, no IO, no chance."""
        ...

    def end(self, state: S, /) -> tuple[Command, ...]:
        """What to command when the job is stopped (its outputs off)."""
        ...
