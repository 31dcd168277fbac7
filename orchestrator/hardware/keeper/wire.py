"""What a worker and its keeper say to each other."""

from __future__ import annotations

import msgspec


class Hello(msgspec.Struct, frozen=True, tag="hello"):
    """The first line: who speaks."""

    worker: str


class Beat(msgspec.Struct, frozen=True, tag="beat"):
    """The worker lives."""


class Drive(msgspec.Struct, frozen=True, tag="drive"):
    """Hold an output at a duty."""

    output: str
    duty: float


class Begin(msgspec.Struct, frozen=True, tag="begin"):
    """Turn a pump, once, with the moment to be off."""

    run: str
    pump: str
    for_s: float
    """Clock seconds."""


class StopPumps(msgspec.Struct, frozen=True, tag="stop_pumps"):
    """End what turns."""

    pumps: list[str]


class MakeSafe(msgspec.Struct, frozen=True, tag="make_safe"):
    """Turn outputs and pumps off, and say when that is done."""

    id: int
    outputs: list[str]


class Hold(msgspec.Struct, frozen=True, tag="hold"):
    """Turn these off, and keep them off whatever is said later."""

    outputs: list[str]
    reason: str


class LetGo(msgspec.Struct, frozen=True, tag="let_go"):
    """Allow again what was held; a stop button that is still pressed says no."""

    outputs: list[str]


class Recall(msgspec.Struct, frozen=True, tag="recall"):
    """What became of a run, perhaps one of the worker that was here before?"""

    run: str


class Restarting(msgspec.Struct, frozen=True, tag="restarting"):
    """The worker goes, and means to be back soon."""


class Quit(msgspec.Struct, frozen=True, tag="quit"):
    """Turn everything off and end."""


class Welcome(msgspec.Struct, frozen=True, tag="welcome"):
    """The worker is taken on."""

    session: str
    """New with each process of the keeper."""
    outputs: list[str]
    pumps: list[str]


class TurnedAway(msgspec.Struct, frozen=True, tag="turned_away"):
    """There is a worker already."""

    reason: str


class Unfit(msgspec.Struct, frozen=True, tag="unfit"):
    """The keeper could not take possession of its pins, and ends."""

    reason: str


class Ended(msgspec.Struct, frozen=True, tag="ended"):
    """A pump run is over."""

    run: str
    on_s: float
    """Clock seconds that the pump was on."""
    for_s: float
    reason: str
    held: bool = False
    """An interlock ended it."""


class RunRefused(msgspec.Struct, frozen=True, tag="run_refused"):
    """A pump run was never begun, or is none of this request's."""

    run: str
    reason: str
    held: bool = False
    """An interlock does not let it."""


class Interlocked(msgspec.Struct, frozen=True, tag="interlocked"):
    """An interlock keeps an output off that should be on; without a reason it no longer does."""

    output: str
    reason: str


class Cut(msgspec.Struct, frozen=True, tag="cut"):
    """Everything was turned off without being asked; what is still wanted has to be said again."""

    reason: str


class Pressed(msgspec.Struct, frozen=True, tag="pressed"):
    """The stop button was pressed: all outputs are off, and held."""


class Safe(msgspec.Struct, frozen=True, tag="safe"):
    """Answers `MakeSafe`; with a reason if it did not work."""

    id: int
    fault: str = ""


class Recalled(msgspec.Struct, frozen=True, tag="recalled"):
    """Answers `Recall`."""

    run: str
    ended: Ended | None
    """None: it is under way, or was never heard of."""


ToKeeper = (
    Hello | Beat | Drive | Begin | StopPumps | MakeSafe | Hold | LetGo | Recall | Restarting | Quit
)
FromKeeper = (
    Welcome
    | TurnedAway
    | Unfit
    | Ended
    | RunRefused
    | Interlocked
    | Cut
    | Pressed
    | Safe
    | Recalled
)

to_keeper: msgspec.json.Decoder[ToKeeper] = msgspec.json.Decoder(ToKeeper)
from_keeper: msgspec.json.Decoder[FromKeeper] = msgspec.json.Decoder(FromKeeper)
