"""How high the liquid stands: by the books, and at worst, since no pump moves just what it should.

The books trust the pumps' calibrations, so they cannot see a feed pump that gives a tenth more. The
waste tube can: below its end the waste pump draws air, so a pump that runs long enough leaves the
liquid standing there, whatever stood above it. Now and then an exchange runs it that long.
"""

from __future__ import annotations

from typing import NamedTuple

from orchestrator.jobs.job import Account

PUMP_ERROR = 0.2
"""A pump may move this share more, or less, than its calibration says."""
CREEP_SHARE_MAX = 0.15
"""The liquid may stand higher than the books say by this share of the working volume, before it is
levelled."""
TUBE_SHARE_MIN = 0.75
"""A tube that ends below this share of the working volume is there to empty the vessel: levelling
by it would throw the culture away."""


class Level(NamedTuple):
    """A fold of what was put in and taken out."""

    volume_ml: float
    """By the books."""
    highest_ml: float
    """If pumps were wrong by `PUMP_ERROR`, always to the worse side."""
    tube_ml: float = 0.0
    """Where the waste tube ends; 0: nobody knows, and the pump is taken to reach the floor."""

    def filled(self, added_ml: float) -> Level:
        """So much was pumped in."""
        return self._replace(
            volume_ml=self.volume_ml + added_ml,
            highest_ml=self.highest_ml + added_ml * (1.0 + PUMP_ERROR),
        )

    def drained(self, pumped_ml: float) -> Level:
        """So much was pumped out, or air once the liquid stood at the tube's end."""
        return self._replace(
            volume_ml=drained_ml(self.volume_ml, pumped_ml, self.tube_ml),
            highest_ml=drained_ml(self.highest_ml, pumped_ml * (1.0 - PUMP_ERROR), self.tube_ml),
        )

    def dried(self, lost_ml: float) -> Level:
        """So much water is said to have left; nobody saw it, and it may be there still."""
        return self._replace(volume_ml=max(0.0, self.volume_ml - lost_ml))

    def sampled(self, taken_ml: float) -> Level:
        """So much was taken out by hand, which reaches below the tube."""
        return self._replace(
            volume_ml=max(0.0, self.volume_ml - taken_ml),
            highest_ml=max(0.0, self.highest_ml - taken_ml),
        )


def drained_ml(level_ml: float, pumped_ml: float, tube_ml: float) -> float:
    """Return the level after a waste pump was run for a volume."""
    return max(level_ml - pumped_ml, min(level_ml, tube_ml))


def levelling_ml(account: Account) -> float:
    """Return for which volume the waste pump has to run so that the liquid surely stands at the
    tube's end; 0 while that is not called for, or not possible."""
    tube_ml, creep_ml = account.tube_ml, account.highest_ml - account.volume_ml
    standing_ml = account.volume_ml + account.evaporated_ml  # water may be there still
    if tube_ml < TUBE_SHARE_MIN * account.nominal_ml or standing_ml < tube_ml:
        return 0.0
    if creep_ml <= CREEP_SHARE_MAX * account.nominal_ml and account.unknown_doses == 0:
        return 0.0
    return (account.highest_ml - tube_ml) / (1.0 - PUMP_ERROR)
