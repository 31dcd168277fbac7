"""Reads a Pioreactor profile's actions, in every dialect that was published."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from orchestrator.documents.draft import Cursor
from orchestrator.documents.importing.pioreactor.moments import read_time
from orchestrator.documents.importing.pioreactor.report import choose, error, only_keys
from orchestrator.documents.suggest import closest

Kind: TypeAlias = Literal["log", "start", "stop", "pause", "resume", "update", "when", "repeat"]

_ORDER: Final[tuple[Kind, ...]] = (
    *("start", "stop", "pause", "resume", "update", "when", "repeat", "log"),
)
"""What is due at one moment happens in this order there."""
_COMMON: Final = ("type", "hours_elapsed", "t", "if")
_KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "log": (*_COMMON, "options"),
    "start": (*_COMMON, "options", "args", "config_overrides"),
    "stop": _COMMON,
    "pause": _COMMON,
    "resume": _COMMON,
    "update": (*_COMMON, "options"),
    "when": (*_COMMON, "condition", "wait_until", "actions"),
    "repeat": (
        *(*_COMMON, "repeat_every_hours", "every", "while", "max_hours", "max_time", "actions"),
    ),
}
_CONTAINERS: Final = ("when", "repeat")


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One action, its times read, its expressions still as they are written."""

    kind: Kind
    at_s: float
    where: Cursor
    every_s: float = 0.0
    """Of a repeat."""
    max_s: float | None = None
    until: Cursor | None = None
    """Of a when: what it waits for."""
    actions: tuple[Action, ...] = ()

    @property
    def order(self) -> tuple[float, int]:
        """What comes first there comes first here."""
        return self.at_s, _ORDER.index(self.kind)


def read_actions(cursor: Cursor | None, *, within_repeat: bool = False) -> tuple[Action, ...]:
    """Read a list of actions; what is wrong with one is reported, and it is left out."""
    if cursor is None or not isinstance(cursor.data, list):
        if cursor is not None and cursor.data is not None:
            error(cursor, "import-shape", "actions are a list")
        return ()
    found = [_action(each, within_repeat) for each in cursor.elements()]
    return tuple(sorted((each for each in found if each), key=lambda each: each.order))


def _action(cursor: Cursor, within_repeat: bool) -> Action | None:
    written = (cursor.text("type") or "").lower()
    kind = next((each for each in _ORDER if each == written), None)
    if kind is None:
        what = cursor.get("type") or cursor
        message = f"an action's type is one of {', '.join(_ORDER)}"
        error(what, "import-shape", message, closest(written, _ORDER) if written else None)
        return None
    only_keys(cursor, _KEYS[kind], f"an action of type {kind}")
    if within_repeat and kind in _CONTAINERS:
        message = f"Pioreactor has no {kind} within a repeat"
        error(cursor.get("type") or cursor, "import-shape", message)
        return None
    at_s = _moment(cursor)
    every_s = _every(cursor) if kind == "repeat" else 0.0
    until = _until(cursor) if kind == "when" else None
    if at_s is None or every_s is None or (kind == "when" and until is None):
        return None
    return Action(
        kind=kind,
        at_s=at_s,
        where=cursor,
        every_s=every_s,
        max_s=_time(cursor, "max_hours") or _time(cursor, "max_time"),
        until=until,
        actions=read_actions(cursor.get("actions"), within_repeat=kind == "repeat"),
    )


def _moment(cursor: Cursor) -> float | None:
    given = [name for name in ("t", "hours_elapsed") if cursor.get(name) is not None]
    if len(given) != 1:
        message = "an action has one time: t: 90s, or hours_elapsed: 0.025"
        error(cursor.get(given[1]) or cursor if given else cursor, "import-shape", message)
        return None
    return _time(cursor, given[0])


def _every(cursor: Cursor) -> float | None:
    name = "repeat_every_hours" if cursor.get("repeat_every_hours") is not None else "every"
    if name == "repeat_every_hours" and cursor.get("every") is not None:
        choose(cursor.get("every") or cursor, "repeat_every_hours counts, not every")
    if cursor.get(name) is None:
        error(cursor, "import-shape", "a repeat says how often: every: 30m")
        return None
    every_s = _time(cursor, name)
    if every_s is not None and every_s < 1.0:
        error(cursor.get(name) or cursor, "import-lost", "nothing repeats more than once a second")
        return None
    return every_s


def _until(cursor: Cursor) -> Cursor | None:
    until, condition = cursor.get("wait_until"), cursor.get("condition")
    if until is not None and condition is not None:
        choose(condition, "wait_until counts, not condition")
    if until is None and condition is None:
        error(cursor, "import-shape", "a when says what it waits for: wait_until: ${{ … }}")
    return until or condition


def _time(cursor: Cursor, name: str) -> float | None:
    place = cursor.get(name)
    if place is None or place.data is None:
        return None
    seconds = read_time(place.data)
    if seconds is None:
        message = "this is no time; Pioreactor takes 90s, 15m, 1.5h, 2d or a number of hours"
        error(place, "import-shape", message)
    return seconds


def walk(actions: tuple[Action, ...]) -> Iterator[Action]:
    """Yield actions and those within them."""
    for action in actions:
        yield action
        yield from walk(action.actions)
