"""Applies a calibration to readings that were made by another: from the raw values, which are
kept."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from math import inf
from pathlib import Path

import click

from orchestrator.cli.exits import BadRequest
from orchestrator.cli.files import written_whole
from orchestrator.control.calibration.apply import curve_of
from orchestrator.control.median import median_of_three
from orchestrator.model.calibration import Calibration, signals_of
from orchestrator.model.photodiode import PHOTODIODE, blank_of, density_of

OD600 = density_of(PHOTODIODE)
OD_MAIN = "od_reading.od_main"
"""What a photodiode tells where od600 is made of others; od600 is then not its own."""
Row = dict[str, str]


def read_calibration(path: Path) -> Calibration:
    """The value of an `axenic: calibration/1` document.

    Raises:
        BadRequest: it cannot be read, or is something else.
        SystemExit: it is wrong, and all that is wrong has been shown.
    """
    from orchestrator.documents.check import check_file
    from orchestrator.documents.report import report

    checked = check_file(path)
    if not checked.is_good:
        click.echo(report([checked]), nl=False, err=True)
        raise SystemExit(1)
    if checked.calibration is None:
        raise BadRequest(f"{path} is a {checked.kind} document, not an axenic: calibration/1")
    return checked.calibration


def recalibrate(source: Path, target: Path, made: Calibration, vessel: str | None) -> int:
    """Write readings anew, with the signal of the calibrated device made of its raw values.

    Answers how many were made. What the device's signal was before is left out; all else is
    written as it was.

    Raises:
        BadRequest: the device makes no signal, or there are no raw values of it.
    """
    told, raw = signals_of(made.device)
    if not raw:
        raise BadRequest(
            f"a {made.device} makes no readings of its own: what a pump moved is on record as it "
            "was counted then"
        )
    is_od, made_now = made.kind == "od", 0
    blanks = _blanks(source, blank_of(made.device)) if is_od else {}
    of_others = _vessels_with(source, OD_MAIN) if told == OD600 else frozenset()
    with source.open(newline="") as file, written_whole(target) as out:
        reader = csv.DictReader(file)
        columns = list(reader.fieldnames or ())
        maker = _Maker(made, blanks)
        out.write(_line(columns))
        for row in reader:
            ours = vessel is None or row["vessel"] == vessel
            signal = OD_MAIN if row["vessel"] in of_others else told
            if ours and row["signal"] == signal:
                continue
            out.write(_line([row[column] for column in columns]))
            if ours and row["signal"] == raw:
                value = maker.value(row)
                if value is not None:
                    made_now += 1
                    fresh = {**row, "signal": signal, "value": repr(value)}
                    if "calibration" in row:
                        fresh["calibration"] = made.name
                    out.write(_line([fresh[column] for column in columns]))
        if not made_now:  # before the file is moved to its place
            where = f" of {vessel}" if vessel else ""
            raise BadRequest(f"there are no raw values of the {made.device}{where} in {source}")
    return made_now


class _Maker:
    """Makes values as the jobs do: the middle one of three, through the curve."""

    def __init__(self, made: Calibration, blanks: dict[str, list[tuple[float, float]]]) -> None:
        self._curve, self._blanks = curve_of(made), blanks
        self._is_od = made.kind == "od"
        self._smooths = made.kind != "temperature"
        self._zero = self._curve.inverse(0.0) if self._is_od else 0.0
        self._last: dict[str, deque[float]] = {}
        self._blank_since: dict[str, float] = {}

    def value(self, row: Row) -> float | None:
        vessel, raw = row["vessel"], float(row["value"])
        shift = self._shift(row)
        if not self._smooths:
            return self._curve.value(raw)
        last = self._last.setdefault(vessel, deque(maxlen=3))
        last.append(raw)
        if len(last) < 3:
            return None
        return self._curve.value(median_of_three(*last) + shift)

    def _shift(self, row: Row) -> float:
        """By how much the blank of the vessel differs from that of the calibration."""
        if not self._is_od:
            return 0.0
        vessel, at_s = row["vessel"], float(row["time_s"])
        since_s, blank_v = -inf, self._zero
        for blanked_s, volts in self._blanks.get(vessel, ()):
            if blanked_s <= at_s:
                since_s, blank_v = blanked_s, volts
        if self._blank_since.get(vessel, -inf) != since_s:
            self._blank_since[vessel] = since_s
            self._last.pop(vessel, None)
        return self._zero - blank_v


def _vessels_with(source: Path, signal: str) -> frozenset[str]:
    with source.open(newline="") as file:
        return frozenset(row["vessel"] for row in _rows_of(csv.DictReader(file), signal))


def _blanks(source: Path, signal: str) -> dict[str, list[tuple[float, float]]]:
    found: dict[str, list[tuple[float, float]]] = {}
    with source.open(newline="") as file:
        for row in _rows_of(csv.DictReader(file), signal):
            found.setdefault(row["vessel"], []).append((float(row["time_s"]), float(row["value"])))
    for each in found.values():
        each.sort()
    return found


def _rows_of(reader: csv.DictReader[str], signal: str) -> Iterator[Row]:
    return (row for row in reader if row["signal"] == signal)


def _line(cells: list[str]) -> bytes:
    from io import StringIO

    text = StringIO()
    csv.writer(text, lineterminator="\n").writerow(cells)
    return text.getvalue().encode()
