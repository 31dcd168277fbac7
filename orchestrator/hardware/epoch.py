"""The epoch of a demo's clock, in a file that its processes share.

The supervisor owns the file. It writes down how far the clock has come, so that a demo that was
stopped, or killed, goes on from there: the clock never goes back, and stands still in between.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec

SAVE_S = 0.25
"""How often the clock is written down, in seconds of the room."""


class ClockStands(RuntimeError):
    """Nobody keeps the demo's clock running."""


class Epoch(msgspec.Struct, frozen=True, kw_only=True):
    """What makes clock time of the room's monotonic time."""

    id: str
    """Made with the file; the clock's `boot`."""
    speed: float
    room_boot: str
    room_s: float
    """Moment of the room at which the clock was started last."""
    clock_s: float
    """What it showed then."""
    wall_s: float
    """Wall time at which the clock shows 0."""
    saved_s: float = 0.0
    """What it showed when it was written down last."""
    stopped: bool = False
    """It was stopped in order: `saved_s` is exact."""

    def clock_s_at(self, room_s: float) -> float:
        """Return what the clock shows."""
        return self.clock_s + (room_s - self.room_s) * self.speed


def read_epoch(path: Path) -> Epoch | None:
    """Read the file; None if there is none.

    Raises:
        msgspec.MsgspecError: it is none of ours.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=Epoch)
    except FileNotFoundError:
        return None


@contextlib.contextmanager
def running_epoch(path: Path, speed: float, room_boot: str) -> Iterator[Epoch]:
    """Start the clock, or let it go on; keep it written down until the end of the block."""
    epoch = _go_on(read_epoch(path), speed, room_boot)
    _write(path, epoch)
    over = threading.Event()
    saver = threading.Thread(target=_save_on, args=(path, epoch, over), name="save the clock")
    saver.start()
    try:
        yield epoch
    finally:
        over.set()
        saver.join()
        _write(path, _saved(epoch, stopped=True))


def _go_on(before: Epoch | None, speed: float, room_boot: str) -> Epoch:
    room_s = time.monotonic()
    if before is None:
        return Epoch(
            id=os.urandom(8).hex(),
            speed=speed,
            room_boot=room_boot,
            room_s=room_s,
            clock_s=0.0,
            wall_s=time.time(),
        )
    # A killed demo may have come further than was written down; its clock must not go back.
    margin_s = 0.0 if before.stopped else 2.0 * SAVE_S * before.speed
    return Epoch(
        id=before.id,
        speed=speed,
        room_boot=room_boot,
        room_s=room_s,
        clock_s=before.saved_s + margin_s,
        wall_s=before.wall_s,
        saved_s=before.saved_s + margin_s,
    )


def _save_on(path: Path, epoch: Epoch, over: threading.Event) -> None:
    while not over.wait(SAVE_S):
        _write(path, _saved(epoch))


def _saved(epoch: Epoch, *, stopped: bool = False) -> Epoch:
    saved_s = epoch.clock_s_at(time.monotonic())
    return msgspec.structs.replace(epoch, saved_s=saved_s, stopped=stopped)


def _write(path: Path, epoch: Epoch) -> None:
    """Replace the file as a whole; no fsync, since after a power cut the margin is all there is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.{os.getpid()}.new")
    beside.write_bytes(msgspec.json.encode(epoch))
    beside.replace(path)
