"""What the journal knows of the liquid in a vessel and its bottles: a fold of ledger entries.

What is not known counts against the limits (SEMANTICS rule 3): liquid of an unknown dose is in the
vessel, gone from its bottle and in the waste, and an unknown removal did not lower the level.

There are two volumes. The one that jobs see trusts the calibrations; the one that the guard sees is
the most there can be. They differ while nobody knows where the waste tube ends: it may end at the
working volume, and below it there is only air. And water that evaporates lowers the first alone,
since nobody sees it leave.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from orchestrator.execution.decision import Moment
from orchestrator.jobs.job import Account
from orchestrator.jobs.levelling import Level, drained_ml
from orchestrator.model.ledger import BOTTLE_ALERT, Entry, Kind
from orchestrator.model.outcome import Outcome
from orchestrator.model.plan import Bottle
from orchestrator.worker.inflow import Inflow
from orchestrator.worker.mixture import Mixture
from orchestrator.worker.witnessed import Witnessed

HOUR_S = 3600.0
DAY_S = 86_400.0
RATE_S = 6 * HOUR_S
"""The while that tells how fast a bottle empties,"""
RATE_LEAST_S = 600.0
"""and the least, lest a first dose look like a flood."""
EVAPORATED_ML = 0.01
"""Less is not worth telling."""
WASTE = "waste"
LIQUID = frozenset({Kind.DOSE_BEGAN, Kind.DOSE_ENDED, Kind.DOSE_RESOLVED, Kind.ACCOUNT, Kind.ALERT})
"""Kinds that tell of liquid, or of what is told of it."""


class Unknown(NamedTuple):
    """A dose of which nobody saw the end."""

    data: Mapping[str, Any]
    """Of its DOSE_ENDED."""
    at_s: float
    """When it counted, in witnessed seconds."""
    moves: int
    """How often anything had moved by then, this dose included."""


@dataclass(slots=True, kw_only=True)
class Fluids:
    """The account of one vessel."""

    nominal_ml: float
    level: Level
    volume_ml_max: float
    """The most that can be in the vessel."""
    mixture: Mixture
    bottles_ml: dict[str, float]
    """What is left of each medium; of the waste bottle, how much room."""
    sizes_ml: dict[str, float] = field(default_factory=dict)
    """The bottles as they were at the beginning."""
    shared: frozenset[str] = frozenset()
    """Media whose bottle other vessels use too."""
    neighbours: Callable[[], Iterable[Fluids]] = field(default=tuple)
    """The accounts of vessels that share any bottle, as far as they are on this worker."""
    fed_ml: float = 0.0
    removed_ml: float = 0.0
    evaporation_ml_h: float = 0.0
    evaporated_ml: float = 0.0
    unknown_doses: int = 0
    own_exchanges: int = 0
    """Numbers the exchanges that automations ask for."""
    under_way: dict[str, Entry] = field(default_factory=dict)
    """DOSE_BEGAN entries without their DOSE_ENDED, by key."""
    promised: dict[str, tuple[str, float]] = field(default_factory=dict)
    """(bottle, mL) of moves that are about to begin, by key: nobody else may have that."""
    unresolved: dict[str, Unknown] = field(default_factory=dict)
    """Doses of which nobody saw the end, and nobody has said since what really moved."""
    told: set[str] = field(default_factory=set)
    """Bottles of which people were told that they will not last, until each was changed."""
    _moves: int = 0
    _known_moves: int = 0
    """Their count at the newest dose of which the end is known."""
    _dried_s: float = 0.0
    """Witnessed seconds until which evaporation is in the books."""
    _witnessed: Witnessed = field(default_factory=Witnessed)
    _hour: Inflow = field(default_factory=lambda: Inflow(length_s=HOUR_S))
    _day: Inflow = field(default_factory=lambda: Inflow(length_s=DAY_S))
    _rates: dict[str, Inflow] = field(default_factory=dict)
    """By bottle."""

    @property
    def volume_ml(self) -> float:
        """By the pumps' calibrations."""
        return self.level.volume_ml

    def apply(self, entry: Entry) -> bool:
        """Fold one entry in; True if it was about liquid, or water has left meanwhile."""
        self._witnessed.apply(entry)
        dried = self.evaporation_ml_h > 0.0 and self._dry()
        if entry.kind not in LIQUID:
            return dried
        if entry.kind is Kind.DOSE_BEGAN:
            self.under_way[str(entry.key)] = entry
            self.promised.pop(str(entry.key), None)
            self.own_exchanges = max(self.own_exchanges, int(entry.data.get("own", 0)))
        elif entry.kind is Kind.DOSE_ENDED:
            self.under_way.pop(str(entry.key), None)
            self.own_exchanges = max(self.own_exchanges, int(entry.data.get("own", 0)))
            self._move(entry)
            if entry.data["outcome"] == Outcome.UNKNOWN:
                unknown = Unknown(entry.data, self._witnessed.seconds, self._moves)
                self.unresolved[str(entry.key)] = unknown
        elif entry.kind is Kind.DOSE_RESOLVED:
            self._resolve(self.unresolved.pop(str(entry.key), None), entry)
        elif entry.kind is Kind.ACCOUNT and "bottle" in entry.data:
            self._refill(entry.data["bottle"], float(entry.data["more_ml"]))
        elif entry.kind is Kind.ALERT:
            source = str(entry.data.get("source") or "")
            if source.startswith(BOTTLE_ALERT):
                self.told.add(source.removeprefix(BOTTLE_ALERT))
            return dried
        else:
            self._moves += 1
            taken_ml = float(entry.data["volume_ml"])
            self.level = self.level.sampled(taken_ml)
            self.volume_ml_max = max(0.0, self.volume_ml_max - taken_ml)
        return True

    def of_hour_ml(self, now: Moment) -> float:
        """Liquid in during the last hour that the worker saw pass, from every source."""
        return self._hour.until(self._seen_s(now))

    def of_day_ml(self, now: Moment) -> float:
        """The same of the last 24 hours."""
        return self._day.until(self._seen_s(now))

    def level_after_ml(self, removed_ml: float) -> float:
        """The most that is left when so much was pumped out through the waste tube."""
        tube_ml = self.level.tube_ml or self.nominal_ml
        return drained_ml(self.volume_ml_max, removed_ml, tube_ml)

    def liquid_ml(self, removed_ml: float) -> float:
        """How much of what is pumped out will be liquid; the most, where that is not known."""
        if not self.level.tube_ml:
            return removed_ml
        return self.volume_ml_max - self.level_after_ml(removed_ml)

    def left_ml(self, medium: str) -> float | None:
        """What is left in a bottle, all vessels counted that use it; of waste, how much room."""
        own_ml = self.bottles_ml.get(medium)
        if own_ml is None:
            return None
        return own_ml - sum(each.taken_ml(medium) for each in self._sharers(medium))

    def taken_ml(self, medium: str) -> float:
        """What this vessel took of a bottle, doses under way and about to begin included."""
        taken_ml = self.sizes_ml.get(medium, 0.0) - self.bottles_ml.get(medium, 0.0)
        for began in self.under_way.values():
            bottle = began.data["medium"] if began.data["direction"] == "in" else WASTE
            taken_ml += float(began.data["volume_ml"]) if bottle == medium else 0.0
        return taken_ml + sum(ml for bottle, ml in self.promised.values() if bottle == medium)

    def rate_ml_h(self, medium: str) -> float:
        """At which a bottle empties (waste: fills) of late, all vessels counted that use it."""
        return sum(each.own_rate_ml_h(medium) for each in (self, *self._sharers(medium)))

    def own_rate_ml_h(self, medium: str) -> float:
        """The same of this vessel alone, as of its newest entry."""
        inflow, seen_s = self._rates.get(medium), self._witnessed.seconds
        if inflow is None:
            return 0.0
        return inflow.until(seen_s) / min(max(seen_s, RATE_LEAST_S), RATE_S) * HOUR_S

    def is_told_of(self, medium: str) -> bool:
        """Whether any vessel that uses this bottle told already that it will not last."""
        return any(medium in each.told for each in (self, *self._sharers(medium)))

    def view(self) -> Account:
        """As jobs see it."""
        return Account(
            volume_ml=self.volume_ml,
            nominal_ml=self.nominal_ml,
            tube_ml=self.level.tube_ml,
            highest_ml=self.level.highest_ml,
            fed_ml=self.fed_ml,
            removed_ml=self.removed_ml,
            evaporated_ml=self.evaporated_ml,
            unknown_doses=self.unknown_doses,
            fractions=self.mixture.shares,
        )

    def _sharers(self, medium: str) -> list[Fluids]:
        """Who else uses this very bottle; a neighbour may have one of its own instead."""
        if medium not in self.shared:
            return []
        return [each for each in self.neighbours() if medium in each.shared]

    def _seen_s(self, now: Moment) -> float:
        return self._witnessed.at(now.process_s, now.wall_s is not None)

    def _dry(self) -> bool:
        """Let leave what evaporated since; of an outage nobody knows, so it counts as no time."""
        hours = (self._witnessed.seconds - self._dried_s) / HOUR_S
        lost_ml = self.evaporation_ml_h * hours
        if lost_ml < EVAPORATED_ML:
            return False
        self._dried_s = self._witnessed.seconds
        before_ml, self.level = self.volume_ml, self.level.dried(lost_ml)
        self.evaporated_ml += before_ml - self.volume_ml
        return True

    def _resolve(self, unknown: Unknown | None, entry: Entry) -> None:
        """Count what a person saw instead of what had to be assumed.

        Where liquid moved since, the level is not lowered: pumping out may have levelled the vessel
        meanwhile, and lowering it once more could let it overflow.
        """
        if unknown is None:
            return
        is_newest = unknown.moves == self._moves
        volume_ml, counted_ml = float(entry.data["volume_ml"]), float(unknown.data["volume_ml"])
        more_ml = volume_ml - counted_ml
        if unknown.moves >= self._known_moves:  # none is counted from before a known dose
            self.unknown_doses = max(0, self.unknown_doses - 1)
        if unknown.data["direction"] == "in":
            if is_newest or more_ml > 0.0:
                self.level = self.level.filled(more_ml)
                self.volume_ml_max += more_ml
            self.fed_ml += more_ml
            if counted_ml > 0.0:
                self.mixture.resolved(str(entry.key), volume_ml / counted_ml)
            for inflow in (self._hour, self._day):
                inflow.correct(unknown.at_s, more_ml)
            bottle = unknown.data["medium"]
        else:
            # It was counted as waste, and as having lowered nothing.
            more_ml = self.liquid_ml(volume_ml) - counted_ml
            if is_newest:
                self.level = self.level.drained(volume_ml)
                self.volume_ml_max = self.level_after_ml(volume_ml)
            self.removed_ml += more_ml
            bottle = WASTE
        if bottle in self.bottles_ml:
            self.bottles_ml[bottle] -= more_ml

    def _move(self, entry: Entry) -> None:
        data = entry.data
        moved_ml, unknown = float(data["volume_ml"]), data["outcome"] == Outcome.UNKNOWN
        if unknown:
            self.unknown_doses += 1
        elif moved_ml > 0.0:
            self.unknown_doses = 0
        if moved_ml <= 0.0:
            return
        self._moves += 1
        if not unknown:
            self._known_moves = self._moves
        if data["direction"] == "in":
            bottle = data["medium"]
            doubtful = str(entry.key) if unknown else ""
            self.mixture.filled(bottle, moved_ml, self.volume_ml, doubtful)
            self.level = self.level.filled(moved_ml)
            self.volume_ml_max += moved_ml
            self.fed_ml += moved_ml
            for inflow in (self._hour, self._day):
                inflow.add(self._witnessed.seconds, moved_ml)
        else:
            bottle, pumped_ml, removed_ml = WASTE, moved_ml, moved_ml
            if not unknown:
                moved_ml, before_ml = self.liquid_ml(pumped_ml), self.volume_ml
                self.level = self.level.drained(pumped_ml)
                self.volume_ml_max = self.level_after_ml(pumped_ml)
                removed_ml = before_ml - self.volume_ml if self.level.tube_ml else moved_ml
            self.removed_ml += removed_ml  # by the books; the bottle counts the most
        self._rates.setdefault(bottle, Inflow(length_s=RATE_S)).add(
            self._witnessed.seconds, moved_ml
        )
        if bottle in self.bottles_ml:
            self.bottles_ml[bottle] -= moved_ml

    def _refill(self, medium: str, more_ml: float) -> None:
        """A person changed a bottle: what was taken from it stays taken."""
        self.told.discard(medium)
        self.bottles_ml[medium] = self.bottles_ml.get(medium, 0.0) + more_ml
        self.sizes_ml[medium] = self.sizes_ml.get(medium, 0.0) + more_ml


def open_fluids(
    volume_ml: float,
    bottles: Iterable[Bottle],
    entries: Iterable[Entry] = (),
    *,
    waste_tube_ml: float | None = None,
    evaporation_ml_h: float = 0.0,
) -> Fluids:
    """The account of a vessel, after what its ledger says.

    Evaporation counts only with a waste tube whose end is known: there it shows whether the water
    really left, and without that the vessel would be topped up on trust for ever.
    """
    bottles = tuple(bottles)
    sizes_ml = {bottle.medium: bottle.volume_ml for bottle in bottles}
    fluids = Fluids(
        nominal_ml=volume_ml,
        level=Level(volume_ml, volume_ml, waste_tube_ml or 0.0),
        volume_ml_max=volume_ml,
        mixture=Mixture.of(medium for medium in sizes_ml if medium != WASTE),
        bottles_ml=dict(sizes_ml),
        sizes_ml=sizes_ml,
        evaporation_ml_h=evaporation_ml_h if waste_tube_ml else 0.0,
        shared=frozenset(bottle.medium for bottle in bottles if bottle.shared),
    )
    for entry in entries:
        fluids.apply(entry)
    return fluids
