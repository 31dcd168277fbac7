"""What an entry of the ledger says has happened, in the words that rules start on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from orchestrator.execution.run_state import RunState
from orchestrator.model.event import JOB_STATES, OK, Happening
from orchestrator.model.expression import Value
from orchestrator.model.ledger import Entry, Kind

TAKEN_MAX: Final = 1000
"""Ids of what came from outside that are kept in mind."""
Tell = Callable[[RunState, Entry], Happening | None]


def _phase_entered(_view: RunState, entry: Entry) -> Happening:
    phase = str(entry.data["phase"])
    id_ = f"phase_entered:{phase}#{entry.data['visit']}"
    return Happening(id=id_, event="phase_entered", name=phase, value=phase)


def _phase_left(_view: RunState, entry: Entry) -> Happening:
    phase = str(entry.data["phase"])
    id_ = f"phase_left:{phase}#{entry.data['visit']}"
    return Happening(id=id_, event="phase_left", name=phase, value=phase)


def _job(view: RunState, entry: Entry) -> Happening | None:
    """A job that begins again after a restart, as it was before, is nothing new."""
    job, word = str(entry.data["job"]), str(entry.data["state"])
    state = JOB_STATES.get(word)
    if state is None or view.jobs.get(job) == word:
        return None
    view.jobs[job] = word
    id_ = f"job:{job}:{state}:{entry.process_s!r}"
    reason = str(entry.data.get("reason", ""))
    return Happening(id=id_, event="job", name=job, state=state, value=reason)


def _device(view: RunState, entry: Entry) -> Happening | None:
    device, state = str(entry.data["device"]), str(entry.data["state"])
    reason = str(entry.data.get("reason", ""))
    if state == OK:
        if view.faults.pop(device, None) is None:
            return None
    else:
        view.faults[device] = reason
    id_ = f"device:{device}:{state}:{entry.process_s!r}"
    return Happening(id=id_, event="device", name=device, state=state, value=reason)


def _recovered(_view: RunState, entry: Entry) -> Happening:
    off_s = entry.process_s - float(entry.data["since_s"])
    return Happening(id=f"power:{entry.process_s!r}", event="power_returned", value=off_s)


def _dose(_view: RunState, entry: Entry) -> Happening:
    data = entry.data
    return Happening(
        id=f"dose:{entry.key}",
        event="dose",
        name=str(data["medium"]),
        state=str(data["outcome"]),
        value=float(data["volume_ml"]),
    )


def _answer(view: RunState, entry: Entry) -> Happening | None:
    question = view.questions.get(entry.key or "")
    if question is None or question.kind == "late":
        return None
    id_ = f"answer:{entry.key}:{entry.process_s!r}"
    value = _plain(entry.data["answer"])
    return Happening(id=id_, event="answer", name=question.name, value=value)


def _outside(view: RunState, entry: Entry) -> Happening | None:
    data, id_ = entry.data, str(entry.data["id"])
    if id_ in view.taken:
        return None
    view.taken[id_] = None
    while len(view.taken) > TAKEN_MAX:
        view.taken.popitem(last=False)
    return Happening(
        id=id_,
        event=data["event"],
        name=data["name"],
        value=data["by"],
        payload=data["payload"],
        retained=data.get("retained", False),
    )


def _plain(answer: Any) -> Value:
    """An answer as expressions can take it."""
    if isinstance(answer, (bool, str)):
        return answer
    return float(answer) if isinstance(answer, (int, float)) else None


TELLS: Final[Mapping[Kind, Tell]] = {
    Kind.PHASE_ENTERED: _phase_entered,
    Kind.PHASE_LEFT: _phase_left,
    Kind.JOB: _job,
    Kind.DEVICE: _device,
    Kind.RECOVERED: _recovered,
    Kind.DOSE_ENDED: _dose,
    Kind.ANSWER: _answer,
    Kind.EVENT: _outside,
}
