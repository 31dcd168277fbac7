"""Starts a keeper that outlives the worker which starts it."""

from __future__ import annotations

import asyncio
import os
import sys

import msgspec

from orchestrator.hardware.keeper.config import KeeperConfig
from orchestrator.hardware.lines import is_served

START_LIMIT_S = 10.0
POLL_S = 0.02
_started: set[int] = set()
"""Children of this process, which is to take leave of them when they end."""


class KeeperNotStarted(RuntimeError):
    """No keeper came up; its own words stand in its log."""


def command(config: KeeperConfig) -> list[str]:
    """Return the command line of a keeper."""
    document = msgspec.json.encode(config).decode()
    return [sys.executable, "-m", "orchestrator.hardware.keeper", document]


async def start_keeper(config: KeeperConfig) -> None:
    """Start a keeper unless one answers already, in a session of its own so that Ctrl-C spares it.

    Raises:
        KeeperNotStarted: it ended, or did not answer in time.
    """
    if is_served(config.socket_path):
        return
    pid = _spawn(command(config))
    loop = asyncio.get_running_loop()
    give_up_s = loop.time() + START_LIMIT_S
    _started.add(pid)
    while not is_served(config.socket_path):
        if pid in reap() and not is_served(config.socket_path):
            raise KeeperNotStarted("the keeper ended as soon as it was started")
        if loop.time() > give_up_s:
            raise KeeperNotStarted(f"the keeper was not ready within {START_LIMIT_S:g} s")
        await asyncio.sleep(POLL_S)


def _spawn(words: list[str]) -> int:
    """Start a process that is nobody's to kill; `subprocess` would want it back."""
    silence = (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0)
    return os.posix_spawn(words[0], words, os.environ, file_actions=[silence], setsid=True)


def reap() -> set[int]:
    """Take leave of keepers that have ended, and return them."""
    ended = {pid for pid in _started if _has_ended(pid)}
    _started.difference_update(ended)
    return ended


def _has_ended(pid: int) -> bool:
    try:
        ended, _ = os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return True
    return ended == pid
