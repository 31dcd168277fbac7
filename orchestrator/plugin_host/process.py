"""The process of one guest, as the worker holds it: started, heard, and ended for certain."""

from __future__ import annotations

import contextlib
import logging
import os
import select
import signal
import socket
import subprocess
import sys
import time
from typing import Final

import msgspec

from orchestrator.jobs.guest import JobLost
from orchestrator.plugin_host.printed import Printed
from orchestrator.plugin_host.wire import PACKET_BYTES_MAX, Config

NOBODYS_BUSINESS: Final = ("AXENIC_BROKER", "AXENIC_STORE", "AXENIC_LEADER", "AXENIC_ACTOR")
"""A guest gets the environment without the passwords in it."""
ENDING_S: Final = 1.0
"""A process closes its socket a moment before it is gone."""
KILLED_S: Final = 10.0
log = logging.getLogger(__name__)


class Silent(Exception):
    """It closed its end: why, is known once it is gone."""


class GuestProcess:
    """One process; whoever started it ends it."""

    def __init__(self, config: Config) -> None:
        """Start it in a session of its own; it has not loaded anything yet.

        Raises:
            JobLost: there is no room for another process.
        """
        self.link, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.link.setblocking(False)
        heard, spoken = os.pipe()
        os.set_blocking(heard, False)
        document = msgspec.json.encode(config).decode()
        try:
            self._popen = subprocess.Popen(
                [sys.executable, "-m", "orchestrator.plugin_host", str(theirs.fileno()), document],
                stdin=subprocess.DEVNULL,
                stdout=spoken,
                stderr=spoken,
                env=_environment(),
                pass_fds=(theirs.fileno(),),
                start_new_session=True,
            )
        except OSError as error:
            self.link.close()
            os.close(heard)
            raise JobLost(f"its process could not be started: {error.strerror}") from error
        finally:
            theirs.close()
            os.close(spoken)
        self.printed = Printed(config.name, heard)
        self._packet = bytearray(PACKET_BYTES_MAX)
        self._poll = select.poll()
        self._poll.register(self.link, select.POLLIN)
        self._poll.register(heard, select.POLLIN)

    @property
    def pid(self) -> int:
        """As the system knows it."""
        return self._popen.pid

    # ---- talking

    def send(self, packet: bytes) -> None:
        """Say something to it; nobody waits for its ear.

        Raises:
            JobLost: it does not take it.
        """
        if len(packet) > PACKET_BYTES_MAX:
            raise JobLost(f"what it is to see is too long ({len(packet)} bytes)")
        try:
            self.link.send(packet)
        except OSError:
            raise JobLost(self.ending or "it no longer listens") from None

    def receive(self) -> bytes | None:
        """What it said; None if it said nothing.

        Raises:
            Silent: it will say nothing any more.
        """
        try:
            length = self.link.recv_into(self._packet)
        except BlockingIOError:
            return None
        except OSError:
            length = 0
        if not length:
            raise Silent
        return bytes(memoryview(self._packet)[:length])

    def wait(self, limit_s: float) -> bytes | None:
        """Stand still until it has answered; None if it did not within the limit.

        Raises:
            Silent: it will say nothing any more.
        """
        give_up_s = time.monotonic() + limit_s
        while (left_s := give_up_s - time.monotonic()) > 0.0:
            for fd, _ in self._poll.poll(1000.0 * left_s):
                if fd == self.printed.fd:
                    self.printed.read()
                    if self.printed.closed:
                        self._poll.unregister(fd)
                elif (packet := self.receive()) is not None:
                    return packet
        return None

    # ---- ending

    @property
    def ending(self) -> str:
        """How it ended, in words; empty while it lives."""
        code = self._popen.poll()
        return "" if code is None else _in_words(code)

    def wait_for_ending(self, limit_s: float = ENDING_S) -> str:
        """Stand still until it has ended, or the limit is over."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._popen.wait(limit_s)
        return self.ending

    def ask_to_end(self) -> None:
        """Nothing more is said to it: it lets go of what it holds, and ends."""
        self.link.close()

    def strike(self) -> None:
        """Let the system end it, with all that it may have started."""
        self.link.close()
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)

    def bury(self) -> None:
        """End it, and return when it is gone; twice does no harm.

        One that the kernel holds, which happens in a driver, is left to it after a while.
        """
        self.strike()
        try:
            self._popen.wait(KILLED_S)
        except subprocess.TimeoutExpired:
            log.error("process %d was killed and is not gone after %g s", self.pid, KILLED_S)
        self.printed.close()


def _environment() -> dict[str, str]:
    kept = {name: text for name, text in os.environ.items() if name not in NOBODYS_BUSINESS}
    return kept | {"PYTHONUNBUFFERED": "1", "PYTHONHASHSEED": "0"}


def _in_words(code: int) -> str:
    if code >= 0:
        return f"its process ended with exit code {code}"
    try:
        return f"its process was killed ({signal.Signals(-code).name})"
    except ValueError:
        return f"its process was killed (signal {-code})"
