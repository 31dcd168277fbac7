"""Which rules have to act upon what happened.

An occasion stands from the entry that tells of the happening to the entry in which the rule takes
it up. Both are in the ledger, so that it is taken up once, whenever the worker stops in between.
"""

from __future__ import annotations

from orchestrator.execution.happenings import TELLS
from orchestrator.execution.payload import Unreadable, counts, read
from orchestrator.execution.program import Listener
from orchestrator.execution.run_state import RunState
from orchestrator.execution.standing import Occasion
from orchestrator.model.event import FROM_OUTSIDE, Happening
from orchestrator.model.expression import Value
from orchestrator.model.ledger import Entry, Kind


def note(view: RunState, entry: Entry) -> None:
    """Look at an entry before it changes anything else."""
    if entry.kind is Kind.RESUMED:
        _wait_anew(view, entry.process_s)
    tell = TELLS.get(entry.kind)
    happening = None if tell is None else tell(view, entry)
    if happening is None:
        return
    _forget_contrary(view, happening)
    for listener in view.program.listeners.get(happening.event, ()):
        _hear(view, listener, happening, entry.process_s)


def taken_up(view: RunState, rule: str, event: str) -> None:
    """A rule acted upon a happening, or said why not."""
    view.occasions = [
        each for each in view.occasions if (each.rule, each.happening.id) != (rule, event)
    ]


def reads(listener: Listener, name: str, payload: str, *, retained: bool = False) -> bool:
    """Whether a start waits for what came from outside.

    Raises:
        Unreadable: it would, but what came is not what it expects.
    """
    start = listener.start
    if start.name != name or (retained and not start.payload.retained):
        return False
    return start.event == "button" or counts(start.payload, read(start.payload, payload))


def _hear(view: RunState, listener: Listener, happening: Happening, now_s: float) -> None:
    start, value = listener.start, happening.value
    if not view.lives(view.program.rules[listener.rule]):
        return
    if start.name not in ("", happening.name) or start.state not in ("", happening.state):
        return
    if happening.event == "dose" and not start.name and happening.name == WASTE:
        return
    if happening.event in FROM_OUTSIDE:
        try:
            if not reads(listener, happening.name, happening.payload, retained=happening.retained):
                return
            value = _value(listener, happening)
        except Unreadable:
            return
    known = {(each.rule, each.happening.id) for each in view.occasions}
    if (listener.rule, happening.id) in known:
        return
    view.occasions.append(
        Occasion(
            rule=listener.rule,
            start=listener.name,
            happening=happening,
            value=value,
            since_s=now_s,
            for_s=start.for_s,
        )
    )
    view.news = True
    view.cache.spoil()


def _value(listener: Listener, happening: Happening) -> Value:
    if happening.event == "button":
        return happening.value
    return read(listener.start.payload, happening.payload)


def _forget_contrary(view: RunState, happening: Happening) -> None:
    """What has to last for a while did not."""
    view.occasions = [
        each for each in view.occasions if not (each.for_s and _ends(happening, each.happening))
    ]


def _ends(now: Happening, before: Happening) -> bool:
    if now.name != before.name:
        return False
    if now.event == before.event:
        return now.state != before.state
    return {now.event, before.event} == {"phase_entered", "phase_left"}


def _wait_anew(view: RunState, now_s: float) -> None:
    """What has to last starts again after a pause (SEMANTICS rule 8)."""
    for each in view.occasions:
        if each.for_s and not view.program.rules[each.rule].plan.while_paused:
            each.since_s = now_s


WASTE = "waste"
"""What a dose is not: liquid out."""
