"""What of a reactor may be on only while something else is so: its interlocks.

Those between outputs are kept by the keeper, below everything; those that ask for a measurement by
the guard of the worker, which alone knows what is measured.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import field
from math import inf

from orchestrator.model.lazy_dataclass import dataclass
from orchestrator.model.units import format_quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """Between which values a signal has to be, both left out: that there is one suffices."""

    type: str
    """Dimension of the signal."""
    above: float = -inf
    below: float = inf

    def holds(self, value: float) -> bool:
        """Whether a value lies in it."""
        return self.above < value < self.below

    def __str__(self) -> str:
        bounds = [("above", self.above), ("below", self.below)]
        told = [f"{word} {format_quantity(at, self.type)}" for word, at in bounds if abs(at) < inf]
        return " and ".join(told) or "measured"


@dataclass(frozen=True, slots=True, kw_only=True)
class Interlock:
    """An output or a pump, and while what it may be on; all of it has to be so."""

    device: str
    while_on: tuple[str, ...] = ()
    while_off: tuple[str, ...] = ()
    within: Mapping[str, Range] = field(default_factory=dict)
    """By signal."""
    why: str = ""
    """The reason for it, in the words of whoever wired the reactor."""

    @property
    def others(self) -> tuple[str, ...]:
        """The outputs and pumps that it looks at."""
        return (*self.while_on, *self.while_off)

    def against(self, is_on: Callable[[str], bool]) -> str:
        """Why the other outputs do not let it be on; empty if they do."""
        for other in self.while_on:
            if not is_on(other):
                return self.told(f"{other} is on")
        for other in self.while_off:
            if is_on(other):
                return self.told(f"{other} is off")
        return ""

    def told(self, what: str, found: str = "") -> str:
        """Say in words that it may not be on."""
        why = f" ({self.why})" if self.why else ""
        return f"{self.device} may be on only while {what}{why}{found}"

    def of(self, reactor: str) -> Interlock:
        """The same as the keeper calls devices; what is measured is none of its business."""

        def full(names: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(f"{reactor}/{name}" for name in names)

        [device] = full((self.device,))
        return Interlock(
            device=device,
            while_on=full(self.while_on),
            while_off=full(self.while_off),
            why=self.why,
        )


def circles(interlocks: Iterable[Interlock]) -> Iterator[tuple[str, ...]]:
    """Devices that wait for each other in a circle, in which nothing could come to rest.

    That each of several has to be off for the others is none: whichever is on first stays on.
    """
    known = {each.device: each for each in interlocks}
    waits_for = {name: _reached(name, known) for name in known}
    seen: set[frozenset[str]] = set()
    for name, others in waits_for.items():
        circle = frozenset(other for other in others if name in waits_for.get(other, ()))
        if circle not in seen and not _come_to_rest(circle, known):
            yield (name, *sorted(circle - {name}))
        seen.add(circle)


def _come_to_rest(circle: frozenset[str], known: Mapping[str, Interlock]) -> bool:
    """Whether those of a circle only take turns."""
    return all(
        other != name and other not in known[name].while_on and name in known[other].while_off
        for name in circle
        for other in circle.intersection(known[name].others)
    )


def never_on(interlock: Interlock, interlocks: Iterable[Interlock]) -> str:
    """Why an output can never be on, whatever else is so; empty if it can."""
    for signal, range_ in interlock.within.items():
        if not range_.above < range_.below:
            return f"{signal} is never {range_}"
    known = {each.device: each for each in interlocks}
    together, waiting = {interlock.device}, [interlock.device]
    while waiting:
        name = waiting.pop()
        for other in known[name].while_on if name in known else ():
            if other not in together:
                together.add(other)
                waiting.append(other)
    for name in sorted(together & known.keys()):
        for other in known[name].while_off:
            if other in together:
                return f"{other} would have to be on, and off for {name}"
    return ""


def _reached(start: str, known: Mapping[str, Interlock]) -> frozenset[str]:
    """The devices that one waits for, over others too; itself, if that is a circle."""
    found: set[str] = set()
    waiting = [start]
    while waiting:
        name = waiting.pop()
        for other in known[name].others if name in known else ():
            if other not in found:
                found.add(other)
                waiting.append(other)
    return frozenset(found)
