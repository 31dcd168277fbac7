"""Guests for tests: the jobs of `tests/plugin_host/unruly`, in processes as plugins' are."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from orchestrator.jobs.job import Signal
from orchestrator.plugin_host.guests import Guests
from orchestrator.plugin_host.spec import GuestSpec

UNRULY = Path(__file__).resolve().parent.parent / "plugin_host" / "unruly"


def guest_spec(kind: str, **more: Any) -> GuestSpec:
    name = kind.lower()
    return GuestSpec(
        name=name,
        plugin="unruly",
        folder=str(UNRULY),
        module="guests",
        attribute=kind,
        signals={f"{name}.count": Signal(max_age_s=30.0), f"{name}.seen": Signal()},
        **{"within_s": 1.0, "memory_mb": 300, **more},
    )


@asynccontextmanager
async def guests(*specs: GuestSpec, **more: Any) -> AsyncIterator[Guests]:
    made = Guests(specs, **more)
    try:
        yield made
    finally:
        await made.close()
