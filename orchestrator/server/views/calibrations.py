"""What devices were compared with, with its curve, and the sessions that are open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Any, Final, Literal, cast

import msgspec

from orchestrator.control.calibration.apply import curve_of, quality_of
from orchestrator.control.calibration.fit import NotFitted
from orchestrator.control.calibration.protocol import DEFAULTS
from orchestrator.messages.calibrations import (
    CalibrationRecord,
    CalibrationsMessage,
    SessionRecord,
)
from orchestrator.messages.reports import KindReport, ReactorReport
from orchestrator.model import calibration as model
from orchestrator.model.calibration import KINDS, Method
from orchestrator.model.units import symbol_of
from orchestrator.ports import records
from orchestrator.server.views.workers import worker_view

CURVE_POINTS: Final = 41
MASS: Final = "mass"
WAYS: Final[tuple[tuple[Method, int], ...]] = (
    ("linear", 2),
    ("proportional", 2),
    ("offset", 2),
    ("polynomial", 2),
    ("polynomial", 3),
    ("spline", 2),
)
"""What is tried with the points of a session."""


class Fit(msgspec.Struct, frozen=True, kw_only=True):
    """A curve through the points, and how well it keeps to them."""

    residuals: list[float]
    """Actual less fitted, point by point."""
    deviation: float
    r_squared: float | None
    curve: list[tuple[float, float]]
    """Raw and what it means, over the range that was compared."""


class Attempted(msgspec.Struct, frozen=True, kw_only=True):
    """A way to lay a curve, and what it comes to with the points that there are."""

    method: str
    degree: int
    """Of a polynomial."""
    fit: Fit | None
    reason: str
    """Why there is no curve."""


class Calibration(msgspec.Struct, frozen=True, kw_only=True):
    """A calibration of a device of a worker."""

    worker: str
    reactor: str
    device: str
    name: str
    kind: str
    method: str
    degree: int
    points: list[tuple[float, float]]
    """Raw and actual, in canonical units."""
    raw_unit: str
    actual_unit: str
    made_wall_s: float | None
    by: str
    note: str
    valid_for_s: float | None
    raw_type: str
    """Dimensions of its points, of a plugin's kind; empty for the built-in ones."""
    actual_type: str
    through: list[tuple[float, float]]
    """What its curve goes through, where a plugin laid it."""
    expires_wall_s: float | None
    expired: bool
    active: bool
    """Readings and doses of the device are made by it."""
    fit: Fit | None
    """None where no curve can be laid through the points."""


class Comparable(msgspec.Struct, frozen=True, kw_only=True):
    """A device that can be compared."""

    worker: str
    reactor: str
    device: str
    kind: str
    raw_unit: str
    actual_unit: str
    asks_at: str
    """Dimension of the values to compare at; canonical units."""
    asks_unit: str
    values: list[float]
    """Where it is compared unless somebody wants other values."""
    method: str
    """How this kind of device is usually fitted."""
    takes_in: bool
    """A pump into the vessel: whoever compares it may say how full that is."""
    in_force: str
    """The calibration that it goes by, as its worker says; empty where there is none."""
    expires_wall_s: float | None


class CalibrationSession(msgspec.Struct, frozen=True, kw_only=True):
    """A session of comparisons, as it stands on its worker."""

    worker: str
    session: SessionRecord
    raw_unit: str
    actual_unit: str
    answer_unit: str
    """In which an answer is a plain number."""
    method: str
    """How this kind of device is usually fitted."""
    attempts: list[Attempted]
    """What each way to lay a curve comes to, as points come."""


class DocumentQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which calibration."""

    worker: str
    reactor: str
    device: str
    name: str


class NewDocument(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An axenic: calibration/1 document that a worker is to keep."""

    text: Annotated[str, msgspec.Meta(max_length=200_000)]
    reactor: str = ""
    """May be left out where a worker owns one only."""
    activate: bool = False
    """Go by it at once."""


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """What a sensor shows at this moment."""

    value: float | None
    """Null where it does not answer."""
    unit: str
    reason: str
    """Why there is no value."""


class NewComparison(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be done with a worker's calibrations."""

    do: Literal["start", "go", "answer", "again", "abandon", "keep", "import", "activate", "delete"]
    reactor: str = ""
    """May be left out where a worker owns one only."""
    args: dict[str, Any] = {}
    """start: device, values, repeats, density_g_ml, vessel_holds_ml. go, again, abandon: session.
    answer: session, value (canonical units; g of what was weighed). keep: session, name, method,
    degree, valid_for_s, note, activate. import: calibration, activate. activate: device, name
    (empty: none). delete: device, name."""


def comparables_of(workers: Iterable[records.WorkerRecord]) -> Iterator[Comparable]:
    """All devices that can be compared, worker by worker."""
    for worker in workers:
        for reactor, report in worker_view(worker).reactors.items():
            for device in (*report.pumps, *report.sensors, *report.outputs):
                kind, own = model.kind_of_device(device), _own_kind(worker, device)
                if kind is not None:
                    compared, values = KINDS[kind], [*DEFAULTS[kind]]
                elif own is not None:
                    kind, compared, values = own
                else:
                    continue
                yield _comparable(worker.worker, reactor, device, kind, report, compared, values)


def calibrations_of(
    workers: Iterable[records.WorkerRecord], now_wall_s: float
) -> Iterator[Calibration]:
    """All of them, worker by worker, oldest first."""
    for worker, message in _messages(workers):
        for record in message.calibrations:
            yield _view(worker, record, now_wall_s)


def sessions_of(workers: Iterable[records.WorkerRecord]) -> Iterator[CalibrationSession]:
    """All that are open."""
    for worker, message in _messages(workers):
        for session in message.sessions:
            compared = _compared(session)
            answer = session.asked.type if session.asked else ""
            yield CalibrationSession(
                worker=worker,
                session=session,
                raw_unit=symbol_of(compared.raw),
                actual_unit=symbol_of(compared.actual),
                answer_unit="g" if answer == MASS else symbol_of(answer),
                method=compared.method,
                attempts=[*_attempts(session)],
            )


def known(
    workers: Iterable[records.WorkerRecord], asked: DocumentQuery
) -> model.Calibration | None:
    """The one of that name, as a value."""
    for worker, message in _messages(workers):
        for record in message.calibrations:
            place = (worker, record.reactor, record.device, record.name)
            if place == (asked.worker, asked.reactor, asked.device, asked.name):
                return record.calibration()
    return None


def _comparable(
    worker: str,
    reactor: str,
    device: str,
    kind: str,
    report: ReactorReport,
    compared: model.Comparable,
    values: Sequence[float],
) -> Comparable:
    pump = report.pumps.get(device)
    asks_at = compared.raw if kind in (model.PUMP, "stirrer") else compared.actual
    return Comparable(
        worker=worker,
        reactor=reactor,
        device=device,
        kind=kind,
        raw_unit=symbol_of(compared.raw),
        actual_unit=symbol_of(compared.actual),
        asks_at=asks_at,
        asks_unit=symbol_of(asks_at),
        values=[*values],
        method=compared.method,
        takes_in=pump is not None and pump.direction == "in",
        in_force=report.calibrations.get(device, ""),
        expires_wall_s=report.expires.get(device),
    )


def _own_kind(
    worker: records.WorkerRecord, device: str
) -> tuple[str, model.Comparable, list[float]] | None:
    """What a plugin of the worker says of a device."""
    told = (worker.capabilities or {}).get("kinds", {}).get(device)
    if told is None:
        return None
    own = msgspec.convert(told, KindReport)
    method = cast("Method", own.method)
    return own.kind, model.Comparable(raw=own.raw, actual=own.actual, method=method), own.values


def _messages(
    workers: Iterable[records.WorkerRecord],
) -> Iterator[tuple[str, CalibrationsMessage]]:
    for worker in workers:
        if worker.calibrations is not None:
            yield worker.worker, msgspec.convert(worker.calibrations, CalibrationsMessage)


def _view(worker: str, record: CalibrationRecord, now_wall_s: float) -> Calibration:
    made = record.calibration()
    compared = made.compared
    expires_wall_s = made.expires_wall_s
    return Calibration(
        worker=worker,
        reactor=record.reactor,
        device=record.device,
        name=record.name,
        kind=record.kind,
        method=record.method,
        degree=record.degree,
        points=record.points,
        raw_unit=symbol_of(compared.raw),
        actual_unit=symbol_of(compared.actual),
        made_wall_s=record.made_wall_s,
        by=record.by,
        note=record.note,
        valid_for_s=record.valid_for_s,
        raw_type=record.raw_type,
        actual_type=record.actual_type,
        through=record.curve,
        expires_wall_s=expires_wall_s,
        expired=expires_wall_s is not None and expires_wall_s <= now_wall_s,
        active=record.active,
        fit=_laid(made)[0],
    )


def _attempts(session: SessionRecord) -> Iterator[Attempted]:
    compared = _compared(session)
    if compared.method == model.OWN:
        reason = "the plugin lays its curve when the calibration is kept"
        yield Attempted(method=model.OWN, degree=2, fit=None, reason=reason)
    for method, degree in WAYS:
        if method == "offset" and compared.raw != compared.actual:
            continue  # volts are no pH, however much is added to them
        made = model.Calibration(
            name="",
            device=session.device,
            kind=session.kind,
            method=method,
            degree=degree,
            points=tuple(model.Point(raw=raw, actual=actual) for raw, actual in session.points),
        )
        fit, reason = _laid(made)
        yield Attempted(method=method, degree=degree, fit=fit, reason=reason)


def _compared(session: SessionRecord) -> model.Comparable:
    """How it is compared; of a plugin's kind the session says it."""
    known = KINDS.get(session.kind)
    if known is not None:
        return known
    return model.Comparable(
        raw=session.raw_type or "number",
        actual=session.actual_type or "number",
        method=cast("Method", session.method or "linear"),
    )


def _laid(made: model.Calibration) -> tuple[Fit | None, str]:
    """Its curve, or why there is none."""
    try:
        curve, quality = curve_of(made), quality_of(made)
    except NotFitted as error:
        return None, str(error)
    low, high = curve.knots[0], curve.knots[-1]
    steps = [low + (high - low) * n / (CURVE_POINTS - 1) for n in range(CURVE_POINTS)]
    fit = Fit(
        residuals=list(quality.residuals),
        deviation=quality.deviation,
        r_squared=quality.r_squared,
        curve=[(raw, curve.value(raw)) for raw in steps],
    )
    return fit, ""
