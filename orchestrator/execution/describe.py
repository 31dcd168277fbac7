"""Steps in a person's words: what the timetable announces and what the ledger tells read alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from orchestrator.model.plan import StepPlan
from orchestrator.model.units import format_quantity

Units = Mapping[str, str]
"""`job.setting` → the unit it is shown in."""


_POINTS_TOLD: Final = 8
"""More of a table nobody reads in one line."""


def detail(action: str, args: Mapping[str, Any], units: Units) -> str:
    """Say what an action does with its values; a value that is not known yet stands as text."""
    words = _WORDS.get(action)
    return words(args, units) if words is not None else ""


def of_step(step: StepPlan, args: Mapping[str, Any], units: Units) -> str:
    """The same for a step, which may have a name of its own."""
    words = detail(step.op, args, units)
    return ": ".join(filter(None, (step.name, words)))


def quantity(value: Any, unit: str = "") -> str:
    """Write a value with its unit."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, int | float):
        number = str(int(value)) if value == int(value) else f"{value:.6g}"
        return f"{number} {unit}".rstrip()
    return str(value)


def duration(value: Any) -> str:
    """Write seconds for people."""
    return format_quantity(float(value), "time") if isinstance(value, int | float) else str(value)


def _volume(value: Any) -> str:
    return format_quantity(float(value), "volume") if isinstance(value, int | float) else str(value)


def _settings(settings: Mapping[str, Any], units: Units, job: str = "") -> str:
    return ", ".join(
        f"{name} {quantity(value, units.get(f'{job}{name}', ''))}"
        for name, value in settings.items()
    )


def _start(args: Mapping[str, Any], units: Units) -> str:
    job = args["job"]
    parts = [f"{job} as {args['automation']}" if args.get("automation") else job]
    if args.get("settings"):
        parts.append(_settings(args["settings"], units, f"{job}."))
    return ", ".join(parts)


def _sample(args: Mapping[str, Any], _units: Units) -> str:
    label = f", {args['text']}" if args.get("text") else ""
    return f"{_volume(args['volume_ml'])}{label}"


def _ramp(args: Mapping[str, Any], units: Units) -> str:
    unit = units.get(args["setting"], "")
    start = "its value" if args["from"] is None else quantity(args["from"], unit)
    return (
        f"{args['setting']} from {start} to {quantity(args['to'], unit)}"
        f" over {duration(args['over_s'])}"
    )


def _shape(args: Mapping[str, Any], units: Units) -> str:
    """A table as people read it out, a wave by its numbers, a formula as it is written."""
    setting, unit, period_s = args["setting"], units.get(args["setting"], ""), args.get("period_s")
    if args["form"] == "formula":
        return f"{setting} by {args['formula']}"
    if args["form"] == "sine":
        height = quantity(args["amplitude"], unit.replace("°C", "K"))
        words = f"{setting} {quantity(args['mean'], unit)} ± {height} every {duration(period_s)}"
        return f"{words}, {duration(args['phase_s'])} ahead" if args["phase_s"] else words
    zone, points = args["timezone"], args["points"]
    moments = [
        f"{_time_of_day(time_s) if zone else duration(time_s)} {quantity(value, unit)}"
        for time_s, value in points[:_POINTS_TOLD]
    ]
    more = [f"… {len(points)} points"] if len(points) > _POINTS_TOLD else []
    how = {"linear": "straight lines", "smooth": "a smooth curve"}.get(args["interpolation"])
    again = f"every day, {zone}" if zone else period_s and f"again every {duration(period_s)}"
    words = ", ".join([*moments, *more])
    return ", ".join(filter(None, (f"{setting} {words}", how, again)))


def _time_of_day(time_s: float) -> str:
    minutes = round(time_s / 60.0)
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _repeat(args: Mapping[str, Any], _units: Units) -> str:
    if "values" in args:
        return f"for each of {', '.join(quantity(each) for each in args['values'])}"
    if "count" in args:
        return f"{quantity(args['count'])} times"
    condition = args.get("condition", "a condition")
    return f"{args['loop']} {condition}"


def _choice(args: Mapping[str, Any], _units: Units) -> str:
    """Which branch was taken; beforehand what it hangs on."""
    if "branch" in args:
        return str(args["branch"])
    return ", ".join(f"if {each}" for each in args.get("conditions", ()))


def _call(args: Mapping[str, Any], _units: Units) -> str:
    given = ", ".join(f"{name} {quantity(each)}" for name, each in args["variables"].items())
    return f"{args['sequence']} with {given}" if given else str(args["sequence"])


def _vessels(args: Mapping[str, Any], _units: Units) -> str:
    return "all vessels" if args.get("all_vessels") else ""


def _snapshot(args: Mapping[str, Any], _: Units) -> str:
    by = f"by {args['camera']}" if args.get("camera") else ""
    return ", ".join(filter(None, (str(args.get("text") or ""), by)))


_WORDS: Final[Mapping[str, Callable[[Mapping[str, Any], Units], str]]] = {
    "set": lambda args, units: _settings(args["settings"], units),
    "start": _start,
    "stop": lambda args, _: str(args["job"]),
    "dose": lambda args, _: f"{_volume(args['volume_ml'])} of {args['medium']}",
    "dilute": lambda args, _: f"{_volume(args['volume_ml'])} with {args['medium']}",
    "circulate": lambda args, _: f"{duration(args['duration_s'])} with {args['medium']}",
    "sample": _sample,
    "log": lambda args, _: str(args["text"]),
    "note": lambda args, _: str(args["text"]),
    "alert": lambda args, _: str(args["text"]),
    "ask": lambda args, _: str(args["text"]),
    "wait": lambda args, _: duration(args["duration_s"]),
    "wait_until": lambda args, _: str(args.get("condition", "")),
    "repeat": _repeat,
    "if": _choice,
    "choose": _choice,
    "call": _call,
    "snapshot": _snapshot,
    "pause": _vessels,
    "resume": _vessels,
    "go_to": lambda args, _: str(args["phase"]),
    "finish": lambda args, _: str(args.get("reason", "")),
    "fail": lambda args, _: str(args.get("reason", "")),
    "ramp": _ramp,
    "shape": _shape,
}
