"""What entries about the run as a whole change: its state, phases, clocks, hands and peers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from orchestrator.execution.adapt import adapt
from orchestrator.execution.layers import Override
from orchestrator.execution.run_state import RunState
from orchestrator.execution.standing import REPEATABLE, Intent, Leaving, RuleState, Waiting
from orchestrator.model.experiment import State
from orchestrator.model.key import ActionKey
from orchestrator.model.ledger import Entry, Kind


def _run_began(view: RunState, entry: Entry) -> None:
    view.began_wall_s = entry.wall_s


def _run_ended(view: RunState, entry: Entry) -> None:
    view.state = State(entry.data["state"])
    view.reason = entry.data.get("reason", "")
    view.clocks.ended_at_s = entry.process_s
    view.ending = view.move = view.pausing = view.leaving = view.barrier = None
    view.conditions.clear()


def _revised(view: RunState, entry: Entry) -> None:
    revision = entry.data["revision"]
    program = view.revisions.get(revision)
    if program is None:
        raise ValueError(f"nobody kept revision {revision} of the plan")
    adapt(view, program, entry)


def _controlled(view: RunState, entry: Entry) -> None:
    view.control_seq = entry.data["control_seq"]
    wanted, reason = entry.data["wanted"], f"{entry.data['wanted']} by {entry.data['by']}"
    if wanted == "cancelled":
        view.ending = Intent(State.CANCELLED.value, reason)
    elif wanted == "finished":
        view.ending = Intent(State.COMPLETED.value, reason)


def _arrived(view: RunState, entry: Entry) -> None:
    phase, arrival = entry.data["phase"], entry.data["arrival"]
    view.barrier = Waiting(phase=phase, arrival=arrival, deadline_s=entry.data["deadline_s"])
    view.arrivals.update(entry.data.get("passed", {}))
    view.arrivals[phase] = arrival
    view.move = None


def _phase_entered(view: RunState, entry: Entry) -> None:
    if view.phase is not None:
        view.layers.withdraw_visit(view.visit_text)
    view.phase, view.visit = entry.data["phase"], entry.data["visit"]
    view.visits[view.phase] = view.visit
    view.between = False
    view.barrier = view.move = view.entering_over_s = view.clocks.left_s = None
    view.arrivals.update(entry.data.get("passed", {}))
    view.rounds = entry.data.get("rounds", {})
    view.held_s = 0.0
    for rule in view.program.rules.values():
        if rule.phase == view.phase:
            view.rules[rule.id] = RuleState()
    elapsed_s = view.elapsed_s(entry.process_s)
    view.clocks.entered_s = entry.data.get("elapsed_s", elapsed_s)
    view.entered_wall_s = None
    if entry.wall_s is not None:
        view.entered_wall_s = entry.wall_s - (elapsed_s - view.clocks.entered_s)
    view.items.clear()


def _phase_leaving(view: RunState, entry: Entry) -> None:
    data = entry.data
    view.leaving = Leaving(
        reason=data["reason"],
        next=data.get("next"),
        next_elapsed_s=data.get("next_elapsed_s"),
        rounds=data.get("rounds", {}),
        began_s=view.elapsed_s(entry.process_s),
    )
    view.move = None
    _free(view, entry.process_s)


def _held(view: RunState, entry: Entry) -> None:
    view.clocks.hold(entry.process_s)


def _freed(view: RunState, entry: Entry) -> None:
    _free(view, entry.process_s)


def _free(view: RunState, process_s: float) -> None:
    view.held_s += view.clocks.free(process_s)


def _phase_left(view: RunState, entry: Entry) -> None:
    if entry.data["reason"] == "ended":
        return
    _free(view, entry.process_s)
    view.between = True
    view.move = view.leaving = None
    view.next_phase = (entry.data.get("next"), entry.data.get("next_elapsed_s"))
    view.rounds = entry.data.get("rounds", {})
    view.clocks.left_s = view.elapsed_s(entry.process_s)
    general = {rule.id for rule in view.program.general}
    view.occasions = [each for each in view.occasions if each.rule in general]
    visit = f"{entry.data['phase']}#{entry.data['visit']}"
    for key in [key for key in view.conditions if f":{visit}:" in key]:
        del view.conditions[key]
    if view.next_phase[0] is None:
        # What is kept after the end is kept as it was (SEMANTICS rule 10).
        view.ending = Intent(State.COMPLETED.value, "")


def _paused(view: RunState, entry: Entry) -> None:
    view.state = State.PAUSED
    view.pausing = None
    view.reason = entry.data.get("reason", "")
    _free(view, entry.process_s)
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
    if view.clocks.held_at_s is not None and not _still_held(view):
        _free(view, since_s)
    if entry.data.get("power"):
        off = view.program.slice.power_on
        view.kept_off = {job for job, policy in off.items() if policy == "off"}
    view.interrupted = {key for key, action in view.actions.items() if action.action in REPEATABLE}


def _still_held(view: RunState) -> bool:
    """Whether what held the clocks before an outage is not too old to hold them now."""
    hold = view.conditions.get(view.program.when_key(view.visit_text, "hold_while"))
    return hold is not None and hold.truth is True


def _latched(view: RunState, entry: Entry) -> None:
    view.latched[entry.data["name"]] = entry.data["value"]


def _overridden(view: RunState, entry: Entry) -> None:
    view.layers.overrides[entry.data["setting"]] = Override(
        value=entry.data["value"], by=entry.data["by"], until_s=entry.data.get("until_s")
    )
    if entry.data["value"] == "run":
        view.kept_off.discard(entry.data["setting"])


def _released(view: RunState, entry: Entry) -> None:
    view.layers.overrides.pop(entry.data["setting"], None)


def _job(view: RunState, entry: Entry) -> None:
    """A job whose loss its plugin does not forgive takes the vessel with it."""
    if entry.data.get("then") == "fail" and not view.ended:
        reason = f"{entry.data['job']} was lost: {entry.data['reason']}"
        view.ending = Intent(State.FAILED.value, reason)


def _job_memory(view: RunState, entry: Entry) -> None:
    view.memories[entry.data["job"]] = entry.data["memory"]


CHANGES: Final[Mapping[Kind, Callable[[RunState, Entry], None]]] = {
    Kind.RUN_BEGAN: _run_began,
    Kind.RUN_ENDED: _run_ended,
    Kind.REVISED: _revised,
    Kind.CONTROLLED: _controlled,
    Kind.ARRIVED: _arrived,
    Kind.PHASE_ENTERED: _phase_entered,
    Kind.PHASE_LEAVING: _phase_leaving,
    Kind.PHASE_LEFT: _phase_left,
    Kind.HELD: _held,
    Kind.FREED: _freed,
    Kind.PAUSED: _paused,
    Kind.RESUMED: _resumed,
    Kind.RECOVERED: _recovered,
    Kind.SIGNAL_LATCHED: _latched,
    Kind.OVERRIDDEN: _overridden,
    Kind.RELEASED: _released,
    Kind.JOB: _job,
    Kind.JOB_MEMORY: _job_memory,
}
