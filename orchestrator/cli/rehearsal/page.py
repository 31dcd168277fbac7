"""`report.html`: one page that needs nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from orchestrator.cli.rehearsal import picture
from orchestrator.cli.rehearsal.picture import Curve, Picture
from orchestrator.cli.show import span
from orchestrator.model.plan import Chart, Plan
from orchestrator.sim.notebook import Series

TROUBLES_MAX = 200


def render(
    plan: Plan,
    summary: Mapping[str, Any],
    troubles: list[dict[str, Any]],
    series: Mapping[tuple[str, str], Series],
    passed_s: float,
) -> str:
    """The page, with the charts that the profile declares."""
    environment = Environment(
        loader=PackageLoader("orchestrator.cli"), autoescape=True, undefined=StrictUndefined
    )
    return environment.get_template("report.html").render(
        plan=plan,
        summary=summary,
        troubles=troubles[:TROUBLES_MAX],
        passed_s=max(passed_s, 1.0),
        pictures=[
            drawn
            for chart in plan.charts
            for drawn in _pictures(chart, [each.vessel for each in plan.vessels], series, passed_s)
        ],
        span=span,
        width=picture.WIDTH,
        height=picture.HEIGHT,
        left=picture.LEFT,
        right=picture.RIGHT,
        top=picture.TOP,
        bottom=picture.BOTTOM,
    )


def _pictures(
    chart: Chart,
    vessels: list[str],
    series: Mapping[tuple[str, str], Series],
    passed_s: float,
) -> list[Picture]:
    """One picture for each unit on the chart, since paper has no second axis worth reading."""
    by_unit: dict[str, list[Curve]] = {}
    for number, declared in enumerate(chart.series):
        for colour, vessel in enumerate(vessels):
            found = series.get((vessel, declared.signal))
            if found is not None:
                curve = Curve(
                    label=f"{vessel}: {declared.label}",
                    colour=colour,
                    at_s=found.at_s,
                    values=found.mean,
                    dashed=number > 0 and declared.unit == chart.series[0].unit,
                )
                by_unit.setdefault(declared.unit, []).append(curve)
    titles = {declared.unit: declared.label for declared in reversed(chart.series)}
    return [
        picture.draw(
            chart.title if len(by_unit) == 1 else f"{chart.title}: {titles[unit]}",
            unit,
            curves,
            passed_s,
        )
        for unit, curves in by_unit.items()
    ]
