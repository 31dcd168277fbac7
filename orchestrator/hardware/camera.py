"""Cameras, by the tools that are made for them: one child process a picture, killed if it hangs.

The worker itself holds no camera open. What a tool does wrong, it does in a process of its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
from asyncio.subprocess import Process
from collections.abc import Callable
from typing import Final

from orchestrator.hardware.spec import Camera
from orchestrator.model.picture import BYTES_MAX, Shot, kind_of

Deliver = Callable[[bytes | None, str], None]
Look = Callable[[Shot, Deliver], None]
RPICAM: Final = ("rpicam-still", "libcamera-still")
"""The tool under its name of today, and of the years before."""
FFMPEG: Final = "ffmpeg"
EXPOSURE_MS: Final = 1000
"""For which a Pi's camera finds exposure and white balance."""
FRAMES_SKIPPED: Final = 10
"""Webcams begin dark."""
WORDS_MAX: Final = 200
END_S: Final = 1.0
GRACE_S: Final = 2.0
"""After its limit a tool ends by itself, should this process be gone by then."""


class NoPicture(RuntimeError):
    """There is none; the message says why."""


class CameraTool:
    """One camera; it takes one picture at a time."""

    def __init__(self, name: str, camera: Camera) -> None:
        self._name, self._camera = name, camera
        self._task: asyncio.Task[None] | None = None

    def photograph(self, shot: Shot, deliver: Deliver) -> None:
        """Take a picture; answered once, within the camera's limit."""
        if self._task is not None:
            return deliver(None, f"the {self._name} is still at its last picture")
        self._task = asyncio.create_task(self._take(shot, deliver), name=f"look by {self._name}")
        return None

    async def close(self) -> None:
        """End what is under way."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait((self._task,))

    async def _take(self, shot: Shot, deliver: Deliver) -> None:
        picture, fault = None, ""
        try:
            picture = await run_tool(words_for(self._camera, shot), self._camera.limit_s)
        except NoPicture as none:
            fault = f"the {self._name} took no picture: {none}"
        except OSError as error:
            fault = f"the {self._name} cannot be used: {error}"
        finally:
            self._task = None
        deliver(picture, fault)


def words_for(camera: Camera, shot: Shot) -> list[str]:
    """The command of a picture, which is written to standard output.

    Raises:
        NoPicture: its program is not installed.
    """
    return _rpicam(camera, shot) if camera.driver == "rpicam" else _v4l2(camera, shot)


def _rpicam(camera: Camera, shot: Shot) -> list[str]:
    width, height = camera.pixels
    return [
        _program(*RPICAM),
        *("--nopreview", "--timeout", str(EXPOSURE_MS), "--camera", str(camera.number)),
        *("--width", str(width), "--height", str(height), "--rotation", str(camera.rotation)),
        *("--encoding", "jpg", "--quality", str(shot.quality), "--output", "-"),
    ]


def _v4l2(camera: Camera, shot: Shot) -> list[str]:
    steps = [f"select=gte(n\\,{FRAMES_SKIPPED})", *(("hflip", "vflip") if camera.rotation else ())]
    return [
        _program(FFMPEG),
        *("-nostdin", "-hide_banner", "-loglevel", "error"),
        *("-f", "video4linux2", "-video_size", camera.size, "-i", camera.path),
        *("-vf", ",".join(steps), "-frames:v", "1", "-q:v", str(_ffmpeg_quality(shot.quality))),
        *("-f", "image2pipe", "-c:v", "mjpeg", "-"),
    ]


def _ffmpeg_quality(quality: int) -> int:
    """Its scale goes from 31, the worst, to 2."""
    return round(31 - 29 * (quality - 1) / 99)


def _program(*names: str) -> str:
    for name in names:
        if (found := shutil.which(name)) is not None:
            return found
    raise NoPicture(f"{' or '.join(names)} is not installed here")


async def run_tool(words: list[str], limit_s: float) -> bytes:
    """What a tool writes, if that is a picture. It and its children are gone on return; and should
    this process be killed meanwhile, `timeout` ends them.

    Raises:
        NoPicture: it failed, took too long, or wrote something else.
        OSError: it could not be started.
    """
    outlived = ["timeout", "--signal=KILL", f"{limit_s + GRACE_S:g}"]
    process = await asyncio.create_subprocess_exec(
        *outlived,
        *words,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    complaints = asyncio.create_task(_last_words(process.stderr), name="hear a camera's tool")
    try:
        async with asyncio.timeout(limit_s):
            picture = await _read(process.stdout, BYTES_MAX)
            said = await complaints
            status = await process.wait()
    except TimeoutError:
        raise NoPicture(f"it did not answer within {limit_s:g} s") from None
    finally:
        complaints.cancel()
        await asyncio.wait((complaints,))
        await _end(process, process.stdout, process.stderr)
    if status != 0:
        raise NoPicture(said or f"it ended with status {status}")
    if kind_of(picture) is None:
        wrote = f"wrote {len(picture)} bytes that are no picture" if picture else "wrote nothing"
        raise NoPicture(f"it {wrote}{f' and said: {said}' if said else ''}")
    return picture


async def _end(process: Process, *streams: asyncio.StreamReader) -> None:
    """Kill it and all that it started. What hangs in its driver cannot be killed, and is not waited
    for."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(END_S):
            for stream in streams:
                while await stream.read(65_536):
                    pass  # a process is over for asyncio once its pipes are
            await process.wait()


async def _read(stream: asyncio.StreamReader, most: int) -> bytes:
    pieces, size = [], 0
    while piece := await stream.read(65_536):
        size += len(piece)
        if size > most:
            raise NoPicture(f"it wrote more than {most // 1_048_576} MiB")
        pieces.append(piece)
    return b"".join(pieces)


async def _last_words(stream: asyncio.StreamReader) -> str:
    """The end of what it complains about, in one line."""
    tail = b""
    while piece := await stream.read(4096):
        tail = (tail + piece)[-4 * WORDS_MAX :]
    return " ".join(tail.decode(errors="replace").split())[-WORDS_MAX:]
