"""Whether a process that begins now would know of a run what the living one knows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from orchestrator.execution.view import RunView
from orchestrator.model.ledger import Entry
from orchestrator.worker.account import Fluids, open_fluids
from orchestrator.worker.unit import VesselUnit

ROUNDING = 9
"""Digits that two sums of the same volumes have in common."""


def forgotten(unit: VesselUnit, entries: Sequence[Entry]) -> Iterator[str]:
    """What the ledger, read anew, would have different."""
    recalled = _of_run(recall(unit, entries)) | _of_fluids(_fluids(unit, entries))
    for name, known in (_of_run(unit.view) | _of_fluids(unit.fluids)).items():
        if recalled[name] != known:
            yield f"{name} is {known}, and would be {recalled[name]} after a restart"


def miscounted(
    units: Sequence[VesselUnit], ledgers: Mapping[str, Sequence[Entry]]
) -> Iterator[str]:
    """What bottles would have left by the ledgers of all vessels of an attempt that use them.

    What an exchange under way will take is promised to it already, which no ledger says.
    """
    anew = {unit.run: _fluids(unit, ledgers[unit.run]) for unit in units}
    for unit in units:
        anew[unit.run].promised = _due(unit, anew[unit.run])
    for unit in units:
        for bottle in unit.program.slice.media:
            medium, own = bottle.medium, anew[unit.run]
            others = [anew[each.run] for each in units if each is not unit and bottle.shared]
            told = own.bottles_ml[medium] - sum(
                each.taken_ml(medium) for each in others if medium in each.shared
            )
            known = unit.fluids.left_ml(medium)
            if known is not None and round(known - told, ROUNDING) != 0.0:
                yield (
                    f"{unit.vessel} knows of {known} mL in the {medium} bottle, "
                    f"by the ledgers there are {told} mL"
                )


def recall(unit: VesselUnit, entries: Sequence[Entry]) -> RunView:
    """The run as its ledger tells it, by all the revisions that it may have taken."""
    programs = unit.view.revisions
    return RunView.fold(programs[min(programs)], entries, programs.values())


def _fluids(unit: VesselUnit, entries: Sequence[Entry]) -> Fluids:
    slice_ = unit.program.slice
    spec = unit.reactor.spec
    return open_fluids(
        slice_.volume_ml,
        slice_.media,
        entries,
        waste_tube_ml=spec.waste_tube_ml,
        evaporation_ml_h=spec.evaporation_ml_h,
    )


def _due(unit: VesselUnit, fluids: Fluids) -> dict[str, tuple[str, float]]:
    """What was promised to the exchange that the ledger has under way, and to no other."""
    exchanges = {key.rpartition("/")[0] for key in fluids.under_way}
    return {
        key: promise
        for key, promise in unit.fluids.promised.items()
        if key.rpartition("/")[0] in exchanges and key not in fluids.under_way
    }


def _of_run(view: RunView) -> dict[str, Any]:
    return {
        "the state": view.state.value,
        "the phase": (view.phase, view.visit),
        "the newest wish": view.control_seq,
        "the revision": view.program.revision,
        "what hands hold": dict(view.layers.overrides),
        "what was taken up": dict(view.items),
        "what is under way": sorted(view.actions),
        "the procedures": sorted(view.procedures),
        "the open questions": sorted(view.questions),
        "what jobs remember": dict(view.memories),
        "what peers announced": dict(view.latched),
    }


def _of_fluids(fluids: Fluids) -> dict[str, Any]:
    return {
        "the volume": round(fluids.volume_ml, ROUNDING),
        "the volume at most": round(fluids.volume_ml_max, ROUNDING),
        "the liquid fed": round(fluids.fed_ml, ROUNDING),
        "the liquid removed": round(fluids.removed_ml, ROUNDING),
        "the doses under way": sorted(fluids.under_way),
        "the bottles": {
            name: round(left, ROUNDING) for name, left in sorted(fluids.bottles_ml.items())
        },
    }
