"""What the law of a plugin may answer: wishes of the job that it leads, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Any, Final

from orchestrator.jobs.guest import JobLost
from orchestrator.jobs.job import Alert, Command, Drive, Exchange, Remember, Step

WISHES: Final[Mapping[str, type[Command]]] = {"dosing": Exchange, "temperature": Drive}
"""Job → what a law of it wants."""


def hold_to_law(leads: str, step: Step[Any]) -> None:
    """Refuse what no law may answer.

    Raises:
        JobLost: with what it was.
    """
    wish = WISHES[leads]
    if step.sense:
        raise JobLost("it reads a sensor; a law goes by signals")
    for command in step.commands:
        if isinstance(command, Alert | Remember):
            continue
        if not isinstance(command, wish):
            told, may = type(command).__name__, wish.__name__
            raise JobLost(f"it commands {told}; a law of {leads} commands {may}, Alert, Remember")
        _check(command)


def _check(command: Command) -> None:
    if isinstance(command, Exchange):
        for volume_ml in (command.remove_ml, command.add_ml):
            if not isfinite(volume_ml) or volume_ml < 0.0:
                raise JobLost(f"it wants {volume_ml:g} mL exchanged, which is no volume")
        if command.key is not None:
            raise JobLost("it answers for an action; its job does that")
    elif isinstance(command, Drive):
        if command.output != "heater":
            raise JobLost(f"it drives {command.output}; a law of temperature drives heater")
        if not 0.0 <= command.duty <= 1.0:
            raise JobLost(f"it drives the heater at {command.duty:g}, which is not within 0 and 1")
