"""`charts:` names of charts in `contrib/charts`, or charts written out."""

from __future__ import annotations

from typing import Any

from orchestrator.documents.draft import Cursor
from orchestrator.documents.values import optional_amount
from orchestrator.model.catalogue import Catalogue, canonical_name
from orchestrator.model.expression import Const
from orchestrator.model.profile import Axis, Chart, Series
from orchestrator.model.units import DIMENSIONS


def build_charts(cursor: Cursor | None) -> tuple[Chart, ...]:
    """Read the charts that a profile wants, in their order."""
    if cursor is None:
        return ()
    charts = [_chart(each) for each in cursor.elements()]
    return tuple(chart for chart in charts if chart is not None)


def _chart(cursor: Cursor) -> Chart | None:
    if isinstance(cursor.data, str):
        cursor.mention("chart", cursor.data)
        return cursor.draft.known_charts.get(cursor.data)
    return build_chart(cursor) if isinstance(cursor.data, dict) else None


def build_chart(cursor: Cursor) -> Chart:
    """Read a chart that is written out, in a profile or in a chart document."""
    listed = cursor.get("series")
    series = () if listed is None else tuple(_series(each) for each in listed.elements())
    window = optional_amount(cursor.get("window"), "time")
    seconds = window.value if isinstance(window, Const) else None
    return Chart(
        name=cursor.text("name"),
        title=cursor.text("title") or "",
        series=series,
        left=_axis(cursor.get("left"), series, "left"),
        right=_axis(cursor.get("right"), series, "right"),
        window_s=seconds if isinstance(seconds, float) else None,
    )


def _series(cursor: Cursor) -> Series:
    place = cursor.get("signal") or cursor
    written = place.data if isinstance(place.data, str) else ""
    parts = written.split(".", 2)
    vessel = parts[1] if parts[0] == "vessels" and len(parts) == 3 else None
    name = parts[2] if vessel is not None else written
    if vessel is not None:
        place.mention("vessel", vessel)
    if isinstance(place.data, str):
        place.mention("signal", name, vessel=vessel)
    return Series(
        signal=canonical_name(name),
        vessel=vessel,
        label=cursor.text("label") or label_of(cursor.draft.catalogue, name),
        unit=unit_of(cursor.draft.catalogue, name),
        axis="right" if cursor.text("axis") == "right" else "left",
    )


def label_of(catalogue: Catalogue, name: str) -> str:
    """Give a signal's description, or its name."""
    found = catalogue.signal(name) or catalogue.setting(name)
    return found.description if found is not None else name


def unit_of(catalogue: Catalogue, name: str) -> str:
    """Give the unit in which a signal is shown."""
    kind = catalogue.type_of(name)
    return DIMENSIONS[kind].symbol if kind is not None and kind in DIMENSIONS else ""


def _axis(cursor: Cursor | None, series: tuple[Series, ...], side: str) -> Axis | None:
    here = [each for each in series if each.axis == side]
    if cursor is None and not here:
        return None
    data: dict[str, Any] = cursor.data if cursor and isinstance(cursor.data, dict) else {}
    label = data.get("label") or (here[0].label if here else "")
    return Axis(
        label=str(label or ""),
        unit=here[0].unit if here else "",
        minimum=_number(data.get("minimum")),
        maximum=_number(data.get("maximum")),
    )


def _number(data: Any) -> float | None:
    return float(data) if isinstance(data, (int, float)) and not isinstance(data, bool) else None
