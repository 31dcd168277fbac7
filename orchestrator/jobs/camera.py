"""Takes pictures of a culture, one at a time: of its own accord in an interval, and when asked."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from typing import Any, ClassVar, Final, NamedTuple

from orchestrator.jobs.grid import next_on_grid
from orchestrator.jobs.job import (
    Alert,
    Command,
    Finish,
    Photograph,
    Photographed,
    Requested,
    Signal,
    Step,
    View,
    Withdrawn,
)
from orchestrator.model.outcome import Ending, Outcome
from orchestrator.model.picture import CAMERA, Shot

INTERVAL_S: Final = 600.0
WAITING_MAX: Final = 10
NOTHING: Final[Mapping[str, float]] = {}
DONE: Final = Ending(outcome=Outcome.DONE)


class Wanted(NamedTuple):
    """A picture that somebody asked for."""

    key: str
    camera: str
    label: str


class CameraState(NamedTuple):
    """What the job remembers."""

    look_s: float
    """The next picture of the time-lapse."""
    taking: str | None = None
    """Key of the picture that is being taken; empty for one of the time-lapse."""
    waiting: tuple[Wanted, ...] = ()
    pictures: int = 0
    failures: int = 0
    """In a row; somebody was told of the first one."""


class Camera:
    """Settings as declared; pictures are known by the worker's files, here they are only counted.

    What is asked for comes before the time-lapse, of which at most one picture is owed. In a pause
    pictures go on, as readings do. A camera that fails is tried again at the next picture.
    """

    name: ClassVar[str] = CAMERA
    watches: ClassVar[tuple[str, ...]] = ()
    signals: ClassVar[Mapping[str, Signal]] = {
        "camera.pictures": Signal(),
        "camera.failures": Signal(),
    }

    def begin(self, _memory: Mapping[str, Any], now_s: float) -> CameraState:
        return CameraState(now_s)

    def step(self, state: CameraState, view: View, now_s: float) -> Step[CameraState]:
        commands: tuple[Command, ...] = ()
        published: Mapping[str, float] = NOTHING
        for event in view.events:
            more: tuple[Command, ...] = ()
            if isinstance(event, Photographed):
                state, more = _taken(state, event)
                published = {
                    "camera.pictures": float(state.pictures),
                    "camera.failures": float(state.failures),
                }
            elif isinstance(event, Requested):
                state, more = _ask(state, event, view)
            elif isinstance(event, Withdrawn):
                state, more = _withdraw(state, event.key)
            commands += more
        soon_s = next_on_grid(now_s, float(view.settings.get("interval", INTERVAL_S)))
        if soon_s < state.look_s:  # the interval has become shorter
            state = state._replace(look_s=soon_s)
        if state.taking is None:
            state, more = _take_next(state, view, now_s)
            commands += more
        look_s = state.look_s if view.settings.get("time_lapse", True) else inf
        waits = state.taking is not None and look_s <= now_s
        return Step(state, commands, published, inf if waits else look_s)

    def end(self, state: CameraState) -> tuple[Command, ...]:
        return tuple(_skipped(each.key, "camera was stopped") for each in state.waiting)


def _take_next(
    state: CameraState, view: View, now_s: float
) -> tuple[CameraState, tuple[Command, ...]]:
    """Begin what was asked for first, or what the time-lapse owes."""
    settings = view.settings
    if state.waiting:
        key, camera, label = state.waiting[0]
        state = state._replace(taking=key, waiting=state.waiting[1:])
        return state, (Photograph(camera=camera, shot=_shot(view), label=label, key=key),)
    if not settings.get("time_lapse", True) or now_s < state.look_s:
        return state, ()
    look_s = next_on_grid(now_s, float(settings.get("interval", INTERVAL_S)))
    state = state._replace(taking="", look_s=look_s)
    return state, (Photograph(camera=_camera(view), shot=_shot(view)),)


def _taken(state: CameraState, event: Photographed) -> tuple[CameraState, tuple[Command, ...]]:
    told: tuple[Command, ...] = ()
    if event.fault:
        if not state.failures:
            told = (Alert(text=f"no picture was taken: {event.fault}"),)
        if event.key:
            told += (_finish(event.key, Outcome.FAILED, event.fault),)
        return state._replace(taking=None, failures=state.failures + 1), told
    if event.key:
        names = {"camera": event.camera, "file": event.file, "sha256": event.sha256}
        result = {**names, "size_bytes": event.size_bytes}
        told = (Finish(key=event.key, ending=DONE, result=result),)
    return state._replace(taking=None, pictures=state.pictures + 1, failures=0), told


def _ask(
    state: CameraState, asked: Requested, view: View
) -> tuple[CameraState, tuple[Command, ...]]:
    if asked.action != "snapshot":
        return state, (_finish(asked.key, Outcome.REFUSED, f"camera cannot {asked.action}"),)
    if len(state.waiting) >= WAITING_MAX:
        reason = f"{WAITING_MAX} pictures wait already"
        return state, (_finish(asked.key, Outcome.REFUSED, reason),)
    camera = str(asked.args.get("camera") or _camera(view))
    label = str(asked.args.get("text") or "")
    return state._replace(waiting=(*state.waiting, Wanted(asked.key, camera, label))), ()


def _withdraw(state: CameraState, key: str) -> tuple[CameraState, tuple[Command, ...]]:
    """What is being taken is over in a moment, and ends as it ends."""
    waiting = tuple(each for each in state.waiting if each.key != key)
    if len(waiting) == len(state.waiting):
        return state, ()
    return state._replace(waiting=waiting), (_skipped(key, "cancelled"),)


def _camera(view: View) -> str:
    return str(view.settings.get("camera") or CAMERA)


def _shot(view: View) -> Shot:
    settings = view.settings
    return Shot(
        light=str(settings.get("light") or ""),
        brightness=float(settings.get("brightness", 1.0)),
        settle_s=float(settings.get("settle", 1.0)),
        quality=round(float(settings.get("quality", 85.0))),
    )


def _skipped(key: str, reason: str) -> Finish:
    return _finish(key, Outcome.SKIPPED, reason)


def _finish(key: str, outcome: Outcome, reason: str) -> Finish:
    return Finish(key=key, ending=Ending(outcome=outcome, reason=reason))
