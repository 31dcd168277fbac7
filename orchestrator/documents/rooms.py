"""How much liquid each vessel of a profile holds, and what its limits allow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from orchestrator.documents.reach import known
from orchestrator.model.lazy_dataclass import dataclass
from orchestrator.model.profile import Profile, Vessel


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What the liquid of one vessel has to keep to, where that is known."""

    vessel: str
    volume_ml: float | None
    per_hour_ml: float | None
    per_day_ml: float | None
    most_ml: float | None
    bottles_ml: Mapping[str, float] = field(default_factory=dict)
    """What its bottles hold."""

    @property
    def paces_ml(self) -> dict[str, float]:
        """How much may come in within an hour, `h`, and within a day, `d`."""
        found = {"h": self.per_hour_ml, "d": self.per_day_ml}
        return {word: allowed_ml for word, allowed_ml in found.items() if allowed_ml is not None}


def rooms_of(profile: Profile, vessels: tuple[str, ...] | None = None) -> list[Room]:
    """Look at the vessels of a profile, or at some of them."""
    return [
        _room(profile, vessel)
        for vessel in profile.vessels.values()
        if vessels is None or vessel.name in vessels
    ]


def _room(profile: Profile, vessel: Vessel) -> Room:
    def limit(name: str) -> float | None:
        return known(vessel.limits.get(name) or profile.limits.get(name), profile)

    return Room(
        vessel=vessel.name,
        volume_ml=known(vessel.volume_ml, profile),
        per_hour_ml=limit("dosing.per_hour"),
        per_day_ml=limit("dosing.per_day"),
        most_ml=limit("dosing.vessel_maximum"),
        bottles_ml={
            each.name: holds_ml
            for each in {**profile.media, **vessel.media}.values()
            if (holds_ml := known(each.bottle_ml, profile)) is not None
        },
    )
