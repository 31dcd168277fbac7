"""`report.html` of an experiment: the page that a rehearsal writes, of what really happened."""

from __future__ import annotations

from orchestrator.cli.rehearsal.page import render
from orchestrator.cli.rehearsal.summary import summarise
from orchestrator.cli.rehearsal.tables import every_row
from orchestrator.ports.report import Lived


def report(lived: Lived) -> str:
    """Its course and its charts; `ports.report.Report`."""
    passed_s = max(
        [lived.passed_s, *(each.at_s[-1] for each in lived.series.values() if each.at_s)]
    )
    summary = summarise(
        lived.plan,
        plan_hash=lived.plan_hash,
        seed=None,
        start_wall_s=lived.start_wall_s,
        passed_s=passed_s,
        ledgers=lived.ledgers,
        warnings=[],
    )
    told = {**summary, "experiment": lived.experiment}
    return render(lived.plan, told, every_row(lived.ledgers), lived.series, passed_s)
