"""What Pioreactor's documents do not say, and ours have to."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Chosen by whoever imports."""

    volume_ml: float = 14.0
    """Working volume of a vessel."""
    bottle_ml: float = 1000.0
    initial_od: float | None = None
    """OD600 at the start, which normalised densities count from."""
    vessels: tuple[str, ...] = ()
    """Pioreactors that a profile which is common to all runs on."""
    job: str | None = None
    """Of an automation: whose it is, where the file's folder does not say."""
