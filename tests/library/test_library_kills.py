"""Kill -9 in the midst of saving: afterwards the library holds the old text or the new one."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from orchestrator.library.open_library import open_library
from orchestrator.library.repository import LOCK_OF_NOBODY_S
from orchestrator.ports.library import Edit
from tests.library.library_writer import text_of

WRITER = Path(__file__).with_name("library_writer.py")
SEED = 20261128
KILLS = 8


@pytest.mark.processes
@pytest.mark.parametrize("kind", ["git", "folder"])
def test_a_save_that_is_cut_off_leaves_the_old_text_or_the_new(kind: str, tmp_path: Path) -> None:
    """With every git that it had started, as when power fails."""
    root, chance, number = tmp_path / "library", random.Random(SEED), 0
    if kind == "folder":
        root.mkdir()
        (root / "other.yaml").write_text("other\n")
    for _ in range(KILLS):
        said = _write_until_killed(root, number + 1, chance.uniform(0.0, 0.08))
        library = open_library(root)
        _age_locks(root)
        kept = library.read("growth/batch.yaml").text if said else text_of(number)
        at_most = said[-1] if said else number
        assert kept in (text_of(at_most), text_of(at_most + 1)), f"seed {SEED}"
        number = at_most + (kept != text_of(at_most))
        edit = Edit(by="ada", at_wall_s=1.8e9, whatever=True)
        assert library.save("other.yaml", f"{number}\n", edit).text == f"{number}\n"
    assert number > 0
    if kind == "git":
        subprocess.run(["git", f"--git-dir={root}", "fsck", "--strict"], check=True)


def _write_until_killed(root: Path, first: int, more_s: float) -> list[int]:
    command = [sys.executable, str(WRITER), str(root), str(first)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as writer:
        assert writer.stdout is not None
        said = [int(writer.stdout.readline())]
        time.sleep(more_s)
        _kill_all_of(writer.pid)
        said += [int(line) for line in writer.stdout if line.endswith("\n")]
    return said


def _kill_all_of(pid: int) -> None:
    """The writer, and what it started, which has sessions of its own."""
    os.kill(pid, signal.SIGSTOP)
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    for each in (*map(int, children), pid):
        os.kill(each, signal.SIGKILL)


def _age_locks(root: Path) -> None:
    """As if the machine had been off for a while."""
    old_s = time.time() - LOCK_OF_NOBODY_S - 1.0
    for lock in root.rglob("*.lock"):
        os.utime(lock, (old_s, old_s))
