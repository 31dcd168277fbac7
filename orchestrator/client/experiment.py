"""One experiment of a leader: how it is, what it measured, and what to do with it."""

from __future__ import annotations

import csv
import io
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from orchestrator.client.columns import Columns
from orchestrator.client.http import Http

ENDED: Final = frozenset({"completed", "failed", "cancelled"})
PORTION: Final = 1000
_NUMBERS: Final = ("time_s", "value")


class NotYet(TimeoutError):
    """It is not in that state in the time that was given."""


class Experiment:
    """Known by its id; `details` are as they were last asked for."""

    def __init__(self, http: Http, details: Mapping[str, Any]) -> None:
        self._http = http
        self.details = dict(details)
        self.id = str(details["id"])
        self._path = f"/experiments/{quote(self.id, safe='')}"

    def __repr__(self) -> str:
        return f"<Experiment {self.id} {self.name!r}: {self.state}>"

    @property
    def name(self) -> str:
        """What people call it."""
        return str(self.details["name"])

    @property
    def state(self) -> str:
        """queued, running, paused, completed, failed or cancelled, as last heard."""
        return str(self.details["state"])

    def refresh(self) -> Experiment:
        """Ask how it is."""
        self.details = self._http.get(self._path)
        return self

    def wait(
        self, *states: str, timeout_s: float | None = None, every_s: float = 1.0
    ) -> Experiment:
        """Wait until it is in one of these states, or over if none is named.

        Raises:
            NotYet: it is not, after so long, or it has ended otherwise.
        """
        wanted = frozenset(states) or ENDED
        until_s = None if timeout_s is None else time.monotonic() + timeout_s
        while self.refresh().state not in wanted:
            late = until_s is not None and time.monotonic() >= until_s
            if late or self.state in ENDED:
                raise NotYet(f"{self.id} is {self.state}, not {' or '.join(sorted(wanted))}")
            time.sleep(every_s)
        return self

    def start(self) -> Experiment:
        """Let one that is held start as soon as it may."""
        return self._do("release")

    def hold(self, note: str = "") -> Experiment:
        """Keep one that waits from starting."""
        return self._do("hold", note=note)

    def pause(self) -> Experiment:
        """Hold all of its vessels."""
        return self._do("pause")

    def resume(self) -> Experiment:
        """Go on."""
        return self._do("resume")

    def finish(self) -> Experiment:
        """End it as completed, now."""
        return self._do("finish")

    def cancel(self) -> Experiment:
        """End it as cancelled; one that waits never begins."""
        return self._do("cancel")

    def note(self, text: str, *, vessel: str | None = None, at_wall_s: float | None = None) -> None:
        """Write something about it, pinned to a moment or not."""
        body = {"text": text, "vessel": vessel, "pinned_wall_s": at_wall_s}
        self._http.post(f"{self._path}/notes", body)

    def notes(self) -> list[dict[str, Any]]:
        """What people wrote."""
        return list(self._http.items(f"{self._path}/notes"))

    def actions(self) -> list[dict[str, Any]]:
        """What became of its actions, newest first."""
        return list(self._http.items(f"{self._path}/actions", limit=PORTION))

    def provenance(self) -> dict[str, Any]:
        """What its data rest on: profile, commit, inputs, versions, calibrations."""
        found: dict[str, Any] = self._http.get(f"{self._path}/provenance")
        return found

    def events(
        self, *, after: int = 0, follow: bool = False, every_s: float = 1.0
    ) -> Iterator[dict[str, Any]]:
        """What happened to it after an event, oldest first; with `follow` as it comes, for ever."""
        while True:
            query = {"after": after, "experiment": self.id, "limit": PORTION}
            found = self._http.get("/events", **query)["items"]
            yield from found
            after = found[-1]["id"] if found else after
            if len(found) < PORTION:
                if not follow:
                    return
                time.sleep(every_s)

    def signals(self) -> list[tuple[str, str, str]]:
        """(vessel, signal, unit) of all that was measured."""
        found = self._http.items(f"{self._path}/latest")
        return [(each["vessel"], each["signal"], each["unit"]) for each in found]

    def curves(
        self, *signals: str, vessels: Sequence[str] = (), points: int = 1000, clock: str = "process"
    ) -> Columns:
        """Signals in at most so many points each, with their exact extremes; all rows in one table.

        Columns: time_s (or UTC seconds), vessel, signal, mean, minimum, maximum.
        """
        asked = {"signal": list(signals), "vessel": list(vessels), "points": points, "clock": clock}
        curves = list(self._http.items(f"{self._path}/curves", **asked))
        return Columns(
            {
                "time_s": [at_s for each in curves for at_s in each["at_s"]],
                "vessel": [each["vessel"] for each in curves for _ in each["at_s"]],
                "signal": [each["signal"] for each in curves for _ in each["at_s"]],
                **{
                    name: [value for each in curves for value in each[name]]
                    for name in ("mean", "minimum", "maximum")
                },
            }
        )

    def readings(
        self,
        *signals: str,
        vessels: Sequence[str] = (),
        from_s: float | None = None,
        to_s: float | None = None,
    ) -> Columns:
        """Readings as measured, of these signals and vessels or of all, in [from_s, to_s] of the
        run.

        Columns: time_s, wall, vessel, signal, value, calibration.
        """
        columns: dict[str, list[Any]] = {}
        with self._http.opened(
            f"{self._path}/export.csv",
            calibrations=True,
            signal=signals,
            vessel=vessels,
            from_s=from_s,
            to_s=to_s,
        ) as answer:
            rows = csv.reader(io.TextIOWrapper(answer, encoding="utf-8", newline=""))
            names = next(rows)
            kept = list(rows)
        for number, name in enumerate(names):
            column = [row[number] for row in kept]
            columns[name] = list(map(float, column)) if name in _NUMBERS else column
        return Columns(columns)

    def export(
        self, path: str | os.PathLike[str], *, progress: Callable[[int], None] | None = None
    ) -> Path:
        """Save everything of it as a bundle; `progress` hears how many bytes have come."""
        target, size = Path(path), 0
        half = target.with_name(f".{target.name}.half")
        try:
            with half.open("wb") as file:
                for piece in self._http.pieces(f"{self._path}/bundle.zip"):
                    size += file.write(piece)
                    if progress is not None:
                        progress(size)
            return half.replace(target)
        finally:
            half.unlink(missing_ok=True)

    def _do(self, verb: str, **body: Any) -> Experiment:
        self.details = self._http.post(f"{self._path}/{verb}", body)
        return self
