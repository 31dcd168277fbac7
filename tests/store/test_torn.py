"""A file that was torn wipes out nothing: what was committed is there, or a person is told."""

from __future__ import annotations

import asyncio
import shutil
import signal
import sys
from pathlib import Path
from random import Random

import pytest

from orchestrator.ports.store import StoreUnusable
from orchestrator.store.sqlite import open_store

WRITER = """
import asyncio, os, sys
from pathlib import Path
from orchestrator.store.sqlite import open_store
from tests.support.stores import submitted

async def main():
    store = await open_store(Path(sys.argv[1]))
    for number in range(10):
        await store.create_experiment(submitted(f"e{number}"))
    os.kill(os.getpid(), 9)

asyncio.run(main())
"""


@pytest.mark.processes
async def test_a_log_that_is_torn_anywhere_loses_its_end_and_nothing_before(tmp_path: Path) -> None:
    path = tmp_path / "s"
    root = Path(__file__).parents[2]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", WRITER, str(path), cwd=root
    )
    async with asyncio.timeout(60):
        assert await process.wait() == -signal.SIGKILL
    wal = path.with_name("s-wal")
    whole = wal.read_bytes()
    chance = Random(7)
    seen = set()
    for round_ in range(12):
        cut = len(whole) - chance.randrange(len(whole) // 2)
        copy = tmp_path / f"copy{round_}"
        copy.mkdir()
        shutil.copy(path, copy / "s")
        torn = whole[:cut] + chance.randbytes(chance.randrange(4000))
        (copy / "s-wal").write_bytes(torn)
        store = await open_store(copy / "s")
        names = [each.id for each in (await store.experiments()).items]
        assert names == [f"e{n}" for n in reversed(range(len(names)))], "a prefix, without a gap"
        documents = [await store.documents(name) for name in names]
        assert all(documents)
        await store.close()
        seen.add(len(names))
    assert max(seen) > min(seen), "the tears hit something"


async def test_a_store_that_is_no_store_any_more_is_left_as_it_is(tmp_path: Path) -> None:
    """Never a new one in its place: somebody may still mend it, or has a backup."""
    path = tmp_path / "s"
    await (await open_store(path)).close()
    broken = b"\x00" * 100 + path.read_bytes()[100:]
    path.write_bytes(broken)
    with pytest.raises(StoreUnusable):
        await open_store(path)
    assert path.read_bytes() == broken
