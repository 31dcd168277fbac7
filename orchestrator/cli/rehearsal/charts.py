"""What a report draws: the profile's charts, or else what everybody wants to see."""

from __future__ import annotations

from typing import Final

from orchestrator.model.plan import Chart, ChartSeries, Plan

USUAL: Final = (
    ("Density", (("od600", "OD600", ""),)),
    (
        "Growth rate",
        (
            ("growth_rate", "growth rate", "1/h"),
            ("growth_rate.deviation", "its standard deviation", "1/h"),
        ),
    ),
    (
        "Temperature",
        (("temperature.measured", "measured", "°C"), ("temperature.target", "target", "°C")),
    ),
    (
        "Volume in the vessel",
        (("volume", "by account", "mL"), ("sim.volume_ml", "in the simulated vessel", "mL")),
    ),
    ("Pumped so far", (("dosing.fed", "in", "mL"), ("dosing.removed", "out", "mL"))),
)


def charts_of(plan: Plan) -> tuple[Chart, ...]:
    """The charts of a plan; where it names none, density, growth, temperature and volumes."""
    return plan.charts or tuple(
        Chart(
            name=title,
            title=title,
            series=tuple(
                ChartSeries(signal=signal, label=label, unit=unit) for signal, label, unit in series
            ),
        )
        for title, series in USUAL
    )
