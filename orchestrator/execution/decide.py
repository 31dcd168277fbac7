"""One look at the world."""

from __future__ import annotations

from orchestrator.execution import (
    ending,
    holds,
    items,
    leaving,
    phases,
    procedures,
    ramps,
    rules,
)
from orchestrator.execution.bands import Bands
from orchestrator.execution.cache import Quiet
from orchestrator.execution.decision import Decision, Moment
from orchestrator.execution.program import Program
from orchestrator.execution.refresh import refold, refresh
from orchestrator.execution.settled import is_settled
from orchestrator.execution.turn import ENTRIES_MAX, RunLook, Turn
from orchestrator.execution.view import RunView
from orchestrator.execution.watch import expiry_of
from orchestrator.model.experiment import State
from orchestrator.model.ledger import Kind
from orchestrator.model.signal import Signals

_ROUND = "the plan goes round in circles without time passing"


def decide(program: Program, view: RunView, signals: Signals, moment: Moment) -> Decision:
    """Say what is due and wanted now, and apply to the view what becomes true by it.

    Repeats until nothing more happens at this moment. Each Perform, Announce and cancel is answered
    once. `wanted` stays the same object (`is`) for as long as nothing about it changes, and so does
    the `JobWanted` of each job. A `Sample` is taken as new when it is another object than before.
    """
    quiet = view.cache.quiet
    holds = quiet is not None and quiet.holds(signals, moment)
    if quiet is not None and holds and moment.process_s < quiet.step_s:
        return quiet.decision
    turn = Turn(program, view, signals, moment)
    step_s = refresh(turn)
    if quiet is not None and holds and quiet.moves_on(view.cache.wanted, step_s):
        return quiet.decision
    while not view.ended:
        _pass(turn)
        if turn.quiet:
            break
        if turn.breathe:
            return _answer(turn, refresh(turn))
        if len(turn.entries) > ENTRIES_MAX:
            ending.end(turn, State.FAILED, _ROUND)
        if is_settled(turn):
            step_s = refold(turn)
            break
        turn.begin_pass()
        step_s = refresh(turn)
    return _answer(turn, step_s)


def _pass(turn: Turn) -> None:
    """Let everything happen that happens now, once."""
    view = turn.view
    _expire_overrides(turn)
    _pause_or_resume(turn)
    ending.end_if_meant(turn)
    if view.ended:
        return
    phases.enter_if_between(turn)
    waits = view.barrier is not None
    if not waits and (view.between or view.phase is None or view.ended):
        return
    rules.advance(turn)
    if waits:
        procedures.advance(turn)
        return
    running = view.state is State.RUNNING
    if view.leaving is None and running:
        phases.begin_do(turn)
        holds.advance(turn)
        items.advance(turn)
        ramps.advance(turn)
    procedures.advance(turn)
    if view.leaving is not None:
        if running:
            leaving.go_on_leaving(turn)
    elif view.ending is None and (running or view.move is not None):
        leaving.leave_if_over(turn)


def _expire_overrides(turn: Turn) -> None:
    for setting, hand in list(turn.view.layers.overrides.items()):
        if hand.until_s is None:
            continue
        if turn.now_s >= hand.until_s:
            turn.write(Kind.RELEASED, setting=setting, by=hand.by, reason="its time is over")
        else:
            turn.wake_at(hand.until_s)


def _pause_or_resume(turn: Turn) -> None:
    """Carry out what a step or a timeout decided."""
    view, intent = turn.view, turn.view.pausing
    if intent is None:
        return
    if intent.what == "pause" and view.state is State.RUNNING:
        turn.write(Kind.PAUSED, by="plan", reason=intent.reason)
    elif intent.what == "resume" and view.state is State.PAUSED:
        turn.write(Kind.RESUMED, by="plan")
    view.pausing = None


def _answer(turn: Turn, step_s: float) -> Decision:
    """Put the decision together, and keep what spares the next look."""
    view, now_s, wall_s = turn.view, turn.now_s, turn.moment.wall_s
    names = frozenset(name for watch in turn.watches for name in watch.names)
    expiry_s = expiry_of(names, turn.signals, now_s)
    bands = Bands((watch.reach for watch in turn.watches), turn.signals, turn.look, now_s)
    again_s = min(turn.wake_s, expiry_s, step_s)
    wanted = view.cache.wanted
    quiet = Quiet(
        decision=Decision(wanted=wanted, look_again_s=again_s, bands=bands.by_signal),
        timers_s=turn.wake_s,
        expiry_s=expiry_s,
        step_s=step_s,
        offset_s=None if wall_s is None else wall_s - now_s,
        watches=tuple(turn.watches),
        names=names,
        polled=any(watch.polled for watch in turn.watches),
        bands=bands,
        look=RunLook(view, turn.signals, now_s),
    )
    view.cache.quiet = quiet
    if turn.empty:
        return quiet.decision
    return Decision(
        entries=tuple(turn.entries),
        performs=tuple(turn.performs),
        cancels=tuple(turn.cancels),
        announces=tuple(turn.announces),
        wanted=wanted,
        look_again_s=again_s,
        bands=bands.by_signal,
    )
