"""One call of git: bounded in time and in what it says, and with nobody's settings but ours."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Final

from orchestrator.ports.library import LibraryUnusable

LIMIT_S: Final = 20.0
OUTPUT_BYTES_MAX: Final = 64 * 1024 * 1024
_SAID_MAX: Final = 2000
_SETTINGS: Final = {
    "core.hooksPath": os.devnull,
    "core.fsync": "all",
    "core.fsmonitor": "false",
    "core.symlinks": "false",
    "fetch.fsckObjects": "true",
    "transfer.fsckObjects": "true",
    "fetch.recurseSubmodules": "false",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "commit.gpgSign": "false",
    "protocol.ext.allow": "never",
}


class GitFailed(LibraryUnusable):
    """Git ended with an error; the text is what it said."""

    def __init__(self, text: str, code: int | None = None) -> None:
        super().__init__(text)
        self.code = code
        """Its own; None where it was ended, or never asked."""


def git_is_there() -> bool:
    """Whether there is a git to be run."""
    return shutil.which("git") is not None


def run_git(
    repository: Path | None,
    *words: str,
    given: bytes = b"",
    more: Mapping[str, str] | None = None,
    limit_s: float = LIMIT_S,
) -> bytes:
    """Run git on a bare repository and answer what it wrote.

    Raises:
        GitFailed: it ended with an error, or not in time.
        LibraryUnusable: it could not be run at all.
    """
    command = ["git", *(f"--git-dir={repository}" for _ in [1] if repository), *_settings()]
    with tempfile.TemporaryFile() as read, tempfile.TemporaryFile() as said:
        read.write(given)
        read.seek(0)
        try:
            process = subprocess.Popen(
                [*command, "--literal-pathspecs", *words],
                stdin=read,
                stdout=subprocess.PIPE,
                stderr=said,
                env={**_environment(), **(more or {})},
                start_new_session=True,
            )
        except OSError as error:
            raise LibraryUnusable(f"git could not be run: {error}") from error
        wrote, too_much, late = _listen(process, limit_s)
        said.seek(0)
        text = said.read(_SAID_MAX).decode("utf-8", "replace").strip()
    if too_much or late:
        why = f"wrote over {OUTPUT_BYTES_MAX >> 20} MiB" if too_much else f"took over {limit_s:g} s"
        raise GitFailed(f"git {words[0]} {why} and was ended")
    if process.returncode:
        code = process.returncode
        raise GitFailed(text or f"git {words[0]} ended with {code}", code)
    return wrote


def _listen(process: subprocess.Popen[bytes], limit_s: float) -> tuple[bytes, bool, bool]:
    """What it wrote, whether that was too much, and whether it took too long."""
    late = threading.Event()

    def end() -> None:
        late.set()
        _kill(process)

    timer = threading.Timer(limit_s, end)
    timer.start()
    out = process.stdout
    assert out is not None
    try:
        wrote = _read(out)
        if len(wrote) > OUTPUT_BYTES_MAX:
            _kill(process)
        process.wait()
    finally:
        timer.cancel()
        timer.join()
        out.close()
    return wrote, len(wrote) > OUTPUT_BYTES_MAX, late.is_set()


def _read(out: IO[bytes]) -> bytes:
    return out.read(OUTPUT_BYTES_MAX + 1)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """With all that it started: ssh outlives a git that is killed alone."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _settings() -> Sequence[str]:
    return [word for name, value in _SETTINGS.items() for word in ("-c", f"{name}={value}")]


def _environment() -> dict[str, str]:
    """What ssh needs to find its keys, and nothing else of the leader's own."""
    kept = {
        name: os.environ[name] for name in ("PATH", "HOME", "SSH_AUTH_SOCK") if os.environ.get(name)
    }
    return {
        **kept,
        "LC_ALL": "C",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_SYSTEM": os.devnull,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "false",
        "GIT_SSH_COMMAND": "ssh -o BatchMode=yes -o ConnectTimeout=10",
        "GIT_ALLOW_PROTOCOL": "file:git:http:https:ssh",
        "GIT_OPTIONAL_LOCKS": "0",
    }
