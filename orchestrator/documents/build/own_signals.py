"""`signals:` what other machines and sensors of one's own say, under names of one's own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from orchestrator.documents.draft import Cursor, JobMention
from orchestrator.documents.suggest import closest
from orchestrator.documents.values import read_constant
from orchestrator.model.own_signals import JOB, TAKEN, settings_for
from orchestrator.model.profile import JobUse, OwnSignal
from orchestrator.model.units import UnitError, dimension_of_unit, parse_quantity

MAX_AGE_S: Final = 300.0
PLAIN: Final = "number"


def build_own_signals(cursor: Cursor | None) -> tuple[OwnSignal, ...]:
    """Read them; what is wrong with one is said, and the others are there still."""
    return () if cursor is None else tuple(_signals(cursor))


def with_job(
    signals: tuple[OwnSignal, ...], cursor: Cursor | None, jobs: tuple[JobUse, ...]
) -> tuple[JobUse, ...]:
    """The job that takes them in runs without being named; what is said of it stands above."""
    if cursor is None or not signals:
        return jobs
    settings = settings_for(signals)
    cursor.draft.jobs.append(
        JobMention(
            job=JOB,
            automation=None,
            settings=frozenset(settings),
            scope="profile",
            span=cursor.key_span,
        )
    )
    own = JobUse(job=JOB, settings=settings, source=cursor.source)
    others = [use for use in jobs if use.job != JOB]
    return (*others, own, *(use for use in jobs if use.job == JOB))


def _signals(cursor: Cursor) -> Iterator[OwnSignal]:
    for name, each in cursor.items():
        topic, sensor = each.text("topic"), each.text("sensor")
        if name in TAKEN:
            message = f"'{name}' is what a signal of the job {JOB} is called already"
            each.complain("reserved-name", message, span=each.key_span)
        elif (topic is None) is (sensor is None):
            both = "not both" if topic is not None else "and has neither"
            message = f"a signal comes from a topic or from a sensor, {both}"
            each.complain("one-of", message, span=each.key_span)
        else:
            yield _signal(name, each, topic, sensor)


def _signal(name: str, cursor: Cursor, topic: str | None, sensor: str | None) -> OwnSignal:
    kind, factor, offset = _unit(cursor)
    age_s = _number(cursor, "max_age", "time")
    return OwnSignal(
        name=name,
        description=cursor.text("description") or f"What {topic or f'the {sensor}'} says",
        type=kind,
        topic=topic,
        value=cursor.text("value"),
        sensor=sensor,
        every_s=_number(cursor, "every", "time"),
        factor=factor,
        offset=offset,
        minimum=_number(cursor, "minimum", kind),
        maximum=_number(cursor, "maximum", kind),
        max_age_s=MAX_AGE_S if age_s is None else age_s,
    )


def _unit(cursor: Cursor) -> tuple[str, float, float]:
    """Dimension, factor and offset of the unit in which the numbers come."""
    unit = cursor.text("unit")
    place = cursor.get("unit")
    if unit is None or place is None:
        return PLAIN, 1.0, 0.0
    kind = dimension_of_unit(unit)
    try:
        if kind is None:
            raise UnitError(f"there is no unit '{unit:.40}'", closest(unit, _UNITS))
        zero, one = (parse_quantity(f"{number} {unit}", kind) for number in (0, 1))
    except UnitError as error:
        place.complain("wrong-unit", error.message, error.suggestion)
        return PLAIN, 1.0, 0.0
    return kind, one - zero, zero


def _number(cursor: Cursor, key: str, kind: str) -> float | None:
    found = cursor.get(key)
    value = read_constant(found, kind) if found is not None else None
    return value if isinstance(value, float) else None


_UNITS: Final = ("°C", "rpm", "mL", "mL/min", "/h", "g/L", "V", "g", "%", "s", "min", "h")
