"""What maintenance does with a real store: checked, copied, pruned, brought away."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import socket
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from orchestrator.cli.upkeep import Upkeep, steps_of
from orchestrator.ports.clock import Instant
from orchestrator.ports.maintenance import Step, StepFailed
from orchestrator.store import sqlite
from orchestrator.store.sqlite.keep import check
from tests.support.stores import WALL, batch, reading


@dataclass
class Later:
    """A minute passes between two looks."""

    wall_s: float = WALL

    def now(self) -> Instant:
        self.wall_s += 60.0
        return Instant(self.wall_s, self.wall_s, True)


async def _perform(steps: Sequence[Step]) -> dict[str, str]:
    shares: dict[str, list[float]] = {step.name: [] for step in steps}
    said = {step.name: await step.perform(shares[step.name].append) for step in steps}
    await asyncio.sleep(0)
    assert shares["integrity"] == sorted(shares["integrity"]) and shares["backup"]
    return said


async def test_backups_are_made_kept_in_number_and_brought_away(tmp_path: Path) -> None:
    data, away = tmp_path / "lab", tmp_path / "nas"
    away.mkdir()
    store = await sqlite.open_store(data / "store.sqlite")
    await store.commit([batch(1, [reading(n * 2.0, 1.0) for n in range(500)])], at_wall_s=WALL)
    steps = steps_of(Upkeep(keep=2, sync=str(away)), data, None, Later())  # type: ignore[arg-type]
    assert [step.name for step in steps] == ["integrity", "backup", "retention", "sync"]
    for _ in range(3):
        said = await _perform(steps)
    await store.close()
    assert said["integrity"] == "0 experiments, 500 readings"
    assert said["retention"] == "2 backups are kept, 1 were removed"
    kept = sorted(path.name for path in (data / "backups").iterdir())
    assert len(kept) == 2
    # The other place keeps what it has: whoever wipes this folder wipes nothing there.
    assert {*kept} < {path.name for path in away.iterdir()}
    for path in away.iterdir():
        assert check(path, lambda _: None) == "0 experiments, 500 readings"


async def test_a_place_that_is_not_there_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "lab"
    await (await sqlite.open_store(data / "store.sqlite")).close()
    monkeypatch.setenv("PATH", "")
    for target, words in (
        (str(tmp_path / "unmounted"), "is the disk mounted"),
        ("nas:axenic", "rsync is missing: sudo apt-get install rsync"),
    ):
        *_, sync = steps_of(Upkeep(sync=target), data, None, Later())  # type: ignore[arg-type]
        with pytest.raises(StepFailed, match=words):
            await sync.perform(lambda _: None)


async def test_rsync_gets_all_backups_and_its_complaint_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, programs = tmp_path / "lab", tmp_path / "bin"
    programs.mkdir()
    played = programs / "rsync"
    played.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/asked\n')
    played.chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    await (await sqlite.open_store(data / "store.sqlite")).close()
    _, backup, _, sync = steps_of(Upkeep(sync="nas:axenic"), data, None, Later())  # type: ignore[arg-type]
    await backup.perform(lambda _: None)
    assert await sync.perform(lambda _: None) == "1 backups are at nas:axenic"
    (made,) = (data / "backups").iterdir()
    assert (tmp_path / "asked").read_text().split()[-2:] == [str(made), "nas:axenic"]
    played.write_text("#!/bin/sh\necho 'no route to nas' >&2; exit 12\n")
    with pytest.raises(StepFailed, match="no route to nas"):
        await sync.perform(lambda _: None)


@contextlib.asynccontextmanager
async def rsync_daemon(folder: Path) -> AsyncIterator[str]:
    """The real one, on the loopback, with a module that takes files."""
    (away := folder / "nas").mkdir()
    settings = folder / "rsyncd.conf"
    me = f"uid = {os.getuid()}\ngid = {os.getgid()}\n" if os.getuid() == 0 else ""
    settings.write_text(
        f"{me}use chroot = no\n[axenic]\npath = {away}\nread only = no\nmunge symlinks = no\n"
    )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    daemon = await asyncio.create_subprocess_exec(
        *("rsync", "--daemon", "--no-detach", "--address=127.0.0.1", f"--port={port}"),
        *(f"--config={settings}", f"--log-file={folder / 'log'}"),
    )
    try:
        async with asyncio.timeout(10):
            while True:
                with contextlib.suppress(OSError):
                    _, writer = await asyncio.open_connection("127.0.0.1", port)
                    writer.close()
                    break
                await asyncio.sleep(0.02)
        yield f"rsync://127.0.0.1:{port}/axenic"
    finally:
        daemon.terminate()
        await daemon.wait()


@pytest.mark.rsync
async def test_backups_lie_whole_at_a_real_rsync_server(tmp_path: Path) -> None:
    data = tmp_path / "lab"
    store = await sqlite.open_store(data / "store.sqlite")
    await store.commit([batch(1, [reading(n * 2.0, 1.0) for n in range(500)])], at_wall_s=WALL)
    async with rsync_daemon(tmp_path) as target:
        steps = steps_of(Upkeep(keep=1, sync=target), data, None, Later())  # type: ignore[arg-type]
        await _perform(steps)
        said = await _perform(steps)
        assert said["sync"] == f"1 backups are at {target}"
        there = sorted((tmp_path / "nas").iterdir())
        assert len(there) == 2, "what was removed here stays there"
        for path in there:
            assert check(path, lambda _: None) == "0 experiments, 500 readings"
        nowhere = steps_of(Upkeep(sync=f"{target}-of-others"), data, None, Later())[-1]  # type: ignore[arg-type]
        with pytest.raises(StepFailed, match="Unknown module 'axenic-of-others'"):
            await nowhere.perform(lambda _: None)
    await store.close()


async def test_a_backup_leaves_the_room_that_the_data_need(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "lab"
    await (await sqlite.open_store(data / "store.sqlite")).close()
    backup = steps_of(Upkeep(), data, None, Later())[1]  # type: ignore[arg-type]
    full = shutil.disk_usage(tmp_path)._replace(free=199 * 2**20)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: full)
    with pytest.raises(StepFailed, match="would leave 199 MiB beside the data, and 200 MiB"):
        await backup.perform(lambda _: None)
    assert list((data / "backups").iterdir()) == []


async def test_a_step_that_is_called_off_leaves_no_half_backup(tmp_path: Path) -> None:
    data = tmp_path / "lab"
    store = await sqlite.open_store(data / "store.sqlite")
    await store.commit([batch(1, [reading(n * 2.0, 1.0) for n in range(60_000)])], at_wall_s=WALL)
    await store.close()
    backup = steps_of(Upkeep(), data, None, Later())[1]  # type: ignore[arg-type]
    begun = asyncio.Event()
    task = asyncio.ensure_future(backup.perform(lambda _: begun.set()))
    async with asyncio.timeout(10):
        await begun.wait()
    task.cancel()
    await asyncio.wait([task])
    await asyncio.get_running_loop().shutdown_default_executor()
    assert list((data / "backups").iterdir()) == []
