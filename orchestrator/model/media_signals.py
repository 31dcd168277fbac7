"""Signals that there are because a profile has media: which share of the liquid is of each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from orchestrator.model.catalogue import Catalogue, SignalDeclaration

JOB: Final = "dosing"
FRACTION: Final = f"{JOB}.fraction_"
WASTE: Final = "waste"
"""The bottle that nothing comes from."""


def with_media_signals(catalogue: Catalogue, media: Iterable[str]) -> Catalogue:
    """Offer `dosing.fraction_<medium>` beside what the job offers anyway."""
    job = catalogue.jobs.get(JOB)
    brought = [name for name in media if name != WASTE]
    if job is None or not brought:
        return catalogue
    fractions = {each.name: each for each in map(_fraction, brought)}
    job = replace(job, signals={**job.signals, **fractions})
    return replace(catalogue, jobs={**catalogue.jobs, JOB: job})


def _fraction(medium: str) -> SignalDeclaration:
    return SignalDeclaration(
        name=f"fraction_{medium}",
        type="fraction",
        description=f"Share of the liquid in the vessel that is {medium}",
    )
