"""What one turn of a vessel writes down: collected here, handed on together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from orchestrator.execution.decision import Moment
from orchestrator.jobs.registry import SIGNALS
from orchestrator.messages.outbox import ReadingRecord, Sheet
from orchestrator.model.ledger import Entry, Kind
from orchestrator.ports.clock import Instant
from orchestrator.worker.run_ledger import RunLedger


class Page:
    """Entries and readings of one run, as of one moment."""

    def __init__(
        self,
        ledger: RunLedger,
        apply: Callable[[Entry], None],
        boot: str,
        calibrations: Mapping[str, str],
    ) -> None:
        self._ledger, self._apply, self._boot = ledger, apply, boot
        self._made_of: dict[str, tuple[str, ...]] = {}
        """Signals of other devices than their declarations say."""
        self.calibrate(calibrations)
        self._entries: list[Entry] = []
        self._earlier: list[ReadingRecord] = []
        """Readings of moments before this one that are not handed on yet."""
        self.readings: list[tuple[str, float]] = []
        """Of this moment, (signal, value); whoever has many appends them itself."""
        self.now_s = 0.0
        """Process seconds."""
        self.wall_s: float | None = None
        self.monotonic_s = 0.0
        self.written_s = float("-inf")
        """Process seconds of the newest entry."""

    def calibrate(self, calibrations: Mapping[str, str]) -> None:
        """Readings that follow name these, device by device."""
        self._calibrations = calibrations
        of = {name: (signal.device,) for name, signal in SIGNALS.items()} | self._made_of
        known = {
            name: [calibrations[device] for device in devices if device in calibrations]
            for name, devices in of.items()
        }
        self._calibration = {
            name: " + ".join(dict.fromkeys(made)) for name, made in known.items() if made
        }

    def made_of(self, signal: str, devices: tuple[str, ...]) -> None:
        """Readings of a signal that follow name the calibrations of all of these."""
        self._made_of[signal] = devices
        self.calibrate(self._calibrations)

    def turn_to(self, moment: Moment, instant: Instant) -> None:
        """What follows happens at this moment."""
        if self.readings and (moment.process_s != self.now_s or moment.wall_s != self.wall_s):
            self._earlier.extend(self._sheet())
        self.now_s, self.wall_s = moment.process_s, moment.wall_s
        self.monotonic_s = instant.monotonic_s

    def note(self, kind: Kind, key: str | None = None, /, **data: Any) -> Entry:
        """Write an entry of the shell's own; the run's view is told of it."""
        entry = Entry(kind=kind, process_s=self.now_s, wall_s=self.wall_s, key=key, data=data)
        self._apply(entry)
        self._entries.append(entry)
        return entry

    def add(self, entries: tuple[Entry, ...]) -> None:
        """Write what was decided; the view knows it already."""
        self._entries.extend(entries)

    def reading(self, signal: str, value: float) -> None:
        """Write a value."""
        self.readings.append((signal, value))

    def flush(self) -> None:
        """Hand everything to the journal."""
        entries, earlier = self._entries, self._earlier
        if not entries and not self.readings and not earlier:
            return
        # Always another list: the journal reads the one it has been given later than now.
        self._entries = []
        if entries:
            self.written_s = entries[-1].process_s
        readings: Sequence[ReadingRecord] = self._sheet()
        if earlier:
            readings, self._earlier = [*earlier, *readings], []
        self._ledger.record(entries, readings)

    def _sheet(self) -> Sheet:
        values, self.readings = self.readings, []
        ledger = self._ledger
        return Sheet(
            ledger.run,
            ledger.revision,
            self.now_s,
            self.wall_s,
            values,
            self._boot,
            self.monotonic_s,
            self._calibration,
        )
