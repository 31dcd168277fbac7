"""Signals that a profile names itself: what another machine says, or what a sensor of one's own
shows. The job `external` takes them in, by settings that bear their names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from orchestrator.model.catalogue import (
    Catalogue,
    SettingDeclaration,
    SignalDeclaration,
)
from orchestrator.model.expression import Const, Expression, Value
from orchestrator.model.profile import OwnSignal

JOB: Final = "external"
TAKEN: Final = frozenset({"a", "b", "c", "d", "rejected"})
"""What the job's own signals are called."""


def with_own_signals(catalogue: Catalogue, signals: Iterable[OwnSignal]) -> Catalogue:
    """Offer them beside what the job offers anyway."""
    own = tuple(signals)
    job = catalogue.jobs.get(JOB)
    if not own or job is None:
        return catalogue
    settings = {name: _declared(name, each) for each in own for name in _values(each)}
    signals_ = {
        each.name: SignalDeclaration(
            name=each.name,
            type=each.type,
            description=each.description,
            max_age_s=each.max_age_s,
        )
        for each in own
    }
    job = replace(job, settings={**job.settings, **settings}, signals={**job.signals, **signals_})
    return replace(catalogue, jobs={**catalogue.jobs, JOB: job})


def settings_for(signals: Iterable[OwnSignal]) -> Mapping[str, Expression]:
    """What the job is told of them, by short name."""
    return {name: Const(value) for each in signals for name, value in _values(each).items()}


def _values(own: OwnSignal) -> dict[str, Value]:
    """The settings of one signal, as far as it says anything."""
    said: dict[str, Value] = {
        "topic": own.topic,
        "value": own.value,
        "sensor": own.sensor,
        "every": own.every_s,
        "factor": None if own.factor == 1.0 else own.factor,
        "offset": None if own.offset == 0.0 else own.offset,
        "minimum": own.minimum,
        "maximum": own.maximum,
        "max_age": own.max_age_s,
    }
    return {f"{own.name}_{key}": value for key, value in said.items() if value is not None}


def _declared(name: str, own: OwnSignal) -> SettingDeclaration:
    key = name.removeprefix(f"{own.name}_")
    kind = _TYPES.get(key, own.type)
    is_bound = key in ("minimum", "maximum")
    return SettingDeclaration(
        name=name,
        type=kind,
        description=f"{_WORDS[key]} of {own.name}",
        editable=is_bound,
    )


_TYPES: Final = {
    "topic": "text",
    "value": "text",
    "sensor": "text",
    "every": "time",
    "factor": "number",
    "offset": "number",
    "max_age": "time",
}
_WORDS: Final = {
    "topic": "MQTT topic",
    "value": "Place in the message",
    "sensor": "Sensor",
    "every": "Time from one reading to the next",
    "factor": "Factor to the canonical unit",
    "offset": "Offset in the canonical unit",
    "minimum": "Lowest value that counts",
    "maximum": "Highest value that counts",
    "max_age": "Age from which on it is unknown,",
}
