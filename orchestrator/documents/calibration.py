"""A calibration document as a value, and a value as a document."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final, cast

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Cursor, Draft
from orchestrator.documents.places import Document
from orchestrator.documents.rules import cannot_calibrate, no_curve, wrong_unit
from orchestrator.documents.scalars import resolve
from orchestrator.documents.values import read_constant
from orchestrator.model.calibration import (
    KINDS,
    Calibration,
    Comparable,
    Method,
    Point,
    kind_of_device,
)
from orchestrator.model.units import format_quantity, parse_quantity, symbol_of

_PLAIN: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")


def build_calibration(draft: Draft) -> Calibration | None:
    """Read what the document says; None where something is missing or of the wrong kind."""
    root = Cursor(draft, draft.document.data)
    device, points = root.text("device"), root.get("points")
    found_kind = _kind_of(draft, device) if device is not None else None
    if found_kind is None or device is None or points is None:
        return None
    kind, compared = found_kind
    is_own = kind not in KINDS
    pairs = [
        (_read(point.get("raw"), compared.raw), _read(point.get("actual"), compared.actual))
        for point in points.elements()
    ]
    through = root.get("through")
    support = [
        Point(
            raw=_read(point.get("raw"), compared.raw) or 0.0,
            actual=_read(point.get("actual"), compared.actual) or 0.0,
        )
        for point in (through.elements() if through is not None else ())
    ]
    valid_for, degree = root.get("valid_for"), root.get("degree")
    valid_for_s = _read(valid_for, "time")
    made_wall_s = _moment(root.get("made"))
    if valid_for is not None and valid_for_s is not None and made_wall_s is None:
        valid_for.complain("missing-key", "valid_for counts from made:, which is missing")
    found = [Point(raw=raw, actual=y) for raw, y in pairs if raw is not None and y is not None]
    if len(found) < len(pairs) or not found:
        return None
    return Calibration(
        name=root.text("name") or "",
        device=device,
        kind=kind,
        method=cast("Method", root.text("fit") or compared.method),
        degree=degree.data if degree is not None and isinstance(degree.data, int) else 2,
        points=tuple(found),
        made_wall_s=made_wall_s,
        by=root.text("by") or "",
        note=root.text("note") or "",
        valid_for_s=valid_for_s,
        raw_type=compared.raw if is_own else "",
        actual_type=compared.actual if is_own else "",
        curve=tuple(support),
    )


def _kind_of(draft: Draft, device: str) -> tuple[str, Comparable] | None:
    """A built-in kind, or one that a plugin brings."""
    kind = kind_of_device(device)
    if kind is not None:
        return kind, KINDS[kind]
    own = draft.catalogue.calibrations.get(device)
    return None if own is None else (own.name, own.compared)


def is_built_in(document: Document) -> bool:
    """Whether it can be judged without knowing what plugins bring."""
    device = document.data.get("device") if isinstance(document.data, Mapping) else None
    return isinstance(device, str) and kind_of_device(device) is not None


def check_calibration(draft: Draft) -> tuple[Calibration | None, list[Diagnostic]]:
    """Build a document of this kind, and judge it."""
    built = build_calibration(draft)
    problems = [
        *draft.problems,
        *wrong_unit.check(draft),
        *cannot_calibrate.check(draft),
        *no_curve.check(draft, built),
    ]
    return built, problems


def calibration_text(calibration: Calibration) -> str:
    """Write the document that says what a calibration is; reading it gives the same back."""
    return "\n".join(_lines(calibration)) + "\n"


def _lines(calibration: Calibration) -> Iterator[str]:
    compared = calibration.compared
    yield "axenic: calibration/1"
    yield f"name: {_text(calibration.name)}"
    yield f"device: {_text(calibration.device)}"
    yield f"fit: {calibration.method}"
    if calibration.method == "polynomial":
        yield f"degree: {calibration.degree}"
    if calibration.made_wall_s is not None:
        moment = datetime.fromtimestamp(calibration.made_wall_s, UTC)
        yield f'made: "{moment.isoformat().replace("+00:00", "Z")}"'
    for key, text in (("by", calibration.by), ("note", calibration.note)):
        if text:
            yield f"{key}: {_text(text)}"
    if calibration.valid_for_s is not None:
        yield f"valid_for: {_exact(calibration.valid_for_s, 'time')}"
    for key, points in (("points", calibration.points), ("through", calibration.curve)):
        if points:
            yield f"{key}:"
        for point in points:
            raw, actual = _exact(point.raw, compared.raw), _exact(point.actual, compared.actual)
            yield f"  - {{raw: {raw}, actual: {actual}}}"


def _exact(value: float, dimension: str) -> str:
    """All digits of a quantity, which people round only where nothing is lost."""
    shown = format_quantity(value, dimension)
    if parse_quantity(shown, dimension) == value:
        return shown
    return f"{value!r} {symbol_of(dimension)}".strip()


def _text(text: str) -> str:
    if _PLAIN.fullmatch(text) and resolve(text) == text:
        return text
    return json.dumps(text, ensure_ascii=False)


def _read(cursor: Cursor | None, dimension: str) -> float | None:
    value: Any = read_constant(cursor, dimension) if cursor is not None else None
    return value if isinstance(value, float) else None


def _moment(cursor: Cursor | None) -> float | None:
    if cursor is None or not isinstance(cursor.data, str):
        return None
    try:
        moment = datetime.fromisoformat(cursor.data)
    except ValueError:
        cursor.complain("wrong-value", f"{cursor.data!r} is no moment such as 2026-11-28T09:30:00Z")
        return None
    if moment.tzinfo is None:
        message = "a moment needs its offset from UTC, since places differ"
        cursor.complain("wrong-value", message, f"{cursor.data}Z")
        return None
    return moment.timestamp()
