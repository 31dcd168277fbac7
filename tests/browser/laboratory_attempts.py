"""What was started in the laboratory in the months before, and what became of it."""

from __future__ import annotations

from orchestrator.ports.records import Binding
from orchestrator.ports.statistics import Expected
from tests.browser.laboratory_ledger import BEGAN_S, Laboratory
from tests.support.stores import HOUR_S, WALL, lived

LIVES = (
    # profile, user, reactor, lasted, end, bounds of the estimate; hours
    ("Growth curve", "anna", "bench-7", 21.5, "complete", (15.0, 25.0)),
    ("Growth curve", "anna", "bench-7", 30.0, "complete", (15.0, 25.0)),
    ("Growth curve", "bob", "bench-8/left", 18.0, "complete", (19.0, 22.0)),
    ("Chemostat at five dilution rates, to wash-out", "bob", "bench-8/left", 50.0, "fail", None),
    ("Chemostat at five dilution rates, to wash-out", "bob", "bench-7", 212.0, "complete", None),
    ("Growth curve", "anna", "bench-8/left", 4.0, "cancel", (19.0, 22.0)),
    ("Dose response", "anna", "bench-7", 26.0, "complete", (24.0, 24.0)),
    ("Dose response", "bob", "bench-8/left", 1.2, "fail", (24.0, 24.0)),
)


async def live_through(lab: Laboratory) -> None:
    """One after the other, two weeks apart."""
    for number, (profile, user, reactor, lasted_h, end, bounds) in enumerate(LIVES):
        expected = Expected(profile=profile, basis="nobody knows how long it lasts")
        if bounds:
            least_s, most_s = (hours * HOUR_S for hours in bounds)
            expected = Expected(
                profile=profile, least_s=least_s, most_s=most_s, basis="2 earlier runs"
            )
        began_h = (BEGAN_S - WALL) / HOUR_S - 336.0 * (len(LIVES) - number)
        await lived(
            lab.store,
            f"past-{number}",
            began_h=began_h,
            lasted_h=lasted_h,
            end=end,
            expected=expected,
            actor=user,
            called=profile,
            at={"v1": Binding.parse(reactor)},
        )
