"""What a worker and the process of a guest say to each other: one packet a message.

The socket keeps packets apart (SOCK_SEQPACKET), so that a message is whole or not there at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, Literal, TypeAlias

import msgspec

from orchestrator.control.calibration.curve import Curve
from orchestrator.jobs.guest import JobLost
from orchestrator.jobs.job import (
    Account,
    Alert,
    Command,
    Drive,
    Event,
    Exchange,
    Exchanged,
    Finish,
    Remember,
    Requested,
    Sense,
    Sensed,
    Step,
    View,
    Withdrawn,
)
from orchestrator.model.signal import Sample

PACKET_BYTES_MAX: Final = 160_000
"""What a socket's buffer takes at once on any Linux, its own overhead counted."""
Named: TypeAlias = tuple[str, msgspec.Raw]

_COMMANDS: Final[Mapping[str, type[Command]]] = {
    each.__name__: each for each in (Sense, Drive, Exchange, Finish, Alert, Remember)
}
_EVENTS: Final[Mapping[str, type[Event]]] = {
    each.__name__: each for each in (Sensed, Exchanged, Requested, Withdrawn)
}
_pack: Final = msgspec.msgpack.encode


class Config(msgspec.Struct, frozen=True, kw_only=True):
    """What the process is told when it is started."""

    name: str
    folder: str
    module: str
    attribute: str
    memory_mb: int
    vessel: str
    simulated: bool
    options: dict[str, float | bool | str]
    seed: int


class Begin(msgspec.Struct, frozen=True, tag="begin"):
    """Begin, with what was kept."""

    memory: dict[str, Any]
    now_s: float


class Seen(msgspec.Struct, frozen=True):
    """A `View`."""

    settings: dict[str, float | bool | str]
    automation: str | None
    paused: bool
    signals: dict[str, Sample]
    account: Account
    events: list[Named]
    calibration: dict[str, float]
    outputs: tuple[str, ...]
    sensors: tuple[str, ...]
    held: dict[str, str]
    curves: dict[str, Any]


class Do(msgspec.Struct, frozen=True, tag="do"):
    """Move on to a moment."""

    view: Seen
    now_s: float


class Tell(msgspec.Struct, frozen=True, tag="tell"):
    """Send a notification to people; answered by `Begun`, which says that it went out."""

    severity: str
    title: str
    body: str


class Read(msgspec.Struct, frozen=True, tag="read"):
    """Read a sensor."""


class Ask(msgspec.Struct, frozen=True, tag="ask"):
    """A request to a route of the API."""

    query: dict[str, str]
    body: Any
    actor: str
    role: str


class Try(msgspec.Struct, frozen=True, tag="try"):
    """Make a self-test."""


class Fit(msgspec.Struct, frozen=True, tag="fit"):
    """Lay a curve through what was compared."""

    points: list[tuple[float, float]]


class Load(msgspec.Struct, frozen=True, tag="load"):
    """Only load the class: whoever installs a plugin sees whether it can be."""


class Begun(msgspec.Struct, frozen=True, tag="begun"):
    """Answers `Begin`, `Tell` and `Load`."""


class Done(msgspec.Struct, frozen=True, tag="done"):
    """Answers `Do`: a `Step` without its state, which stays where it is."""

    commands: list[Named]
    publish: dict[str, float]
    look_again_s: float
    sense: tuple[str, ...]


class Value(msgspec.Struct, frozen=True, tag="value"):
    """Answers `Read`."""

    value: float


class Tried(msgspec.Struct, frozen=True, tag="tried"):
    """Answers `Try`: a `Tested`."""

    result: Literal["passed", "failed", "unseen", "skipped"]
    figure: str
    reason: str


class Laid(msgspec.Struct, frozen=True, tag="laid"):
    """Answers `Fit`: with the points through which the curve goes."""

    points: list[tuple[float, float]]


class Said(msgspec.Struct, frozen=True, tag="said"):
    """Answers `Ask`, in JSON."""

    body: bytes


class Declined(msgspec.Struct, frozen=True, tag="declined"):
    """Answers `Ask`: with what is wrong with the request."""

    status: Literal[400, 403, 404, 409, 422]
    text: str


class Broke(msgspec.Struct, frozen=True, tag="broke"):
    """The job raised something; the process ends."""

    text: str


ToGuest: TypeAlias = Begin | Do | Tell | Read | Ask | Try | Fit | Load
FromGuest: TypeAlias = Begun | Done | Value | Tried | Laid | Broke
FromRoute: TypeAlias = Said | Declined | Broke
to_guest: Final[msgspec.msgpack.Decoder[ToGuest]] = msgspec.msgpack.Decoder(ToGuest)
_FROM_GUEST: Final[msgspec.msgpack.Decoder[FromGuest]] = msgspec.msgpack.Decoder(FromGuest)

_FROM_ROUTE: Final[msgspec.msgpack.Decoder[FromRoute]] = msgspec.msgpack.Decoder(FromRoute)


def said_of(packet: bytes) -> FromRoute:
    """Read what a route answers.

    Raises:
        JobLost: it makes no sense.
    """
    try:
        return _FROM_ROUTE.decode(packet)
    except msgspec.MsgspecError as error:
        raise JobLost(f"its answer makes no sense: {error}") from error


def answer_of(packet: bytes) -> Begun | Done | Value | Tried | Laid:
    """Read what a guest answers.

    Raises:
        JobLost: it broke, or its answer makes no sense.
    """
    try:
        said = _FROM_GUEST.decode(packet)
    except msgspec.MsgspecError as error:
        raise JobLost(f"its answer makes no sense: {error}") from error
    if isinstance(said, Broke):
        raise JobLost(said.text)
    return said


def pack_begin(memory: Mapping[str, Any], now_s: float) -> bytes:
    """Write `Begin`."""
    return _pack(Begin(dict(memory), now_s))


def pack_do(view: View, events: Iterable[Event], now_s: float) -> bytes:
    """Write `Do`, with these events."""
    seen = Seen(
        settings=dict(view.settings),
        automation=view.automation,
        paused=view.paused,
        signals=dict(view.signals),
        account=view.account,
        events=_named(events),
        calibration=dict(view.calibration),
        outputs=view.outputs,
        sensors=view.sensors,
        held=dict(view.held),
        curves=dict(view.curves),
    )
    return _pack(Do(seen, now_s))


def pack_done(step: Step[Any]) -> bytes:
    """Write `Done`."""
    publish = {name: float(value) for name, value in step.publish.items()}
    return _pack(Done(_named(step.commands), publish, float(step.look_again_s), step.sense))


def pack(message: ToGuest | Begun | Value | Tried | Laid | FromRoute) -> bytes:
    """Write what holds nothing that has to be prepared."""
    return _pack(message)


def view_of(seen: Seen) -> View:
    """Read a `View`."""
    return View(
        settings=seen.settings,
        automation=seen.automation,
        paused=seen.paused,
        signals=seen.signals,
        account=seen.account,
        events=tuple(msgspec.msgpack.decode(raw, type=_EVENTS[name]) for name, raw in seen.events),
        calibration=seen.calibration,
        outputs=seen.outputs,
        sensors=seen.sensors,
        held=seen.held,
        curves=msgspec.convert(seen.curves, dict[str, Curve]),
    )


def step_of(done: Done) -> Step[None]:
    """Read a `Step`."""
    commands: tuple[Command, ...] = tuple(
        msgspec.msgpack.decode(raw, type=_COMMANDS[name]) for name, raw in done.commands
    )
    return Step(None, commands, done.publish, done.look_again_s, done.sense)


def _named(values: Iterable[Command | Event]) -> list[Named]:
    """Values of several classes, each with the name of its own."""
    return [(type(value).__name__, msgspec.Raw(_pack(value))) for value in values]
