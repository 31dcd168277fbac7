"""What entries about the run as a whole change: its state, phases, clocks, hands and peers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from orchestrator.execution.layers import Override
from orchestrator.execution.run_state import RunState
from orchestrator.execution.standing import REPEATABLE, Intent
from orchestrator.model.experiment import State
from orchestrator.model.key import ActionKey
from orchestrator.model.ledger import Entry, Kind


def _run_began(view: RunState, entry: Entry) -> None:
    view.began_wall_s = entry.wall_s


def _run_ended(view: RunState, entry: Entry) -> None:
    view.state = State(entry.data["state"])
    view.reason = entry.data.get("reason", "")
    view.clocks.ended_at_s = entry.process_s
    view.ending = view.move = view.pausing = None
    view.conditions.clear()


def _controlled(view: RunState, entry: Entry) -> None:
    view.control_seq = entry.data["control_seq"]
    wanted, reason = entry.data["wanted"], f"{entry.data['wanted']} by {entry.data['by']}"
    if wanted == "cancelled":
        view.ending = Intent(State.CANCELLED.value, reason)
    elif wanted == "finished":
        view.ending = Intent(State.COMPLETED.value, reason)


def _phase_entered(view: RunState, entry: Entry) -> None:
    view.phase, view.visit = entry.data["phase"], entry.data["visit"]
    view.visits[view.phase] = view.visit
    view.between = False
    elapsed_s = view.elapsed_s(entry.process_s)
    view.clocks.entered_s = entry.data.get("elapsed_s", elapsed_s)
    view.entered_wall_s = None
    if entry.wall_s is not None:
        view.entered_wall_s = entry.wall_s - (elapsed_s - view.clocks.entered_s)
    view.items.clear()


def _phase_left(view: RunState, entry: Entry) -> None:
    if entry.data["reason"] == "ended":
        return
    view.between = True
    view.move = None
    view.next_phase = (entry.data.get("next"), entry.data.get("next_elapsed_s"))
    visit = f"{entry.data['phase']}#{entry.data['visit']}"
    for key in [key for key in view.conditions if f":{visit}:" in key]:
        del view.conditions[key]
    if view.next_phase[0] is not None:
        view.layers.withdraw_visit(visit)
    else:
        # What is kept after the end is kept as it was (SEMANTICS rule 10).
        view.ending = Intent(State.COMPLETED.value, "")


def _paused(view: RunState, entry: Entry) -> None:
    view.state = State.PAUSED
    view.pausing = None
    view.reason = entry.data.get("reason", "")
    view.clocks.pause(entry.process_s)
    for text, condition in view.conditions.items():
        if not view.program.acts_while_paused(ActionKey.parse(text)):
            condition.truth = None


def _resumed(view: RunState, entry: Entry) -> None:
    view.state = State.RUNNING
    view.pausing = None
    view.reason = ""
    view.clocks.resume(entry.process_s)


def _recovered(view: RunState, entry: Entry) -> None:
    since_s = entry.data["since_s"]
    silent_s = entry.process_s - since_s
    view.recovered_s = entry.process_s
    for condition in view.conditions.values():
        if condition.max_age_s is None:
            continue
        if silent_s < condition.max_age_s:
            condition.grace_until_s = since_s + condition.max_age_s
        else:
            condition.truth = None
    view.interrupted = {key for key, action in view.actions.items() if action.action in REPEATABLE}


def _latched(view: RunState, entry: Entry) -> None:
    view.latched[entry.data["name"]] = entry.data["value"]


def _overridden(view: RunState, entry: Entry) -> None:
    view.layers.overrides[entry.data["setting"]] = Override(
        value=entry.data["value"], by=entry.data["by"], until_s=entry.data.get("until_s")
    )


def _released(view: RunState, entry: Entry) -> None:
    view.layers.overrides.pop(entry.data["setting"], None)


def _job_memory(view: RunState, entry: Entry) -> None:
    view.memories[entry.data["job"]] = entry.data["memory"]


CHANGES: Final[Mapping[Kind, Callable[[RunState, Entry], None]]] = {
    Kind.RUN_BEGAN: _run_began,
    Kind.RUN_ENDED: _run_ended,
    Kind.CONTROLLED: _controlled,
    Kind.PHASE_ENTERED: _phase_entered,
    Kind.PHASE_LEFT: _phase_left,
    Kind.PAUSED: _paused,
    Kind.RESUMED: _resumed,
    Kind.RECOVERED: _recovered,
    Kind.SIGNAL_LATCHED: _latched,
    Kind.OVERRIDDEN: _overridden,
    Kind.RELEASED: _released,
    Kind.JOB_MEMORY: _job_memory,
}
