"""`README.md` of a bundle: what is in it, in words for somebody who knows nothing of Axenic."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from orchestrator.ports.records import Experiment
from orchestrator.server.api.export_text import wall
from orchestrator.server.crate.archive import Part
from orchestrator.server.crate.pictures import FOLDER, LIST, PICTURES

READINGS: Mapping[str, str] = {
    "time_s": "Seconds since the vessel's run began, outages and pauses included.",
    "wall": "The same moment in UTC, ISO 8601; empty where the clock was not synchronised.",
    "vessel": "Which vessel, as the profile calls it.",
    "signal": "What was measured; the table below tells units.",
    "value": "The value, in that unit.",
    "calibration": "The calibration that made the value of what the device showed, if one did.",
    "attempt": "Which start of the experiment it belongs to; `provenance.json` tells with what.",
    "revision": "By which revision of the profile the vessel ran.",
    "worker": "The machine that measured it.",
}
ACTIONS: Mapping[str, str] = {
    "action_id": "Its name: phase, visit, item and step.",
    "nominal_s": "When it was due on its phase's clock, where it was.",
    "time_s": "When it began, in seconds since the vessel's run began.",
    "wall": "The same moment in UTC.",
    "vessel": "Where.",
    "action": "What kind: set, dose, dilute, ask, …",
    "detail": "What exactly.",
    "outcome": "done, late, skipped, refused, failed or unknown; empty while it goes on.",
    "reason": "Why it ended so, and what caused it.",
}


def readme(
    experiment: Experiment,
    parts: Sequence[Part],
    signals: Iterable[tuple[str, str]],
    unit_of: Callable[[str], str],
    at_wall_s: float,
) -> str:
    """All of it."""
    vessels = ", ".join(experiment.vessels)
    labels = [f"- {vessel}: {label}" for vessel, label in experiment.words.labels.items() if label]
    began = wall(experiment.started_wall_s) or "not yet"
    ended = wall(experiment.ended_wall_s) or "not yet"
    lines = [
        f"# {experiment.name}",
        "",
        *([experiment.words.description, ""] if experiment.words.description else []),
        f"The experiment {experiment.id} of {experiment.actor}, {experiment.state.value} when this "
        f"was written ({wall(at_wall_s)}). Begun {began}, ended {ended}. "
        f"Vessels: {vessels}.",
        "",
        *([*labels, ""] if labels else []),
        "Open `report.html` in any browser for its charts; it needs no network. "
        "`axenic import bundle` reads all of it into another leader's store.",
        "",
        "## Files",
        "",
        *_table(("file", "holds"), _files(parts)),
        "",
        "## Columns of data/readings.csv",
        "",
        *_table(("column", "meaning"), [(f"`{name}`", said) for name, said in READINGS.items()]),
        "",
        "## Signals",
        "",
        *_table(
            ("signal", "unit", "vessels"),
            [
                (f"`{signal}`", unit_of(signal) or "–", ", ".join(where))
                for signal, where in _by_signal(signals).items()
            ],
        ),
        "",
        "## Columns of data/actions.csv",
        "",
        *_table(("column", "meaning"), [(f"`{name}`", said) for name, said in ACTIONS.items()]),
        "",
        *_of_pictures(parts),
        "## The trace",
        "",
        "Each line of `data/trace.jsonl` is an entry of a run's ledger, as the worker wrote it: "
        "when, what kind, about which action (`key`), and its `data`. It tells each firing and "
        "each action that was late, skipped or refused, with the reason.",
        "",
    ]
    return "\n".join(lines)


def _files(parts: Sequence[Part]) -> list[tuple[str, str]]:
    """Each with its title; pictures, which are many, together."""
    pictures = sum(part.path.startswith(FOLDER) for part in parts)
    rows = [(f"`{each.path}`", each.title) for each in parts if not each.path.startswith(FOLDER)]
    return [*rows, (f"`{FOLDER}`", f"{pictures} pictures, by vessel")] if pictures else rows


def _of_pictures(parts: Sequence[Part]) -> list[str]:
    if not any(part.path == LIST for part in parts):
        return []
    rows = [(f"`{name}`", says) for name, says in PICTURES.items()]
    return [f"## Columns of {LIST}", "", *_table(("column", "meaning"), rows), ""]


def _by_signal(signals: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for vessel, signal in signals:
        found.setdefault(signal, []).append(vessel)
    return dict(sorted(found.items()))


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    def line(cells: Sequence[str]) -> str:
        return (
            "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"
        )

    return [line(heads), line(["---"] * len(heads)), *map(line, rows)]
