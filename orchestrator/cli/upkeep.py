"""The steps of maintenance, and what a laboratory decided about them."""

from __future__ import annotations

import asyncio
import shutil
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from orchestrator.cli.keeping import Keeping, keeping_of
from orchestrator.ports.clock import Clock
from orchestrator.ports.maintenance import Step, StepFailed, Tell

Work = Callable[[Tell], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Upkeep:
    """When and how the store is kept safe."""

    cron: str = ""
    """Empty: only when somebody asks."""
    folder: Path | None = None
    """Of the backups; in the data folder if None."""
    keep: int = 14
    """So many of them."""
    sync: str = ""
    """Where else they lie: a folder or a place that rsync finds."""


def steps_of(upkeep: Upkeep, data: Path, url: str | None, clock: Clock) -> list[Step]:
    """In the order in which they are done: what is damaged pushes out no backup."""
    from orchestrator.store.backups import copy_away, name_for, prune

    keeping, folder = keeping_of(data, url), upkeep.folder or data / "backups"

    def back_up(tell: Tell) -> str:
        folder.mkdir(parents=True, exist_ok=True)
        _leave_room(folder, data, keeping)
        to = folder / name_for(clock.now().wall_s, keeping.ending)
        return f"{to.name}: {keeping.back_up(to, tell)}"

    steps = [
        _step("integrity", "Read all that the store holds, and count it.", keeping.check),
        _step("backup", f"Copy the store to {folder}, and check the copy.", back_up),
        _step(
            "retention",
            f"Remove backups beyond the newest {upkeep.keep}; data of experiments stay.",
            partial(prune, folder, upkeep.keep),
        ),
    ]
    if upkeep.sync:
        away = partial(copy_away, folder, upkeep.sync)
        steps.append(_step("sync", f"Bring the backups to {upkeep.sync}.", away))
    return steps


def _leave_room(folder: Path, data: Path, keeping: Keeping) -> None:
    """A copy beside the data takes no room that these need."""
    from orchestrator.leader.room_left import MIB, REFUSE_MIB

    if folder.stat().st_dev != data.stat().st_dev:
        return
    store = Path(keeping.where)
    size_mib = store.stat().st_size // MIB if store.is_file() else 0
    left_mib = shutil.disk_usage(folder).free // MIB - size_mib
    if left_mib < REFUSE_MIB:
        raise StepFailed(
            f"a backup in {folder} would leave {left_mib} MiB beside the data, and {REFUSE_MIB} "
            "MiB are kept free for what is measured: let backups lie on another disk, or fewer"
        )


def _step(name: str, does: str, work: Work) -> Step:
    return Step(name=name, does=does, perform=_in_a_thread(work))


def _in_a_thread(work: Work) -> Callable[[Tell], Awaitable[str]]:
    async def perform(tell: Tell) -> str:
        loop, over = asyncio.get_running_loop(), threading.Event()

        def heed(share: float) -> None:
            if over.is_set():
                raise StepFailed("the leader ends")
            loop.call_soon_threadsafe(tell, share)

        try:
            return await asyncio.to_thread(work, heed)
        finally:
            over.set()

    return perform
