"""The whole system on a virtual clock, broken from a seed, keeps its invariants (habit 12)."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from orchestrator.faults.case import Verdict
from orchestrator.faults.disk import JournalOnDisk
from orchestrator.faults.machines import WorkerMachine
from orchestrator.faults.room import Room
from orchestrator.faults.run import run
from orchestrator.messages.outbox import ReadingRecord
from orchestrator.model.ledger import Entry, Kind
from orchestrator.ports.journal import Journal
from tests.support.stormy_case import PROFILE, case

SEEDS = range(1, 26)
FOUND_BY_SEED = {106: 3600.0, 105: 3600.0}
"""Seeds that once broke an invariant: an outbox that never sent again, an hour cut short."""


@pytest.mark.parametrize("seed", SEEDS)
def test_a_heavy_storm_breaks_no_invariant(seed: int) -> None:
    verdict = run(case(seed))
    assert list(verdict.violations) == [], f"seed {seed}: {again(seed)}"
    assert verdict.counts["troubles"] > 5
    assert verdict.counts["readings"] > 1000


@pytest.mark.parametrize("seed", FOUND_BY_SEED)
def test_a_storm_that_once_broke_something_does_no_more(seed: int) -> None:
    verdict = run(case(seed, calm_s=FOUND_BY_SEED[seed]))
    assert list(verdict.violations) == [], f"seed {seed}: {again(seed)}"


def test_some_of_the_storms_of_the_suite_are_weathered_by_real_files() -> None:
    rooms = [Room.is_on_files(case(seed)) for seed in SEEDS]
    assert 3 <= sum(rooms) <= len(rooms) / 2


def test_a_quiet_day_loses_nothing_and_needs_no_recovery() -> None:
    verdict = run(case(1, "none"))
    assert (list(verdict.violations), list(verdict.troubles)) == ([], [])
    assert verdict.counts["recoveries"] == 0
    assert verdict.counts["doses"] > 10


def test_the_storms_of_the_suite_hit_doses_in_the_middle() -> None:
    """What never happens proves nothing."""
    verdicts = [run(case(seed, calm_s=1800.0)) for seed in (1, 2, 3, 4)]
    ledgers = "".join(
        text for each in verdicts for name, text in each.artifacts.items() if "ledger" in name
    )
    assert '"outcome": "unknown"' in ledgers
    assert sum(each.counts["recoveries"] for each in verdicts) > 10


# ---- the same seed


@pytest.mark.processes
def test_the_same_seed_gives_the_same_bytes_in_every_process() -> None:
    """Artifacts hold every message, log line, ledger entry and pump run."""
    script = (
        "import sys, hashlib; from orchestrator.faults.run import run; "
        "from tests.support.stormy_case import case; "
        "files = run(case(7, calm_s=1200.0)).artifacts; "
        "print(hashlib.sha256(repr(sorted(files.items())).encode()).hexdigest(), len(files))"
    )
    said = [
        subprocess.run(
            [sys.executable, "-c", script],
            env=os.environ | {"PYTHONHASHSEED": number, "PYTHONPATH": str(PROFILE.parents[2])},
            capture_output=True,
            text=True,
            timeout=100,
            check=True,
        ).stdout
        for number in ("1", "2")
    ]
    assert said[0] == said[1]
    assert run(case(7, calm_s=1200.0)).artifacts != run(case(8, calm_s=1200.0)).artifacts


# ---- a broken ledger


class Forgetful:
    """A journal that lets one entry of a kind go, and says that it is durable."""

    def __init__(self, kind: Kind, after: int) -> None:
        self.kind, self.left = kind, after
        self.skipped = 0

    def journal(self, inner: JournalOnDisk) -> Journal:
        outer = self

        class Forgetting(_Passing):
            async def write(self, run: str, entries: Sequence[Entry], *, revision: int = 1) -> None:
                await inner.write(run, outer.kept(entries), revision=revision)

            def record(
                self,
                run: str,
                entries: Sequence[Entry],
                readings: Sequence[ReadingRecord] = (),
                *,
                revision: int = 1,
            ) -> None:
                inner.record(run, outer.kept(entries), readings, revision=revision)

        made: Journal = Forgetting(inner)  # type: ignore[assignment]
        return made

    def kept(self, entries: Sequence[Entry]) -> list[Entry]:
        kept = []
        for entry in entries:
            if entry.kind is self.kind and not self.skipped:
                self.left -= 1
                if self.left < 0:
                    self.skipped += 1
                    continue
            kept.append(entry)
        return kept

    def machine(self) -> type[WorkerMachine]:
        outer = self

        class Broken(WorkerMachine):
            def journal_of(self, journal: JournalOnDisk) -> Journal:
                return outer.journal(journal)

        return Broken


class _Passing:
    def __init__(self, inner: JournalOnDisk) -> None:
        self._inner = inner

    def __getattr__(self, name: str) -> object:
        return getattr(self._inner, name)


def with_forgetful(kind: Kind, seed: int, level: str, after: int = 3) -> Verdict:
    forgetful = Forgetful(kind, after=after)
    verdict = run(case(seed, level), forgetful.machine())
    assert forgetful.skipped == 1
    return verdict


@pytest.mark.parametrize(
    "kind",
    [Kind.DOSE_BEGAN, Kind.DOSE_ENDED, Kind.ITEM_ENDED, Kind.ACTION_ENDED, Kind.NOTE],
)
def test_a_ledger_that_skips_one_write_is_caught(kind: Kind) -> None:
    assert with_forgetful(kind, 1, "none").violations


@pytest.mark.parametrize("after", [0, 6, 9, 15])
def test_the_outcome_of_any_step_is_missed(after: int) -> None:
    assert with_forgetful(Kind.ACTION_ENDED, 1, "none", after).violations


def test_a_ledger_that_skips_one_intent_is_caught_in_the_midst_of_a_storm() -> None:
    """The intent of a dose that was pumped is missing, whatever crashed before or after."""
    violations = with_forgetful(Kind.DOSE_BEGAN, 1, "heavy").violations
    assert any("nothing moves without an entry" in text for text in violations)


# ---- what is left behind


def test_a_failed_run_leaves_what_one_needs_to_understand_it() -> None:
    verdict = with_forgetful(Kind.DOSE_BEGAN, 1, "none")
    assert set(verdict.artifacts) >= {
        "violations.txt",
        "storm.txt",
        "log.txt",
        "messages.jsonl",
        "ledger-left.jsonl",
        "pumped-left.txt",
    }
    assert "without DOSE_BEGAN" in verdict.artifacts["violations.txt"]
    assert "/outbox/accepted" in verdict.artifacts["messages.jsonl"]


def again(seed: int) -> str:
    return f"axenic simulate {Path('tests/faults') / PROFILE.name} --faults heavy --seed {seed}"
