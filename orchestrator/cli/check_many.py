"""Many documents at once: one process a core, results in the order of the files."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from orchestrator.documents.catalogue import load_offer
from orchestrator.documents.check import Checked, check_file

ALONE_MAX: Final = 50
"""Up to so many files, starting other processes takes longer than it saves."""
CHUNK_MAX: Final = 20


def check_all(files: list[Path]) -> list[Checked]:
    """Check files; what is found, and its order, does not depend on how many there are."""
    offer = load_offer()  # once, before there are others to do it too; says if contrib is wrong
    workers = _cores()
    if len(files) <= ALONE_MAX or workers < 2:
        return [_lean(check_file(each, offer)) for each in files]
    done = list(_check_together(files, workers))
    return [*done, *(check_one(each) for each in files[len(done) :])]


def without_fragments(results: list[Checked], named: Iterable[Path]) -> list[Checked]:
    """Leave out files of walked folders that are parts of other documents, and no more than that.

    They were judged where they are included.
    """
    asked = {os.path.normpath(path) for path in named}
    included = {os.path.normpath(file) for each in results for file in each.sites} - asked
    return [
        each
        for each in results
        if not (each.is_fragment and os.path.normpath(each.file) in included)
    ]


def check_one(file: Path) -> Checked:
    """Check one file, in whatever process."""
    return _lean(check_file(file, load_offer()))


def _check_together(files: list[Path], workers: int) -> Iterator[Checked]:
    """Share the files out. If a process is lost, so are its results: then this ends early."""
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    chunk = max(1, min(CHUNK_MAX, len(files) // (4 * workers)))
    with ProcessPoolExecutor(workers, initializer=_leave_interrupts_to_the_first) as pool:
        try:
            yield from pool.map(check_one, files, chunksize=chunk)
        except BrokenProcessPool:
            return


def _leave_interrupts_to_the_first() -> None:
    import signal  # which is only needed here

    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _lean(checked: Checked) -> Checked:
    """Leave out what a report does not need, so that a thousand documents do not fill the memory.

    The profile is dropped; the text is kept only for excerpts.
    """
    if checked.diagnostics:
        return replace(checked, profile=None, files={})
    return replace(checked, profile=None, text="", texts={}, files={})


def _cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
