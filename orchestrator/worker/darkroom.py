"""From what a camera answers to a picture that is kept: taken, written whole, and told of."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Final

from orchestrator.jobs.job import Photograph, Photographed
from orchestrator.ports.album import Album, Kept
from orchestrator.ports.reactor import Reactor

_UNFIT: Final = re.compile(r"[^A-Za-z0-9_.-]+")
Taken = Callable[[str, Photograph, Photographed], None]


class Darkroom:
    """The pictures of one vessel's run."""

    def __init__(
        self,
        *,
        reactor: Reactor,
        album: Album,
        run: str,
        allowed: Callable[[str, float], float],
        now: Callable[[], float],
        taken: Taken,
        faulty: Callable[[str, str], None],
    ) -> None:
        """`allowed` says how bright a light may be; `faulty` hears of cameras."""
        self._reactor, self._album, self._allowed = reactor, album, allowed
        self._run, self._now, self._taken, self._faulty = run, now, taken, faulty

    def photograph(self, job: str, asked: Photograph) -> None:
        """Take a picture for a job, which is told of it once it is kept."""
        if asked.camera not in self._reactor.spec.cameras:
            known = ", ".join(self._reactor.spec.cameras) or "none"
            there = f"there is no camera {asked.camera!r} on this reactor; it has {known}"
            return self._answer(job, asked, None, there)
        if why_not := self._unlit(asked):
            return self._answer(job, asked, None, why_not)
        brightness = self._allowed(asked.shot.light, asked.shot.brightness)
        shot = replace(asked.shot, brightness=brightness)
        return self._reactor.photograph(asked.camera, shot, partial(self._keep, job, asked))

    def _unlit(self, asked: Photograph) -> str:
        light = asked.shot.light
        if light and light not in self._reactor.spec.outputs:
            return f"there is no {light} here to light the picture with"
        return ""

    def _keep(self, job: str, asked: Photograph, picture: bytes | None, fault: str) -> None:
        self._faulty(asked.camera, "" if picture is not None else fault or "no picture")
        if picture is None:
            return self._answer(job, asked, None, fault or "no picture")
        name = picture_name(self._run, asked.camera, self._now())
        return self._album.keep(name, picture, partial(self._answer, job, asked))

    def _answer(self, job: str, asked: Photograph, kept: Kept | None, fault: str) -> None:
        answer = Photographed(camera=asked.camera, key=asked.key, at_s=self._now(), fault=fault)
        if kept is not None:
            size_bytes = kept.size_bytes
            answer = replace(answer, file=kept.file, sha256=kept.sha256, size_bytes=size_bytes)
        self._taken(job, asked, answer)


def picture_name(run: str, camera: str, at_s: float) -> str:
    """Where it is kept: in a folder for the run, in the order in which pictures were taken."""
    folder = "/".join(_UNFIT.sub("_", part) for part in run.split(":"))
    return f"pictures/{folder}/{at_s:011.2f}-{camera}"
