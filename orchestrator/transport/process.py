"""Starting and ending the one child process that a broker is."""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import socket
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import IO

LISTEN_TIMEOUT_S = 15.0
PORT_FREE_TIMEOUT_S = 3.0
TERMINATE_TIMEOUT_S = 5.0
LOG_BYTES_MAX = 1_000_000
LOG_TAIL_BYTES = 2000
LOOPBACK = "127.0.0.1"
WRAPPER = Path(__file__).with_name("child.py")


logger = logging.getLogger(__name__)


class BrokerError(Exception):
    """The broker could not be started; the message says what to do."""


@asynccontextmanager
async def run_child(
    command: Sequence[str],
    *,
    port: int,
    folder: Path,
    log: Path,
    user: str | None = None,
    environment: Mapping[str, str] | None = None,
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run a broker's process in its folder until the context ends; enter once it listens."""
    await _wait_free(port)
    with await asyncio.to_thread(_open_log, log) as output:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-S", str(WRAPPER), str(os.getpid())),
            *([user] if user else []),
            "--",
            *command,
            cwd=folder,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env={**os.environ, **(environment or {})},
            start_new_session=True,  # Ctrl-C is for us; the broker goes last
        )
    try:
        await _wait_listening(process, port, log)
        yield process
    finally:
        await end(process)


async def end(process: asyncio.subprocess.Process) -> None:
    """Ask the process to end; make it, if it does not."""
    if process.returncode is not None:
        return
    process.terminate()
    try:
        async with asyncio.timeout(TERMINATE_TIMEOUT_S):
            await process.wait()
    except TimeoutError:
        logger.warning("process %d does not end: killing it", process.pid)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def free_port() -> int:
    """Return a port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def port_in_use(port: int) -> BrokerError:
    """Say it the same way everywhere."""
    return BrokerError(
        f"port {port} on {LOOPBACK} is in use: end what listens there, or choose another port"
    )


async def _wait_free(port: int) -> None:
    """Give a predecessor that is just ending a moment to let go of the port."""
    deadline_s = asyncio.get_running_loop().time() + PORT_FREE_TIMEOUT_S
    while not _is_free(port):
        if asyncio.get_running_loop().time() > deadline_s:
            raise port_in_use(port)
        await asyncio.sleep(0.1)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise BrokerError(f"cannot listen on port {port}: {error.strerror}") from error
            return False
    return True


async def _wait_listening(process: asyncio.subprocess.Process, port: int, log: Path) -> None:
    loop = asyncio.get_running_loop()
    deadline_s = loop.time() + LISTEN_TIMEOUT_S
    while not await _answers(port):
        if process.returncode is not None:
            said = _tail(log)
            if "in use" in said:
                raise port_in_use(port)
            raise BrokerError(f"the broker ended at once ({process.returncode}): {said}")
        if loop.time() > deadline_s:
            raise BrokerError(f"the broker does not listen on port {port}: {_tail(log)}")
        await asyncio.sleep(0.02)


async def _answers(port: int) -> bool:
    try:
        async with asyncio.timeout(1.0):
            _, writer = await asyncio.open_connection(LOOPBACK, port)
    except (OSError, TimeoutError):
        return False
    writer.close()
    await writer.wait_closed()
    return True


def _open_log(log: Path) -> IO[bytes]:
    if log.exists() and log.stat().st_size > LOG_BYTES_MAX:
        log.replace(log.with_suffix(".old"))
    return log.open("ab")


def _tail(log: Path) -> str:
    text = log.read_bytes()[-LOG_TAIL_BYTES:].decode(errors="replace").strip()
    return text.rsplit("\n", 1)[-1] or "it said nothing"
