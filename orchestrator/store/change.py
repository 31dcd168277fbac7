"""What one line of a ledger changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from orchestrator.messages.outbox import EntryRecord
from orchestrator.ports.records import NewAlert
from orchestrator.store.encode import to_json
from orchestrator.store.run_name import RunName


@dataclass(frozen=True, slots=True, kw_only=True)
class Put:
    """Insert a row, or set these fields of the one that has the key."""

    table: str
    key: Mapping[str, Any]
    fields: Mapping[str, Any]
    mark: str | None = None
    """Leave the row alone if its `<mark>_outbox`, `<mark>_number` are of a later line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An event for all who listen."""

    kind: str
    data: Mapping[str, Any]
    experiment: str | None
    vessel: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Over:
    """What an alert of this identity told of is so no longer."""

    identity: str


Change = Put | Told | NewAlert | Over


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An entry with its place."""

    entry: EntryRecord
    outbox: str
    number: int
    name: RunName
    at_wall_s: float
    """When it happened, or when it arrived where nobody knew the time."""

    @property
    def data(self) -> Mapping[str, Any]:
        return self.entry.data

    @property
    def place(self) -> dict[str, Any]:
        """Columns that each folded row has."""
        name = self.name
        return {"experiment": name.experiment, "attempt": name.attempt, "vessel": name.vessel}

    @property
    def reason(self) -> str:
        return str(self.data.get("reason") or "")

    def texts(self, *fields: str) -> dict[str, str]:
        """Those of the entry's fields that it has, as columns that hold text."""
        return {
            field: value if isinstance(value, str) else to_json(value)
            for field in fields
            if (value := self.data.get(field)) is not None
        }

    def numbers(self, *fields: str) -> dict[str, float]:
        """Those that it has, as columns that hold numbers.

        Raises:
            TypeError, ValueError: one is something else.
        """
        return {
            field: float(value) for field in fields if (value := self.data.get(field)) is not None
        }

    def told(self, kind: str, **more: Any) -> Told:
        entry = self.entry
        data = {
            "entry": entry.kind,
            "run": entry.run,
            "process_s": entry.process_s,
            "wall_s": entry.wall_s,
            **({"key": entry.key} if entry.key else {}),
            **entry.data,
            **more,
        }
        name = self.name
        return Told(kind=kind, data=data, experiment=name.experiment, vessel=name.vessel)


Fold = Callable[[Line], Iterator[Change]]
"""What one kind of entry changes."""
