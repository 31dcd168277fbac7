"""The plan that runs in the laboratory: DESIGN.md's example, with what the pages show of it."""

from __future__ import annotations

from typing import Final

from orchestrator.model.expression import Const
from orchestrator.model.plan import (
    Bottle,
    Chart,
    ChartAxis,
    ChartSeries,
    EveryPlan,
    PhasePlan,
    Plan,
    Slice,
    Source,
    StepPlan,
)

_FILE: Final = "heat-adapted-turbidostat.yaml"


def turbidostat_plan() -> Plan:
    """Inoculate, let grow, hold for ten days and aerate every four hours."""
    return Plan(
        name="Heat-adapted turbidostat",
        description=(
            "Hold two cultures at one density while one is warmed from 30 to 42 °C over ten days."
        ),
        tags=("ecoli", "evolution"),
        profile_hash="0" * 64,
        timezone="Europe/Berlin",
        inputs={},
        vessels=tuple(_slice(vessel) for vessel in ("control", "warmed")),
        charts=(_growth(), _temperature()),
    )


def _slice(vessel: str) -> Slice:
    aerate = StepPlan(
        op="set", source=Source(file=_FILE, line=47), settings={"stirring.target": Const(800.0)}
    )
    every = EveryPlan(
        item="aerate",
        every_s=14_400.0,
        steps=(aerate,),
        source=Source(file=_FILE, line=44),
        state=True,
    )
    phases = (
        PhasePlan(name="inoculate", source=Source(file=_FILE, line=28), items=()),
        PhasePlan(name="batch", source=Source(file=_FILE, line=32), items=()),
        PhasePlan(
            name="hold",
            source=Source(file=_FILE, line=35),
            items=(every,),
            duration_s=864_000.0,
        ),
    )
    return Slice(
        vessel=vessel,
        volume_ml=15.0,
        media=(Bottle(medium="feed", volume_ml=5000.0), Bottle(medium="waste", volume_ml=6000.0)),
        jobs={},
        phases=phases,
        rules=(),
        limits={"temperature.maximum": 45.0},
    )


def _growth() -> Chart:
    return Chart(
        name="growth",
        title="Density and growth rate",
        series=(
            ChartSeries(signal="od600", label="OD600", unit=""),
            ChartSeries(signal="growth_rate", label="Growth rate", unit="1/h", axis="right"),
        ),
        left=ChartAxis(label="OD600", minimum=0.0),
        right=ChartAxis(label="Growth rate", unit="1/h"),
    )


def _temperature() -> Chart:
    return Chart(
        name="temperature-target-and-measured",
        title="Temperature, target and measured",
        series=(
            ChartSeries(signal="temperature.measured", label="Measured", unit="°C"),
            ChartSeries(signal="temperature.target", label="Target", unit="°C"),
        ),
    )
