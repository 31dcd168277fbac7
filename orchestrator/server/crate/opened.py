"""A bundle that is read back: what is in it, as values, and nothing believed unchecked."""

from __future__ import annotations

import csv
import math
import zipfile
import zlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from orchestrator.messages.outbox import EntryRecord, ReadingRecord
from orchestrator.model.experiment import State
from orchestrator.server.views.experiments import Experiment, keep_inside
from orchestrator.server.views.provenance import Provenance

FORMAT: Final = "bundle/1"
FILES_MAX: Final = 5000
TEXT_BYTES_MAX: Final = 16 * 1024 * 1024
LINE_LENGTH_MAX: Final = 1024 * 1024
WHOLE_BYTES_MAX: Final = 64 * 1024**3
TEXTS_BYTES_MAX: Final = 256 * 1024 * 1024
"""Of all that is in memory at once, which is what data do not count to."""
UNREADABLE: Final = (
    KeyError,
    zipfile.BadZipFile,
    zlib.error,
    OSError,
    EOFError,
    NotImplementedError,
    RuntimeError,
)
"""It is not there, is damaged, or is packed or locked in a way that nobody here knows."""
T = TypeVar("T")


class NoBundle(ValueError):
    """It is no bundle, or not a whole one; the text says what is wrong with it."""


class SavedRun(msgspec.Struct, frozen=True, kw_only=True):
    """A vessel's part in an attempt, as it was saved."""

    run: str
    attempt: str
    vessel: str
    reactor: str | None
    revision: int
    state: State
    reason: str
    began_wall_s: float | None
    ended_wall_s: float | None


class Saved(Experiment, frozen=True, kw_only=True):
    """`experiment.json`."""

    axenic: str
    runs: list[SavedRun]


class SavedNote(msgspec.Struct, frozen=True, kw_only=True):
    """One of `notes.json`."""

    text: str
    actor: str
    at_wall_s: float
    vessel: str | None = None
    pinned_wall_s: float | None = None


class SavedEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A line of `data/trace.jsonl`."""

    number: int
    run: str
    revision: int
    kind: str
    process_s: float
    wall_s: float | None
    key: str | None
    data: dict[str, Any]


class Opened:
    """An archive, open for reading."""

    def __init__(self, path: Path) -> None:
        """Open it.

        Raises:
            NoBundle: it is something else.
        """
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError, NotImplementedError) as error:
            raise NoBundle(f"it is no zip archive: {error}") from error
        self._text_bytes = 0
        members = self._zip.infolist()
        if len(members) > FILES_MAX or sum(each.file_size for each in members) > WHOLE_BYTES_MAX:
            raise NoBundle("it is larger than a bundle may be")
        self.experiment = self._value("experiment.json", Saved)
        if self.experiment.axenic != FORMAT:
            raise NoBundle(f"it is a {self.experiment.axenic}, and this knows {FORMAT}")
        self.provenance = self._value("provenance.json", Provenance)
        self.notes = self._value("notes.json", list[SavedNote])

    def close(self) -> None:
        """It is not read any more."""
        self._zip.close()

    def profile(self, revision: int, file: str) -> tuple[str, dict[str, str]]:
        """The text of a revision, and all that it includes."""
        folder = f"profile/{revision}/"
        texts = {
            name.removeprefix(folder): self._text(name)
            for name in self._zip.namelist()
            if name.startswith(folder)
        }
        try:
            keep_inside(texts)
            return texts.pop(file), texts
        except (KeyError, ValueError) as error:
            raise NoBundle(f"the profile of revision {revision} is not whole: {error}") from error

    def plan(self, revision: int) -> str:
        """Its canonical JSON."""
        return self._text(f"plan/{revision}.json")

    def entries(self) -> Iterator[EntryRecord]:
        """The ledgers, entry by entry."""
        for line in self._lines("data/trace.jsonl"):
            entry = self._decoded(line, SavedEntry, "data/trace.jsonl")
            yield EntryRecord(
                entry.run,
                entry.revision,
                entry.kind,
                entry.process_s,
                entry.wall_s,
                entry.key,
                entry.data,
            )

    def readings(self) -> Iterator[tuple[str, ReadingRecord]]:
        """(worker, reading), in the order of the file."""
        name = "data/readings.csv"
        for row in self._rows(name):
            try:
                if None in row.values():
                    raise ValueError("it is too short")
                record = ReadingRecord(
                    f"{row['attempt']}:{row['vessel']}",
                    int(row["revision"]),
                    row["signal"],
                    _number(row["time_s"]),
                    _moment(row["wall"]),
                    _number(row["value"]),
                    calibration=row["calibration"],
                )
            except (KeyError, TypeError, ValueError) as error:
                raise NoBundle(f"{name} holds a row that is no reading: {error!r}") from error
            yield row["worker"], record

    def _rows(self, name: str) -> Iterator[dict[str, str]]:
        try:
            yield from csv.DictReader(self._lines(name))
        except csv.Error as error:
            raise NoBundle(f"{name} is no table: {error}") from error

    def _value(self, name: str, kind: type[T]) -> T:
        return self._decoded(self._text(name), kind, name)

    def _decoded(self, text: str, kind: type[T], name: str) -> T:
        try:
            return msgspec.json.decode(text, type=kind)
        except (msgspec.DecodeError, UnicodeEncodeError, RecursionError) as error:
            raise NoBundle(f"{name} is not what it should be: {error}") from error

    def _text(self, name: str) -> str:
        try:
            with self._zip.open(name) as file:
                content = file.read(TEXT_BYTES_MAX + 1)
        except UNREADABLE as error:
            raise NoBundle(f"{name} cannot be read: {error}") from error
        if len(content) > TEXT_BYTES_MAX:
            raise NoBundle(f"{name} is too large")
        self._text_bytes += len(content)
        if self._text_bytes > TEXTS_BYTES_MAX:
            raise NoBundle("its profiles and plans are larger than those of a bundle may be")
        return _utf8(content, name)

    def _lines(self, name: str) -> Iterator[str]:
        try:
            with self._zip.open(name) as file:
                while line := file.readline(LINE_LENGTH_MAX + 1):
                    if len(line) > LINE_LENGTH_MAX:
                        raise NoBundle(f"{name} holds a line that is too long")
                    yield _utf8(line, name)
        except UNREADABLE as error:
            raise NoBundle(f"{name} cannot be read: {error}") from error


def _utf8(content: bytes, name: str) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise NoBundle(f"{name} is not UTF-8") from None


def _number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} was never measured")
    return number


def _moment(text: str) -> float | None:
    return datetime.fromisoformat(text).timestamp() if text else None
