"""People look at the store that there is, though the leader may die while they act."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from orchestrator.faults.people import say_what_moved
from orchestrator.faults.room import Room
from orchestrator.faults.storm import Trouble, What
from orchestrator.model.ledger import Kind


class OneLife:
    """What a leader's store says until that leader dies."""

    def __init__(self) -> None:
        self.closed = False

    async def runs(self, **_: Any) -> list[Any]:
        return [SimpleNamespace(run=f"1.1:{name}", vessel=name) for name in "ab"]

    async def ledger(self, run: str, **_: Any) -> list[Any]:
        assert not self.closed, "nobody asks a leader that is dead"
        ended = {"key": f"{run}:dose", "kind": Kind.DOSE_ENDED, "data": {"outcome": "unknown"}}
        return [SimpleNamespace(**ended)]


async def test_a_leader_that_dies_while_a_person_speaks_is_asked_nothing_more() -> None:
    shelf = SimpleNamespace(store=OneLife())
    said = []

    async def attempt(order: Any) -> None:
        said.append(order)
        shelf.store.closed = True
        shelf.store = OneLife()

    at = SimpleNamespace(worker="w1", reactor="r1")
    room = SimpleNamespace(
        leader=SimpleNamespace(shelf=shelf),
        attendant=SimpleNamespace(experiment="1", attempt=attempt),
        bindings={"a": at, "b": at},
        bench_of=lambda _: SimpleNamespace(moved_ml=lambda _: 0.5),
    )
    trouble = Trouble(at_s=0.0, what=What.RESOLUTION, for_s=0.0, dice=0.5)
    await say_what_moved(cast(Room, room), trouble)
    assert len(said) == 2
