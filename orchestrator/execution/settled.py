"""Whether anything can follow at once from what a pass over the plan did.

Mostly nothing can: an entry of the schedule began, set something and ended. Then nobody need look
at everything once more to find that nothing happens.
"""

from __future__ import annotations

from typing import Final

from orchestrator.execution import items
from orchestrator.execution.turn import Turn
from orchestrator.model.experiment import State
from orchestrator.model.key import ActionKey
from orchestrator.model.ledger import Entry, Kind

_PLAIN: Final = frozenset({Kind.ITEM_BEGAN, Kind.ACTION_ENDED, Kind.ITEM_ENDED})


def is_settled(turn: Turn) -> bool:
    """Whether another pass would find nothing, however the settings are now.

    It also sets the alarm for the schedule's next entry, as that pass would.
    """
    view = turn.view
    if view.state is not State.RUNNING or view.between or view.barrier is not None:
        return False
    if view.move is not None or view.pausing is not None or view.ending is not None:
        return False
    if view.leaving is not None or view.procedures or view.occasions or view.news or view.ramps:
        return False
    if turn.performs or turn.cancels or turn.announces:
        return False
    return (
        all(_is_plain(turn, entry) for entry in turn.entries)
        and _asked_only_of_signals(turn)
        and items.nothing_is_due(turn)
    )


def _is_plain(turn: Turn, entry: Entry) -> bool:
    """Whether it tells of an entry of the schedule that sets something and does no more."""
    if entry.kind not in _PLAIN or entry.key is None:
        return False
    key, phase = ActionKey.parse(entry.key), turn.view.phase
    if phase is None or key.visit != turn.view.visit_text:
        return False
    if key.item not in turn.program.phases[phase].items:
        return False
    return entry.kind is not Kind.ACTION_ENDED or entry.data["action"] == "set"


def _asked_only_of_signals(turn: Turn) -> bool:
    """Whether no answer of the pass can be another one by what was set."""
    signals = turn.signals
    return all(name in signals for watch in turn.watches for name in watch.names)
