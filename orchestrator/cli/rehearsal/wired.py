"""What a hardware document says of the reactors that vessels of a rehearsal stand for."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from orchestrator.cli.exits import BadRequest
from orchestrator.cli.hardware import read_hardware
from orchestrator.hardware.spec import ReactorPart
from orchestrator.model.photodiode import angle_of
from orchestrator.model.plan import Plan
from orchestrator.sim.rehearse import angles_wanted


def parts_for(path: Path, plan: Plan) -> Mapping[str, ReactorPart]:
    """Give each vessel the reactor of its name, or the only one there is.

    Raises:
        BadRequest: nobody can say which.
    """
    reactors = read_hardware(path).reactors
    found: dict[str, ReactorPart] = {}
    for slice_ in plan.vessels:
        part = reactors.get(slice_.vessel)
        if part is None and len(reactors) == 1:
            [part] = reactors.values()
        if part is None:
            known = ", ".join(reactors)
            raise BadRequest(f"{path}: no reactor is called {slice_.vessel}; there are {known}")
        found[slice_.vessel] = part
    return found


def evaporation_in(path: Path, plan: Plan) -> Mapping[str, float]:
    """What each vessel's reactor loses to the air, mL/h."""
    return {vessel: part.evaporation_ml_h for vessel, part in parts_for(path, plan).items()}


def angles_in(path: Path, plan: Plan) -> Mapping[str, tuple[int, ...]]:
    """The further photodiodes of each vessel's reactor, by their angle.

    Raises:
        BadRequest: od600 is to come from one that it does not have.
    """
    found: dict[str, tuple[int, ...]] = {}
    for slice_, part in zip(plan.vessels, parts_for(path, plan).values(), strict=True):
        angles = tuple(sorted(filter(None, map(angle_of, part.sensors))))
        missing = sorted(set(angles_wanted(slice_)) - set(angles))
        if missing:
            raise BadRequest(
                f"{path}: od600 of {slice_.vessel} comes from photodiode_{missing[0]}, which the "
                "reactor does not have"
            )
        found[slice_.vessel] = angles
    return found
