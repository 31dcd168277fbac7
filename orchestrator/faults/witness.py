"""Between a worker and its journal: what was handed over to be kept, process by process."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final, TypeAlias, cast

import msgspec

from orchestrator.messages.outbox import ReadingRecord
from orchestrator.model.ledger import Entry, Kind
from orchestrator.ports.journal import Journal, JournalFault
from orchestrator.ports.records import LedgerLine

Known: TypeAlias = tuple[str, float, str | None, bytes]
"""Kind, moment, key and data of an entry, the latter as journals and stores write it."""
_encode: Final = msgspec.json.Encoder(order="sorted").encode


class Witness:
    """Knows what each process of a worker wrote, in its order."""

    def __init__(self) -> None:
        self.processes: list[list[tuple[str, Entry]]] = []
        """(run, entry), but for what the journal refused."""

    def journal(self, inner: Journal) -> Journal:
        """The journal of the next process."""
        written: list[tuple[str, Entry]] = []
        self.processes.append(written)
        return cast(Journal, _Heard(inner, written))

    def of(self, run: str) -> Sequence[Sequence[Entry]]:
        """What each process wrote of a run; ticks are kept for the newest only, and left out."""
        return [
            [entry for name, entry in written if name == run and entry.kind is not Kind.TICK]
            for written in self.processes
        ]


class _Heard:
    """`ports.Journal`: passes everything on."""

    def __init__(self, inner: Journal, written: list[tuple[str, Entry]]) -> None:
        self._inner, self._written = inner, written

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    async def write(self, run: str, entries: Sequence[Entry], *, revision: int = 1) -> None:
        heard = [(run, entry) for entry in entries]
        self._written.extend(heard)
        try:
            await self._inner.write(run, entries, revision=revision)
        except JournalFault:
            refused = {id(entry) for entry in entries}
            self._written[:] = [each for each in self._written if id(each[1]) not in refused]
            raise

    def record(
        self,
        run: str,
        entries: Sequence[Entry],
        readings: Sequence[ReadingRecord] = (),
        *,
        revision: int = 1,
    ) -> None:
        self._written.extend([(run, entry) for entry in entries])
        self._inner.record(run, entries, readings, revision=revision)


def known(entry: Entry | LedgerLine) -> Known:
    """All that tells an entry from another, however it was kept."""
    return str(entry.kind), entry.process_s, entry.key, _encode(entry.data)


def missing(processes: Sequence[Sequence[Entry]], ledger: Sequence[Entry]) -> Iterator[str]:
    """What was written and is not in the ledger, though something newer of its process is, or its
    process still lives; and what stands there that nobody wrote."""
    kept = [known(entry) for entry in ledger if entry.kind is not Kind.TICK]
    by_process = [[known(entry) for entry in written] for written in processes]
    if _fit(by_process, kept):
        return
    place = 0
    for number, (names, written) in enumerate(zip(by_process, processes, strict=True), start=1):
        lives = number == len(processes)
        at = 0
        while at < len(names):
            if place < len(kept) and kept[place] == names[at]:
                at, place = at + 1, place + 1
                continue
            newer = place < len(kept) and kept[place] in names[at + 1 :]
            if not (newer or lives):
                break
            yield f"{written[at].kind} at {written[at].process_s:.3f} s was written and is gone"
            at += 1
    if place < len(kept):
        kind, at_s, *_ = kept[place]
        yield f"{kind} at {at_s:.3f} s stands there, and nobody wrote it"


def _fit(processes: Sequence[Sequence[Known]], kept: Sequence[Known]) -> bool:
    """Whether a ledger is the beginnings of what its processes wrote, one after the other, and all
    of what the living one did. Where no clock is trusted, two that died without a trace begin with
    the same words, and what stands there may be of either."""
    places = {0}
    for names in processes[:-1]:
        places = {end for place in places for end in range(place, _as_far(names, kept, place) + 1)}
    last = processes[-1] if processes else ()
    return any(list(kept[place:]) == list(last) for place in places)


def _as_far(names: Sequence[Known], kept: Sequence[Known], place: int) -> int:
    """Up to where the ledger from some place on says what a process wrote."""
    for name in names:
        if place == len(kept) or kept[place] != name:
            break
        place += 1
    return place
