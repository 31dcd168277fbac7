"""What a demo shows in the terminal while it runs."""

from __future__ import annotations

import asyncio
from typing import Any

import click

from orchestrator.cli import show
from orchestrator.cli.api import Api, Refused
from orchestrator.cli.exits import Unreachable

LOOK_S = 1.0
LINE_EVERY_S = 10.0
SHOWN = (
    ("od600", "OD600", "{:.3f}"),
    ("growth_rate", "µ", "{:.2f} /h"),
    ("temperature.measured", "temperature", "{:.1f} °C"),
    ("volume", "volume", "{:.1f} mL"),
)


async def follow(api: Api, experiment: str, *, live: bool) -> None:
    """Show an experiment until it ends; a moving table on a terminal, else a line now and then."""
    if live:
        await _follow_live(api, experiment)
    else:
        await _follow_lines(api, experiment)


async def _follow_live(api: Api, experiment: str) -> None:
    from rich.live import Live
    from rich.text import Text

    with Live(Text("starting …"), refresh_per_second=4) as display:
        while (seen := await _look(api, experiment)) is None or not _is_over(seen):
            if seen is not None:
                display.update(_table(seen))
            await asyncio.sleep(LOOK_S)
        display.update(_table(seen))


def _table(seen: dict[str, Any]) -> Any:
    from rich.table import Table

    table = Table(title=f"{seen['name']} · {seen['state']}", title_justify="left")
    for heading in ("vessel", "phase", "elapsed", *(title for _, title, _ in SHOWN)):
        table.add_column(heading)
    for run in seen["runs"]:
        table.add_row(
            run["vessel"],
            _phase(run, seen["questions"]),
            show.span(_passed_s(run, seen["now_wall_s"])),
            *_values(run["vessel"], seen["latest"]),
        )
    return table


async def _follow_lines(api: Api, experiment: str) -> None:
    while True:
        seen = await _look(api, experiment)
        if seen is not None:
            parts = []
            for run in seen["runs"]:
                values = ", ".join(
                    f"{title} {value}"
                    for (_, title, _), value in zip(
                        SHOWN, _values(run["vessel"], seen["latest"]), strict=True
                    )
                    if value != "–"
                )
                at = show.span(_passed_s(run, seen["now_wall_s"]))
                parts.append(f"{run['vessel']}: {_phase(run, seen['questions'])} at {at}, {values}")
            click.echo(" | ".join(parts))
            if _is_over(seen):
                return
        await asyncio.sleep(LINE_EVERY_S)


async def _look(api: Api, experiment: str) -> dict[str, Any] | None:
    """All that is shown; None while the leader is away."""
    try:
        seen: dict[str, Any] = await api.get(f"/experiments/{experiment}")
        latest = (await api.get(f"/experiments/{experiment}/latest"))["items"]
        asked = (await api.get("/questions", experiment=experiment, open="true"))["items"]
        seen["now_wall_s"] = (await api.get("/clock"))["wall_s"]
    except (OSError, TimeoutError, Refused, Unreachable):
        return None
    seen["latest"] = {(each["vessel"], each["signal"]): each["value"] for each in latest}
    seen["questions"] = {each["vessel"]: each["text"] for each in asked}
    return seen


def _values(vessel: str, latest: dict[tuple[str, str], float]) -> list[str]:
    return [
        form.format(latest[vessel, signal]) if (vessel, signal) in latest else "–"
        for signal, _, form in SHOWN
    ]


def _passed_s(run: dict[str, Any], now_wall_s: float) -> float | None:
    """By the clock while it goes on: entries of the ledger may be half a minute apart."""
    if run["began_wall_s"] is None:
        return None
    over = run["state"] in ("completed", "failed", "cancelled")
    return float(run["process_s"]) if over else now_wall_s - float(run["began_wall_s"])


def _phase(run: dict[str, Any], questions: dict[str, str]) -> str:
    if run["vessel"] in questions:
        return f"asks: {questions[run['vessel']]}"
    if run["waits_at"]:
        whom = f" for {', '.join(run['waits_for'])}" if run["waits_for"] else ""
        return f"waits{whom} at {run['waits_at']}"
    return str(run["phase"] or run["state"])


def _is_over(seen: dict[str, Any]) -> bool:
    return seen["state"] in ("completed", "failed", "cancelled")
