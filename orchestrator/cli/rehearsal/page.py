"""`report.html` and `compare.html`: each one page that needs nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from orchestrator.cli.rehearsal import picture
from orchestrator.cli.rehearsal.charts import USUAL, charts_of
from orchestrator.cli.rehearsal.compare import Finished, Row
from orchestrator.cli.rehearsal.picture import Curve, Picture
from orchestrator.cli.rehearsal.timeline import FINE, lanes_of
from orchestrator.cli.show import span
from orchestrator.model.plan import Chart, Plan
from orchestrator.ports.report import Columns
from orchestrator.sim.notebook import Series

TROUBLES_MAX = 200


def render(
    plan: Plan,
    summary: Mapping[str, Any],
    rows: list[dict[str, Any]],
    series: Mapping[tuple[str, str], Series | Columns],
    passed_s: float,
) -> str:
    """The page, with the charts that the profile declares; `rows` are those of `actions.csv`."""
    troubles = [row for row in rows if row["outcome"] not in FINE]
    return _rendered(
        "report.html",
        plan=plan,
        summary=summary,
        troubles=troubles[:TROUBLES_MAX],
        passed_s=max(passed_s, 1.0),
        lanes={each.vessel: lanes_of(each.vessel, rows, passed_s) for each in plan.vessels},
        pictures=[
            drawn
            for chart in charts_of(plan)
            for drawn in _pictures(chart, [each.vessel for each in plan.vessels], series, passed_s)
        ],
    )


def render_comparison(a: Finished, b: Finished, names: tuple[str, str], rows: list[Row]) -> str:
    """Two rehearsals on one page; B is dashed."""
    passed_s = max(a.summary["duration_s"], b.summary["duration_s"], 1.0)
    vessels = list(dict.fromkeys([*a.summary["vessels"], *b.summary["vessels"]]))
    return _rendered(
        "compare.html",
        names=names,
        rows=rows,
        summaries=[a.summary, b.summary],
        vessels=vessels,
        passed_s=passed_s,
        pictures=[
            picture.draw(title, series[0][2], curves, passed_s)
            for title, series in USUAL
            if (curves := _beside(a, b, series[0][0], vessels))
        ],
    )


def _beside(a: Finished, b: Finished, signal: str, vessels: list[str]) -> list[Curve]:
    return [
        Curve(
            label=name if len(vessels) == 1 else f"{vessel}, {name}",
            colour=2 * place + number,
            at_s=found.at_s,
            values=found.mean,
            dashed=number == 1,
        )
        for place, vessel in enumerate(vessels)
        for number, (name, finished) in enumerate((("A", a), ("B", b)))
        if (found := finished.series.get((vessel, signal))) is not None
    ]


def _rendered(template: str, **values: Any) -> str:
    environment = Environment(
        loader=PackageLoader("orchestrator.cli"), autoescape=True, undefined=StrictUndefined
    )
    return environment.get_template(template).render(
        span=span,
        width=picture.WIDTH,
        height=picture.HEIGHT,
        left=picture.LEFT,
        right=picture.RIGHT,
        top=picture.TOP,
        bottom=picture.BOTTOM,
        **values,
    )


def _pictures(
    chart: Chart,
    vessels: list[str],
    series: Mapping[tuple[str, str], Series | Columns],
    passed_s: float,
) -> list[Picture]:
    """One picture for each unit on the chart, since paper has no second axis worth reading."""
    by_unit: dict[str, list[Curve]] = {}
    drawn: dict[str, int] = {}
    """How many of the chart's series each unit's picture has."""
    for declared in chart.series:
        number = drawn[declared.unit] = drawn.get(declared.unit, -1) + 1
        for place, vessel in enumerate(vessels):
            if declared.vessel not in (None, vessel):
                continue
            found = series.get((vessel, declared.signal))
            if found is not None:
                curve = Curve(
                    label=declared.label if len(vessels) == 1 else f"{vessel}: {declared.label}",
                    colour=number * len(vessels) + place,
                    at_s=found.at_s,
                    values=found.mean,
                    dashed=declared.signal.rpartition(".")[2].startswith("target"),
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
