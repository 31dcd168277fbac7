"""Charts, as the dashboard is given them."""

from __future__ import annotations

from orchestrator.model.plan import Chart, ChartAxis, ChartSeries
from orchestrator.model.profile import Axis
from orchestrator.model.profile import Chart as ProfileChart


def plan_charts(charts: tuple[ProfileChart, ...]) -> tuple[Chart, ...]:
    """Write a profile's charts down, those without a name by their number."""
    return tuple(_chart(chart, number) for number, chart in enumerate(charts, start=1))


def _chart(chart: ProfileChart, number: int) -> Chart:
    return Chart(
        name=chart.name or f"chart-{number}",
        title=chart.title,
        series=tuple(
            ChartSeries(
                signal=each.signal,
                label=each.label or each.signal,
                unit=each.unit,
                vessel=each.vessel,
                axis=each.axis,
            )
            for each in chart.series
        ),
        left=_axis(chart.left),
        right=_axis(chart.right),
        window_s=chart.window_s,
    )


def _axis(axis: Axis | None) -> ChartAxis | None:
    if axis is None:
        return None
    return ChartAxis(label=axis.label, unit=axis.unit, minimum=axis.minimum, maximum=axis.maximum)
