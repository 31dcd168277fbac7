"""The order that people give to what waits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

FIRST, LAST = "first", "last"


class ArrangementRefused(ValueError):
    """The move cannot be, or would not do what it says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """An entry that waits, where it stands."""

    experiment: str
    owner: str
    priority: int
    place: int
    """Lower ones come first, among equals in everything else."""


def arrange(
    queue: Sequence[Placed], moved: str, to: str, *, owner: str | None = None
) -> Mapping[str, int]:
    """The places that change when one entry goes `first`, `last`, or before the entry `to`.

    The same places are dealt out anew, so nobody else is passed who was not passed before. With an
    `owner` only that user's own entries change places among each other.

    Raises:
        ArrangementRefused: an entry does not wait, is another's, or has another priority.
    """
    by_id = {each.experiment: each for each in queue}
    one = _found(by_id, moved, owner)
    peers = sorted(
        (each for each in queue if each.priority == one.priority and owner in (None, each.owner)),
        key=lambda each: each.place,
    )
    names = [each.experiment for each in peers if each.experiment != moved]
    names.insert(_index(names, by_id, one, to, owner), moved)
    places = [each.place for each in peers]
    return {
        name: place for name, place in zip(names, places, strict=True) if by_id[name].place != place
    }


def _index(
    names: Sequence[str], by_id: Mapping[str, Placed], one: Placed, to: str, owner: str | None
) -> int:
    if to == FIRST:
        return 0
    if to == LAST:
        return len(names)
    other = _found(by_id, to, owner)
    if other.experiment == one.experiment:
        raise ArrangementRefused(f"{to} cannot stand before itself")
    if other.priority != one.priority:
        raise ArrangementRefused(
            f"{one.experiment} has priority {one.priority} and {to} has {other.priority}: the "
            "priority decides first"
        )
    return names.index(to)


def _found(by_id: Mapping[str, Placed], name: str, owner: str | None) -> Placed:
    found = by_id.get(name)
    if found is None:
        raise ArrangementRefused(f"{name} does not wait in the queue")
    if owner not in (None, found.owner):
        raise ArrangementRefused(
            f"{name} belongs to {found.owner}: {owner} can only change the order of their own"
        )
    return found
