"""What reaches a run from outside: its beginning, wishes, answers, hands, endings, restarts.

Each function answers the entries that became true, already applied to the view; the shell makes
them durable. An empty answer means that nothing was changed: the wish was old, the question closed,
the action not open. Whatever follows from them comes out of the next `decide`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from orchestrator.execution.answers import understood
from orchestrator.execution.decision import Moment
from orchestrator.execution.late import late_by
from orchestrator.execution.program import Program
from orchestrator.execution.standing import REPEATABLE, OpenAction
from orchestrator.execution.view import RunView
from orchestrator.model.experiment import State
from orchestrator.model.ledger import Entry, Kind
from orchestrator.model.outcome import Ending, Outcome

Entries = tuple[Entry, ...]
JOB_WISHES: Final = ("run", "stop", "hold")
CUT_SHORT: Final = "interrupted; nobody can say how far it got"


def begin(program: Program, moment: Moment, boot: str = "") -> Entries:
    """Open the ledger of a new run (`moment.process_s` is 0); fold the answer into a view."""
    began = _entry(
        Kind.RUN_BEGAN,
        moment,
        experiment=program.experiment,
        attempt=program.attempt,
        vessel=program.vessel,
        revision=program.revision,
        plan_hash=program.plan_hash,
        timezone=program.timezone,
        **_boot(boot),
    )
    return (began,)


def recover(
    program: Program, view: RunView, moment: Moment, *, power: bool = False, boot: str = ""
) -> Entries:
    """Take a run up again after a crash; called once at start-up, before the first `decide`.

    `power` says that the power had failed, not only the process: each job follows its `power_on`.
    Actions that were under way and cannot be repeated end as `unknown`; repeatable ones are
    performed again by the next `decide`. Open questions stay open. What fell due meanwhile follows
    its late policy in the next `decide`.
    """
    if program is not view.program:
        raise ValueError("the view was folded for another program")
    cut_short = list(view.actions.items())
    failed: dict[str, Any] = {"power": True} if power else {}
    entries = [_entry(Kind.RECOVERED, moment, since_s=view.last_s, **failed, **_boot(boot))]
    for text, action in cut_short:
        if action.action not in REPEATABLE:
            ending = Ending(outcome=Outcome.UNKNOWN, reason=CUT_SHORT)
        elif str(action.key.whole) not in view.procedures:
            ending = Ending(outcome=Outcome.SKIPPED, reason="its procedure was cancelled")
        else:
            continue
        entries.append(_ended(view, text, action, ending, {}, moment))
    return _applied(view, entries)


def control(view: RunView, wanted: str, control_seq: int, by: str, moment: Moment) -> Entries:
    """Apply what the leader wants: running | paused | finished | cancelled.

    Each control_seq is applied once (SEMANTICS rule 15); one that is not higher answers nothing.
    The run ends in the `decide` that follows.
    """
    if control_seq <= view.control_seq or view.ended:
        return ()
    entries = [_entry(Kind.CONTROLLED, moment, control_seq=control_seq, wanted=wanted, by=by)]
    if wanted == "paused" and view.state is State.RUNNING:
        entries.append(_entry(Kind.PAUSED, moment, by=by, reason=f"paused by {by}"))
    elif wanted == "running" and view.state is State.PAUSED:
        entries.append(_entry(Kind.RESUMED, moment, by=by))
    return _applied(view, entries)


def pause(view: RunView, by: str, reason: str, moment: Moment) -> Entries:
    """Pause this vessel at the request of another one."""
    if view.state is not State.RUNNING:
        return ()
    return _applied(view, [_entry(Kind.PAUSED, moment, by=by, reason=reason)])


def resume(view: RunView, by: str, moment: Moment) -> Entries:
    """Resume this vessel at the request of another one."""
    if view.state is not State.PAUSED:
        return ()
    return _applied(view, [_entry(Kind.RESUMED, moment, by=by)])


def answer(view: RunView, key: str, answer: Any, by: str, moment: Moment) -> Entries:
    """Take a person's answer to an open question; empty if there is no such question.

    `false` declines a question or a sample; a question of kind `late` takes `run` or `skip`.

    Raises:
        AnswerRefused: where it is not of the type that was asked for; the question stays open.
    """
    if key not in view.questions:
        return ()
    answer = understood(view.questions[key], answer)
    return _applied(view, [_entry(Kind.ANSWER, moment, key, answer=answer, by=by)])


def override(
    view: RunView,
    setting: str,
    value: float | bool | str,
    by: str,
    until_s: float | None,
    moment: Moment,
) -> Entries:
    """Set `job.setting` by hand until `until_s` (process seconds), its release or the next item
    that starts on it (SEMANTICS rule 11).

    A bare job name takes `run`, `stop` or `hold`: the job runs, does not run, or runs paused.
    """
    if view.ended or ("." not in setting and value not in JOB_WISHES):
        return ()
    entry = _entry(Kind.OVERRIDDEN, moment, setting=setting, value=value, by=by, until_s=until_s)
    return _applied(view, [entry])


def release(view: RunView, setting: str, by: str, moment: Moment) -> Entries:
    """End an override; empty if there is none."""
    if setting not in view.layers.overrides:
        return ()
    entry = _entry(Kind.RELEASED, moment, setting=setting, by=by, reason=f"released by {by}")
    return _applied(view, [entry])


def finished(
    view: RunView, key: str, ending: Ending, result: Mapping[str, Any], moment: Moment
) -> Entries:
    """Take the end of a `Perform`, under `str(perform.key)`; empty if that action is not open.

    To be called for ended runs too, since an action may outlast its run by a moment.
    """
    action = view.actions.get(key)
    if action is None:
        return ()
    late_s = action.data.get("late_s", 0.0)
    if ending.outcome is Outcome.DONE and late_s > 0.0:
        ending = Ending(outcome=Outcome.LATE, reason=late_by(late_s))
    return _applied(view, [_ended(view, key, action, ending, result, moment)])


def latch(view: RunView, name: str, value: Any, moment: Moment) -> Entries:
    """Remember what another vessel announced; empty if it is known already (`view.latched`)."""
    if name in view.latched and view.latched[name] == value:
        return ()
    return _applied(view, [_entry(Kind.SIGNAL_LATCHED, moment, name=name, value=value)])


def happen(
    view: RunView,
    event: str,
    name: str,
    payload: str,
    id_: str,
    by: str,
    moment: Moment,
    *,
    retained: bool = False,
) -> Entries:
    """Something came from outside: a button, a topic, a webhook; empty if it is known already."""
    if view.ended or id_ in view.taken:
        return ()
    said: dict[str, Any] = {"event": event, "name": name, "payload": payload, "id": id_, "by": by}
    if retained:
        said["retained"] = True
    return _applied(view, [_entry(Kind.EVENT, moment, None, **said)])


def tick(view: RunView, moment: Moment) -> Entries:
    """A sign of life, to be written at least every 30 s (SEMANTICS rule 6)."""
    return _applied(view, [_entry(Kind.TICK, moment)])


def _ended(
    view: RunView,
    key: str,
    action: OpenAction,
    ending: Ending,
    result: Mapping[str, Any],
    moment: Moment,
) -> Entry:
    data = action.data
    return _entry(
        Kind.ACTION_ENDED,
        moment,
        key,
        action=action.action,
        detail=data.get("detail", ""),
        args=data.get("args", {}),
        outcome=ending.outcome.value,
        reason=ending.reason,
        result=dict(result),
        nominal_s=data.get("nominal_s"),
        due_s=data.get("due_s"),
        next_due_s=view.elapsed_s(moment.process_s),
    )


def _boot(boot: str) -> dict[str, Any]:
    """Under which boot of the machine it happened, where the shell knows."""
    return {"boot": boot} if boot else {}


def _applied(view: RunView, entries: list[Entry]) -> Entries:
    for entry in entries:
        view.apply(entry)
    return tuple(entries)


def _entry(kind: Kind, moment: Moment, key: str | None = None, **data: Any) -> Entry:
    return Entry(kind=kind, process_s=moment.process_s, wall_s=moment.wall_s, key=key, data=data)
