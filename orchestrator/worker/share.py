"""Bottles that several vessels of one worker use: each account sees the others.

Nothing is kept beside the ledgers. What a bottle has left is its size less what every run of the
attempt took by its own ledger, runs that are over and runs of reactors that were given away since
included. Runs on other workers are not seen; the leader puts such vessels on one worker.
"""

from __future__ import annotations

from collections.abc import Mapping

from orchestrator.worker.account import Fluids


class Shares:
    """The accounts of runs that share a bottle, by attempt."""

    def __init__(self) -> None:
        self._accounts: dict[str, dict[str, Fluids]] = {}

    def join(self, attempt: str, run: str, fluids: Fluids) -> None:
        """Let the runs of an attempt see each other, if they share anything."""
        if not fluids.shared:
            return
        accounts = self._accounts.setdefault(attempt, {})
        accounts[run] = fluids
        fluids.neighbours = lambda: [each for name, each in accounts.items() if name != run]


def share_all(accounts: Mapping[str, Fluids]) -> None:
    """Let the accounts of one attempt see each other, where all of them are there at once."""
    shares = Shares()
    for run, fluids in accounts.items():
        shares.join("", run, fluids)
