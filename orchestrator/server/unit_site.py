"""What surrounds a worker on its machine: its folder, its log, the machine itself."""

from __future__ import annotations

import asyncio
import logging
import os
import platform
import shutil
import socket
from collections import deque
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from orchestrator import __version__
from orchestrator.messages.machine import FileEntry, LogLine, MachineDeed, SystemReport

LOG_LINES_MAX: Final = 1000
FILES_MAX: Final = 5000
COMMAND_LIMIT_S: Final = 4.0
"""Less than a leader waits for an answer; what takes longer goes on."""
MILLI: Final = 1e-3


class Recent(logging.Handler):
    """Keeps the last lines that were logged."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.lines: deque[LogLine] = deque(maxlen=LOG_LINES_MAX)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it, with what went wrong where something did."""
        text = record.getMessage()
        if record.exc_info and record.exc_info[1] is not None:
            error = record.exc_info[1]
            text = f"{text}: {type(error).__name__}: {error}"
        self.lines.append(
            LogLine(
                at_wall_s=record.created,
                level=record.levelname.lower(),
                source=record.name.removeprefix("orchestrator."),
                text=text,
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Of one worker, or of the leader."""

    folder: Path | None = None
    commands: Mapping[MachineDeed, Sequence[str]] = field(default_factory=dict)
    """What may be done to the machine → the command that does it."""
    told: Mapping[str, Path] = field(default_factory=dict)
    """Documents that its service was given, by what they are about."""
    recent: Recent | None = None
    root: Path = Path("/")
    """Of the machine's own files."""

    @property
    def may(self) -> Collection[MachineDeed]:
        """What its settings allow."""
        return self.commands.keys()

    def log_lines(self, limit: int) -> list[LogLine]:
        """The newest, oldest first."""
        return list(self.recent.lines)[-limit:] if self.recent is not None else []

    def files(self, under: str = "", after: str = "", limit: int = FILES_MAX) -> list[FileEntry]:
        """Files below the folder, or one in it, by their names; no links, no sockets."""
        names = sorted(name for name in self._names() if name > after and name.startswith(under))
        return [entry for name in names[:limit] if (entry := self._entry(name)) is not None]

    def _names(self) -> Iterator[str]:
        if self.folder is None:
            return
        for folder, _, names in os.walk(self.folder):
            for name in names:
                path = Path(folder) / name
                if not path.is_symlink() and path.is_file():
                    yield path.relative_to(self.folder).as_posix()

    def _entry(self, name: str) -> FileEntry | None:
        assert self.folder is not None
        try:
            told = (self.folder / name).stat()
        except FileNotFoundError:  # thinned since it was listed
            return None
        return FileEntry(name=name, size_bytes=told.st_size, changed_wall_s=told.st_mtime)

    def file(self, name: str) -> Path | None:
        """The file of that name, if it is one of those that are listed: nothing leads out."""
        if self.folder is None or "\0" in name:
            return None
        path, within = self.folder / name, self.folder.resolve()
        resolved = path.resolve()
        is_own = resolved != within and within in resolved.parents and ".." not in path.parts
        linked = resolved != (within / Path(name)) if is_own else True
        return resolved if is_own and not linked and resolved.is_file() else None

    def piece(self, name: str, offset: int, most_bytes: int) -> tuple[bytes, int] | None:
        """What a file holds from there on, and its size; None where there is no such file."""
        path = self.file(name)
        if path is None:
            return None
        with path.open("rb") as file:
            file.seek(offset)
            return file.read(most_bytes), os.fstat(file.fileno()).st_size

    def documents(self) -> Mapping[str, str]:
        """What the service was told to go by, as its files say now."""
        return {about: path.read_text("utf-8", "replace") for about, path in self.told.items()}

    def system(self) -> SystemReport:
        """As it is now."""
        return SystemReport(
            host=socket.gethostname(),
            model=self._read("proc/device-tree/model"),
            system=f"{platform.system()} {platform.release()}",
            machine=platform.machine(),
            python=platform.python_version(),
            axenic=__version__,
            process=os.getpid(),
            uptime_s=_number((self._read("proc/uptime") or "").split()),
            load=os.getloadavg()[0],
            memory_free_bytes=self._memory_free(),
            disk_free_bytes=None if self.folder is None else shutil.disk_usage(self.folder).free,
            temperature_c=self._temperature(),
        )

    async def do(self, deed: MachineDeed) -> None:
        """Start the declared command; it may end this very process.

        Raises:
            KeyError: none is declared.
            OSError: it cannot be started, or ended with an error.
        """
        command = self.commands[deed]
        logging.getLogger(__name__).warning("told to run %s", " ".join(command))
        process = await asyncio.create_subprocess_exec(*command, stdin=asyncio.subprocess.DEVNULL)
        try:
            async with asyncio.timeout(COMMAND_LIMIT_S):
                code = await process.wait()
        except TimeoutError:
            return  # the machine is at it
        if code != 0:
            raise OSError(f"{command[0]} ended with {code}")

    def _read(self, name: str) -> str | None:
        try:
            return (self.root / name).read_text(errors="replace").strip("\0\n ")
        except OSError:
            return None

    def _memory_free(self) -> int | None:
        for line in (self._read("proc/meminfo") or "").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
        return None

    def _temperature(self) -> float | None:
        found = _number([self._read("sys/class/thermal/thermal_zone0/temp") or ""])
        return None if found is None else found * MILLI


def _number(words: Sequence[Any]) -> float | None:
    try:
        return float(words[0])
    except (IndexError, ValueError):
        return None
