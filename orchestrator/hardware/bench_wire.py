"""What is said on the wires of a simulated bench: pins, sensors, and what hands do at a vessel."""

from __future__ import annotations

from typing import Any

import msgspec


class OwnPins(msgspec.Struct, frozen=True, tag="own_pins"):
    """This connection owns the pins; when it ends they go off, as pins do when their owner dies."""


class Drive(msgspec.Struct, frozen=True, tag="drive"):
    """Set a duty; not answered."""

    reactor: str
    output: str
    duty: float
    for_s: float | None = None
    """Clock seconds after which the output goes off by itself; 0: its time is over."""


class Read(msgspec.Struct, frozen=True, tag="read"):
    """Ask a sensor."""

    id: int
    reactor: str
    sensor: str


class Photograph(msgspec.Struct, frozen=True, tag="photograph"):
    """Ask a camera for a picture."""

    id: int
    reactor: str
    camera: str


class Do(msgspec.Struct, frozen=True, tag="do"):
    """What a person does at the bench, or a test: inoculate, sample, stick, break_sensor, …"""

    id: int
    reactor: str
    verb: str
    args: dict[str, Any] = {}


class Shown(msgspec.Struct, frozen=True, tag="shown"):
    """What a sensor shows; None with a fault in words."""

    id: int
    value: float | None
    fault: str = ""


class Pictured(msgspec.Struct, frozen=True, tag="pictured"):
    """What a camera sees; None with a fault in words."""

    id: int
    picture: bytes | None
    fault: str = ""


class Done(msgspec.Struct, frozen=True, tag="done"):
    """Answers `Do`; with an error in words if it could not be done."""

    id: int
    result: dict[str, Any] = {}
    error: str = ""


ToBench = OwnPins | Drive | Read | Photograph | Do
FromBench = Shown | Pictured | Done

to_bench: msgspec.json.Decoder[ToBench] = msgspec.json.Decoder(ToBench)
from_bench: msgspec.json.Decoder[FromBench] = msgspec.json.Decoder(FromBench)
