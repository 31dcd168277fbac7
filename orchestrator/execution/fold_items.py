"""What entries about occurrences, firings, conditions and questions change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from orchestrator.execution.occasions import taken_up
from orchestrator.execution.occurrences import ON_CLOCK, occurrence_seconds
from orchestrator.execution.procedure import Procedure
from orchestrator.execution.program import WHEN, rule_id
from orchestrator.execution.run_state import RunState
from orchestrator.execution.standing import ConditionState, Intent, Question
from orchestrator.model.experiment import State
from orchestrator.model.key import ActionKey
from orchestrator.model.ledger import Entry, Kind

TRUTHS: Final = {"true": True, "false": False, "unknown": None}


def _item_began(view: RunState, entry: Entry) -> None:
    text = entry.key or ""
    key = ActionKey.parse(text)
    take_up(view, key, entry)
    view.procedures[text] = Procedure(
        key=key,
        text=text,
        nominal_s=entry.data["nominal_s"],
        due_s=entry.data.get("due_s", view.elapsed_s(entry.process_s)),
        late_s=entry.data.get("late_s", 0.0),
        queued=entry.data.get("queued", False),
        asked=entry.data.get("asked", False),
        trigger=entry.data.get("trigger"),
    )


def _item_ended(view: RunState, entry: Entry) -> None:
    text = entry.key or ""
    key = ActionKey.parse(text)
    take_up(view, key, entry)
    view.questions.pop(text, None)
    if view.procedures.pop(text, None) is not None:
        if entry.data["outcome"] == "skipped":
            view.layers.withdraw_owner(text)
        else:
            view.layers.settle(text)
        _next_in_queue(view, key, entry.process_s)
    if key.visit == view.visit_text and key.item == "on_enter":
        skipped = entry.data["outcome"] == "skipped"
        view.entering_over_s = None if skipped else view.elapsed_s(entry.process_s)
    if "then" in entry.data:
        _timed_out(view, key, entry.data)


def _timed_out(view: RunState, key: ActionKey, data: Mapping[str, Any]) -> None:
    """A phase took too long, or its peers did not come in time."""
    if key.item == "together" and view.barrier is not None:
        view.barrier = replace(view.barrier, deadline_s=None)
    then, reason = data["then"], data["reason"]
    if then == "fail":
        view.ending = Intent(State.FAILED.value, reason)
    elif then == "pause":
        view.pausing = Intent("pause", reason)
    elif then == "finish":
        view.ending = Intent(State.COMPLETED.value, reason)
    elif then == "go_to":
        view.move = Intent(data["phase"], "timeout")
        view.rounds = data["rounds"]


def _next_in_queue(view: RunState, key: ActionKey, process_s: float) -> None:
    """What waited for another firing of its rule is due now."""
    for each in view.procedures.values():
        same = each.key.item == key.item and each.key.visit == key.visit
        if same and each.queued and not each.records:
            each.due_s = view.elapsed_s(process_s)


def take_up(view: RunState, key: ActionKey, entry: Entry) -> None:
    """Note that an occurrence was begun or skipped, or a firing counted."""
    if view.program.rule_of(key) is not None:
        _take_up_firing(view, key, entry)
    elif key.visit == view.visit_text:
        newest_s = occurrence_seconds(key.occurrence)
        view.items[key.item] = max(newest_s, view.items.get(key.item, newest_s))


def _take_up_firing(view: RunState, key: ActionKey, entry: Entry) -> None:
    if "event" in entry.data:
        taken_up(view, rule_id(key), entry.data["event"])
    rule = view.rule_state(key)
    if rule is None:
        return
    if key.occurrence.endswith("Z"):
        moment_s = occurrence_seconds(key.occurrence)
        rule.wall_s = max(moment_s, moment_s if rule.wall_s is None else rule.wall_s)
    elif key.occurrence.startswith(ON_CLOCK):
        moment_s = occurrence_seconds(key.occurrence)
        rule.elapsed_s = max(moment_s, moment_s if rule.elapsed_s is None else rule.elapsed_s)
    elif int(key.occurrence) > rule.count:
        rule.count = int(key.occurrence)
        rule.fired[entry.data.get("start", WHEN)] = entry.process_s


def _question(view: RunState, entry: Entry) -> None:
    view.questions[entry.key or ""] = Question(
        kind=entry.data["kind"],
        text=entry.data["text"],
        name=entry.data.get("name", ""),
        answer_type=entry.data.get("answer_type", "text"),
        choices=tuple(entry.data.get("choices", ())),
    )


def _answer(view: RunState, entry: Entry) -> None:
    text = entry.key or ""
    key = ActionKey.parse(text)
    view.questions.pop(text, None)
    procedure = view.procedures.get(str(key.whole))
    if procedure is not None:
        procedure.answers[key.path] = (entry.data["answer"], entry.data["by"])
        if not key.path:
            procedure.due_s = view.elapsed_s(entry.process_s)


def _account(view: RunState, entry: Entry) -> None:
    if entry.key is None:
        return
    key = ActionKey.parse(entry.key)
    procedure = view.procedures.get(str(key.whole))
    if procedure is not None and key.path in procedure.records:
        procedure.records[key.path].accounted = True


def _condition(view: RunState, entry: Entry) -> None:
    text, truth = entry.key or "", TRUTHS[entry.data["value"]]
    key = ActionKey.parse(text)
    if key.path.endswith("]"):
        _checked(view, key, truth is True)
        return
    view.conditions[text] = ConditionState(
        truth=truth, since_s=entry.data["since_s"], max_age_s=entry.data.get("max_age_s")
    )
    rule = None if key.path or truth is not False else view.rule_state(key)
    if rule is not None:
        rule.fired.pop(key.occurrence, None)


def _checked(view: RunState, key: ActionKey, holds: bool) -> None:
    """A repeat asked its condition about an iteration."""
    outer, _, number = key.path[:-1].rpartition("[")
    procedure = view.procedures.get(str(key.whole))
    if procedure is not None and outer in procedure.records:
        procedure.records[outer].checked = {int(number): holds}


CHANGES: Final[Mapping[Kind, Callable[[RunState, Entry], None]]] = {
    Kind.ITEM_BEGAN: _item_began,
    Kind.ITEM_ENDED: _item_ended,
    Kind.CONDITION: _condition,
    Kind.QUESTION: _question,
    Kind.ANSWER: _answer,
    Kind.ACCOUNT: _account,
}
