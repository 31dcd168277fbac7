"""Outputs of which a reactor may have some or none: driven where they are, else told of once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from orchestrator.jobs.job import Alert, Command, Drive


class Channels(NamedTuple):
    """What a job with channels remembers."""

    driven: Mapping[str, float] = {}
    """Duty that was last commanded, by output."""
    missing: frozenset[str] = frozenset()
    """Settings that want an output which this reactor does not have; somebody was told."""


def drive(
    state: Channels, wanted: Mapping[str, tuple[str, float]], outputs: tuple[str, ...]
) -> tuple[Channels, tuple[Command, ...]]:
    """Bring outputs to the duties that are wanted, setting → (output, duty)."""
    driven = {output: duty for output, duty in wanted.values() if output in outputs}
    missing = frozenset(
        name for name, (output, duty) in wanted.items() if duty > 0.0 and output not in outputs
    )
    commands: tuple[Command, ...] = tuple(
        Drive(output, duty) for output, duty in driven.items() if state.driven.get(output) != duty
    )
    commands += tuple(
        Alert(text=f"there is no {wanted[name][0]} here, which {name} asks for")
        for name in sorted(missing - state.missing)
    )
    return Channels(driven, missing), commands


def off(state: Channels) -> tuple[Command, ...]:
    """Turn off all that was driven."""
    return tuple(Drive(output, 0.0) for output in state.driven)
