"""What can happen, in the words that profiles, plans and ledgers use for it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal, TypeAlias, get_args

from orchestrator.model.expression import Value
from orchestrator.model.lazy_dataclass import dataclass
from orchestrator.model.photodiode import PHOTODIODES

EventKind: TypeAlias = Literal[
    "phase_entered",
    "phase_left",
    "job",
    "device",
    "power_returned",
    "dose",
    "answer",
    "button",
    "topic",
    "webhook",
]
EVENT_KINDS: Final[tuple[EventKind, ...]] = get_args(EventKind)
FROM_OUTSIDE: Final = frozenset({"button", "topic", "webhook"})
"""What people, other programs and other machines bring."""
LASTING: Final = frozenset({"phase_entered", "phase_left", "job", "device"})
"""What goes on afterwards until the contrary happens; only these can have a `for:`."""

RUNNING, PAUSED, STOPPED, FAILED = "running", "paused", "stopped", "failed"
JOB_STATES: Final[Mapping[str, str]] = MappingProxyType(
    {"ready": RUNNING, "paused": PAUSED, "stopped": STOPPED, "lost": FAILED}
)
"""A ledger's word for the state of a job → a profile's."""
FAULT, HELD, OK = "fault", "held", "ok"
"""States of a device; an interlock keeps off what is held."""
SENSORS: Final = (
    *(*PHOTODIODES, "thermometer", "tachometer"),
    *("ph_probe", "oxygen_probe", "level_probe", "load_cell"),
    *("machine_temperature", "machine_cpu", "machine_memory"),
    *("machine_disk", "machine_clock", "machine_under_voltage"),
)
"""Devices that the built-in jobs read."""
DOSE_ENDS: Final = ("done", "failed", "refused", "unknown")
"""How a dose can end."""

VALUE_TYPES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "when": "boolean",
        "at": "time",
        "every": "time",
        "cron": "time",
        "phase_entered": "text",
        "phase_left": "text",
        "job": "text",
        "device": "text",
        "power_returned": "time",
        "dose": "volume",
        "answer": "any",
        "button": "text",
    }
)
"""What kind of value `trigger.value` has; what comes from outside is read as the profile says."""
TRIGGER_NAMES: Final = ("kind", "name", "value")
"""What a rule knows of its start, as `trigger.kind` and so on."""
PAYLOAD_MAX: Final = 4096
"""Bytes that a button, topic or webhook may bring."""
NAME_MAX: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """How what came from outside is read."""

    type: Literal["text", "number", "boolean"] = "text"
    path: str = ""
    """Where it stands in a JSON object, `door.open`; empty for the whole."""
    equals: float | bool | str | None = None
    """Only this counts."""
    retained: bool = False
    """Whether what the broker had kept from before counts as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """Something that happened to a vessel or its run."""

    id: str
    """The same whenever the ledger is read."""
    event: EventKind
    name: str = ""
    state: str = ""
    value: Value = None
    payload: str = ""
    """From outside, as it came."""
    retained: bool = False
    """A broker had kept it from before."""
