"""Light: `led_intensity` sets channels, and a cycle of light and dark becomes schedule items.

A cycle is written out, so that it ends where they end it, and goes on in step where they change it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil
from typing import Final

from orchestrator.documents.draft import Cursor
from orchestrator.documents.importing.pioreactor.actions import Action
from orchestrator.documents.importing.pioreactor.conditions import condition
from orchestrator.documents.importing.pioreactor.jobs import Running, options_of, value_of
from orchestrator.documents.importing.pioreactor.moments import write_time
from orchestrator.documents.importing.pioreactor.report import choose, error
from orchestrator.documents.importing.pioreactor.translate import Scope, Spoken
from orchestrator.documents.importing.pioreactor.write import Line, as_item, indented, mapping
from orchestrator.documents.suggest import closest

LEDS: Final = "leds"
_CYCLE: Final = "light_dark_cycle"
_CHANNELS: Final = ("A", "B", "C", "D")
_CYCLED: Final = ("c", "d")
"""Theirs is a law of these two channels."""
_LENGTHS: Final = {
    "light_duration_minutes": ("light", 60.0),
    "light_duration_hours": ("light", 3600.0),
    "dark_duration_minutes": ("dark", 60.0),
    "dark_duration_hours": ("dark", 3600.0),
}
_SILENT: Final = ("duration", "skip_first_run")
"""Say how often it looks, which is not asked here."""
CHANGES: Final = ("start", "update", "resume", "stop", "pause")
"""Actions that a cycle is changed by."""
_EPSILON_S: Final = 1e-6


def intensity(action: Action, scope: Scope, running: Running) -> list[Line]:
    """Turn `led_intensity` into a `set`: it happens once, and the light stays."""
    given = {} if action.kind != "start" else dict(options_of(action.where))
    values: dict[str, str] = {}
    for name, cursor in given.items():
        channel = name.upper()
        if channel in _CHANNELS:
            spoken = _number(cursor, scope)
            if spoken is not None:
                values[channel.lower()] = _share(spoken)
        elif name not in ("source_of_event", "no_log"):
            message = f"led_intensity has the channels {', '.join(_CHANNELS)}, and no '{name}'"
            cursor.complain("import-name", message, closest(name, _CHANNELS), cursor.key_span)
    if action.kind in ("stop", "pause"):
        choose(action.where, "the channels that it set are turned off")
        values = dict.fromkeys(running.settings, "0 %")
    elif action.kind != "start":
        choose(action.where, "led_intensity sets channels when it starts, so this is left out")
    running.settings |= values
    return _set(values, action.where) if values else []


def within_steps(action: Action) -> list[Line]:
    """Refuse a cycle among steps, whose moment nobody knows."""
    message = "a cycle of light and dark begins, changes and ends at set times here"
    error(action.where, "import-lost", message)
    return []


def cycle_items(
    action: Action, others: Sequence[Action], running: Running, scope: Scope, only: str | None
) -> list[Line]:
    """Write a cycle from one change of it to the next, as items of the schedule."""
    asked = condition(action.where.get("if"), scope)
    if asked is False:
        choose(action.where.get("if") or action.where, "this never happens, and is left out")
        return []
    if asked is not True:
        return [] if asked is None else within_steps(action)
    dark = dict.fromkeys(_CYCLED, "0 %")
    if action.kind in ("stop", "pause"):
        if action.kind == "pause":
            choose(action.where, "a job is not paused by itself here: its light is turned off")
        return _item([_at(action.at_s)], _set(dark, action.where), only)
    known, was_lit = running.theirs, "intensity" in running.theirs
    if not _read(action, running, scope):
        return []
    if "intensity" not in known:  # silent, or never started
        return _item([_at(action.at_s)], _set(dark, action.where), only) if was_lit else []
    if not {"light", "dark"} <= known.keys():
        message = f"a {_CYCLE} says how long it is light, and how long it is dark"
        error(action.where, "import-shape", message)
        return []
    if action.kind == "start":
        choose(action.where, "a cycle of light and dark is one of the channels C and D, as there")
    lit = dict.fromkeys(_CYCLED, _share(known["intensity"]))
    until_s = _next_change(action, others)
    return [
        line
        for head, values in _pieces(action, known, until_s, lit, dark)
        for line in _item(head, _set(values, action.where), only)
    ]


def _read(action: Action, running: Running, scope: Scope) -> bool:
    """Take what is given into account; False where it cannot be kept."""
    given = dict(options_of(action.where))
    law = given.pop("automation_name", None)
    if law is not None:
        running.theirs.clear()
        if law.data == "silent":
            return True
        if law.data != _CYCLE:
            known = (_CYCLE, "silent")
            message = f"led_automation has no automation '{law.data}' here; it has {_CYCLE}, silent"
            error(law, "import-name", message, closest(str(law.data), known))
            return False
    if action.kind == "start":
        running.theirs["since"] = Spoken(f"{action.at_s:.15g}")
    for name, cursor in given.items():
        spoken = _number(cursor, scope)
        if name == "light_intensity" and spoken is not None:
            running.theirs["intensity"] = spoken
        elif name in _LENGTHS and spoken is not None:
            key, factor = _LENGTHS[name]
            running.theirs[key] = _seconds(spoken, factor)
        elif spoken is not None and name not in _SILENT:
            message = f"'{name}' of {scope.job} has no counterpart here"
            meant = closest(name, ("light_intensity", *_LENGTHS))
            cursor.complain("import-name", message, meant, cursor.key_span)
    return True


def _pieces(
    action: Action,
    known: dict[str, Spoken],
    until_s: float | None,
    lit: dict[str, str],
    dark: dict[str, str],
) -> Iterator[tuple[list[Line], dict[str, str]]]:
    """Yield when the light is turned on and off."""
    try:
        light_s, dark_s = float(known["light"].text), float(known["dark"].text)
    except ValueError:
        yield from _by_input(action, known, until_s, lit, dark)
        return
    if light_s <= 0.0 or dark_s <= 0.0:
        yield [_at(action.at_s)], dark if light_s <= 0.0 else lit
        return
    cycle_s, since_s = light_s + dark_s, float(known["since"].text)
    past_s = (action.at_s - since_s) % cycle_s
    if past_s > _EPSILON_S:
        yield [_at(action.at_s)], lit if past_s < light_s - _EPSILON_S else dark
    for offset_s, values in ((0.0, lit), (light_s, dark)):
        rounds = ceil((action.at_s - since_s - offset_s) / cycle_s - _EPSILON_S)
        first_s = since_s + offset_s + max(0, rounds) * cycle_s
        if until_s is None or first_s < until_s:
            every, from_ = write_time(cycle_s), write_time(first_s)
            yield _every(every, from_, until_s), values


def _by_input(
    action: Action,
    known: dict[str, Spoken],
    until_s: float | None,
    lit: dict[str, str],
    dark: dict[str, str],
) -> Iterator[tuple[list[Line], dict[str, str]]]:
    """The same where lengths are chosen; then nobody knows how far it is when it is changed."""
    light, night = known["light"], known["dark"]
    if light.is_live or night.is_live or float(known["since"].text) != action.at_s:
        message = "lengths of light and dark that are no numbers are fixed from the start here"
        error(action.where, "import-lost", message)
        return
    every = f'"{{{{ {light.within(5)} + {night.within(6)} }}}}"'
    yield _every(every, write_time(action.at_s), until_s), lit
    turned_off = f'"{{{{ {action.at_s:.15g} + {light.within(6)} }}}}"'
    yield _every(every, turned_off, until_s), dark


def _every(every: str, from_: str, until_s: float | None) -> list[Line]:
    head = [Line(0, f"every: {every}"), Line(0, f"from: {from_}")]
    return head if until_s is None else [*head, Line(0, f"until: {write_time(until_s)}")]


def _next_change(action: Action, others: Sequence[Action]) -> float | None:
    """Find when a cycle is changed or ended next."""
    later = (each.at_s for each in others if each.kind in CHANGES and each.order > action.order)
    return min(later, default=None)


def _at(at_s: float) -> Line:
    return Line(0, f"at: {write_time(at_s)}")


def _item(head: list[Line], steps: list[Line], only: str | None) -> list[Line]:
    source = steps[0].source
    lines = [Line(0, line.text, source) for line in head]
    if only is not None:
        lines.append(Line(0, f"vessels: [{only}]", source))
    return as_item([*lines, Line(0, "do:", source), *indented(steps)])


def _set(values: dict[str, str], cursor: Cursor) -> list[Line]:
    settings = {f"{LEDS}.{channel}": value for channel, value in values.items()}
    return [Line(0, f"- set: {mapping(settings)}", cursor.span)]


def _number(cursor: Cursor, scope: Scope) -> Spoken | None:
    spoken = value_of(cursor, scope)
    try:
        if spoken is not None and spoken.is_text:
            float(spoken.text)
    except ValueError:
        error(cursor, "import-shape", "light is a number of percent, and its length a number")
        return None
    return spoken


def _share(spoken: Spoken) -> str:
    """Their percent: with its sign, or as a share where it is worked out."""
    try:
        return f"{float(spoken.text):.15g} %"
    except ValueError:
        return f'"{{{{ {spoken.within(6)} / 100 }}}}"'


def _seconds(spoken: Spoken, factor: float) -> Spoken:
    try:
        return Spoken(f"{float(spoken.text) * factor:.15g}")
    except ValueError:
        return Spoken(f"{factor:g} * {spoken.within(7)}", 6, spoken.is_live)
