"""A run's ledger as sentences, one for each thing that happened or did not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from orchestrator.execution.describe import quantity
from orchestrator.execution.late import late_by
from orchestrator.execution.phrase import phrase
from orchestrator.execution.program import named_starts
from orchestrator.model.key import ActionKey
from orchestrator.model.ledger import Entry, Kind
from orchestrator.model.plan import Slice
from orchestrator.planning.explain.conditions import Conditions
from orchestrator.planning.explain.told import Told, moment, values
from orchestrator.planning.in_words import start_in_words

BAD: Final = frozenset({"late", "skipped", "refused", "failed", "unknown"})
SILENT: Final = frozenset({Kind.TICK, Kind.JOB_MEMORY})
"""Kinds that tell a person nothing; by far the most of a ledger."""


def story(slice_: Slice, entries: Iterable[Entry]) -> list[Told]:
    """What a run did and did not, oldest first."""
    teller = _Teller(slice_)
    return [told for entry in entries if (told := teller.tell(entry)) is not None]


class _Teller:
    def __init__(self, slice_: Slice) -> None:
        self._vessel = slice_.vessel
        self._conditions = Conditions(slice_)
        self._edges: dict[str, Entry] = {}
        self._began: set[str] = set()
        self._causes: dict[str, str] = {}

    def tell(self, entry: Entry) -> Told | None:
        """An entry's line; None for one that says nothing to a person."""
        try:
            return self._told(entry)
        except (KeyError, TypeError, ValueError) as error:
            return self._line(entry, f"{entry.kind}: makes no sense ({error!r})", negative=True)

    def _told(self, entry: Entry) -> Told | None:
        key = _key_of(entry)
        told = None
        if key is not None and entry.kind is Kind.CONDITION:
            told = self._edge(entry, key)
        elif key is not None and entry.kind in (Kind.ITEM_BEGAN, Kind.ITEM_ENDED):
            told = self._occurrence(entry, key)
        elif entry.kind is Kind.ACTION_BEGAN:
            self._began.add(entry.key or "")
        elif entry.kind is Kind.DOSE_BEGAN:
            self._causes[entry.key or ""] = entry.data.get("cause", "")
        elif entry.kind is Kind.ACTION_ENDED:
            told = self._line(entry, _ending(entry.data), negative=entry.data["outcome"] in BAD)
        elif entry.kind is Kind.DOSE_ENDED:
            told = self._dose(entry)
        elif entry.kind in _PLAIN:
            told = self._line(entry, _PLAIN[entry.kind](entry.data))
        return told

    def _edge(self, entry: Entry, key: ActionKey) -> Told | None:
        text, value = str(key), entry.data["value"]
        before, self._edges[text] = self._edges.get(text), entry
        asked = self._conditions.find(key)
        if asked is None:
            return self._line(entry, f"a condition of {key.item} became {value}", negative=False)
        words = f"{asked.words} ({asked.of}) became {value}"
        held_s = asked.condition.for_s
        broken = before is not None and before.data["value"] == "true" and value != "true"
        if value == "true" and held_s:
            words += f" and has to hold for {moment(held_s)}"
        if broken and before is not None:
            lasted_s = entry.process_s - before.data["since_s"]
            short = lasted_s < held_s
            words += f" after {moment(lasted_s)}"
            words += f" of the {moment(held_s)} it has to hold" if short else ""
        else:
            short = False
        words += f": {entry.data['reason']}" if entry.data.get("reason") else ""
        return self._line(entry, words, rule=asked.rule, negative=short or value == "unknown")

    def _occurrence(self, entry: Entry, key: ActionKey) -> Told | None:
        rule, data = self._conditions.rule_of(key), entry.data
        if entry.kind is Kind.ITEM_BEGAN:
            self._began.add(str(key))
            late = f", {late_by(data['late_s'])}" if data.get("late_s") else ""
            if rule is None:
                return self._line(entry, f"{key.item} began{late}", negative=bool(late))
            why = _because(self._conditions, rule, data)
            queue = ", and waits for the one before" if data.get("queued") else ""
            return self._line(entry, f"rule {rule} fired{late}{why}{queue}", rule=rule)
        reason, outcome = data.get("reason", ""), data["outcome"]
        if rule is not None and str(key) not in self._began:
            plan = self._conditions.rules[rule]
            if reason == "its condition is false" and plan.if_ is not None:
                reason = f"if {phrase(plan.if_)} was false"
            why = _because(self._conditions, rule, data)
            words = f"rule {rule} did not fire{why}: {reason}"
            return self._line(entry, words, rule=rule, negative=True)
        if outcome == "done" and not reason:
            return None
        name = f"rule {rule}" if rule is not None else key.item
        words = ": ".join(filter(None, (f"{name} ended {outcome}", reason)))
        return self._line(entry, words, rule=rule or "", negative=outcome in BAD)

    def _dose(self, entry: Entry) -> Told | None:
        """Of a dose that an action asked for, the action tells."""
        if (entry.key or "").rpartition("/")[0] in self._began:
            return None
        data = entry.data
        words = f"{quantity(data['volume_ml'], 'mL')} of {data['medium']} {data['direction']}"
        cause = self._causes.pop(entry.key or "", "")
        words += f", since {cause}" if cause else ""
        ending = ": ".join(filter(None, (data["outcome"], data.get("reason", ""))))
        return self._line(entry, f"{words}: {ending}", negative=data["outcome"] in BAD)

    def _line(
        self, entry: Entry, text: str, *, rule: str | None = None, negative: bool = False
    ) -> Told:
        key = _key_of(entry)
        if rule is None:
            rule = (self._conditions.rule_of(key) if key is not None else None) or ""
        saw = entry.data.get("saw") or {}
        return Told(
            process_s=entry.process_s,
            wall_s=entry.wall_s,
            vessel=self._vessel,
            kind=entry.kind.value,
            text=f"{text} ({values(saw)})" if saw else text,
            rule=rule,
            key=entry.key or "",
            saw=saw,
            negative=negative,
        )


def _because(conditions: Conditions, rule: str, data: Mapping[str, Any]) -> str:
    """`, since od600 > 1.6 for 10 min`; of what happened, what it was."""
    start = named_starts(conditions.rules[rule]).get(data.get("start", ""))
    return "" if start is None else f", since {start_in_words(start)}"


def _key_of(entry: Entry) -> ActionKey | None:
    try:
        return None if entry.key is None else ActionKey.parse(entry.key)
    except ValueError:
        return None


def _ending(data: Mapping[str, Any]) -> str:
    what = " ".join(filter(None, (data.get("action", ""), data.get("detail", ""))))
    return ": ".join(filter(None, (what, data["outcome"], data.get("reason", ""))))


def _by(data: Mapping[str, Any]) -> str:
    return f" by {data['by']}" if data.get("by") else ""


def _revision(data: Mapping[str, Any]) -> str:
    return f", revision {data['revision']}" if "revision" in data else ""


def _why(data: Mapping[str, Any]) -> str:
    return f": {data['reason']}" if data.get("reason") else ""


def _recovered(data: Mapping[str, Any]) -> str:
    power = ", after power had failed" if data.get("power") else ""
    return (
        f"the worker took the run up again{power}; last sign of life at {moment(data['since_s'])}"
    )


def _overridden(data: Mapping[str, Any]) -> str:
    until = "" if data.get("until_s") is None else f" until {moment(data['until_s'])}"
    return f"{data['setting']} set to {quantity(data['value'])} by hand{_by(data)}{until}"


_PLAIN: Final[Mapping[Kind, Callable[[Mapping[str, Any]], str]]] = {
    Kind.RUN_BEGAN: lambda data: f"the run began{_revision(data)}",
    Kind.RUN_ENDED: lambda data: f"the run ended, {data['state']}{_why(data)}",
    Kind.REVISED: lambda data: f"revision {data['revision']} of the plan holds from here on",
    Kind.CONTROLLED: lambda data: f"{data['wanted']} wanted{_by(data)}",
    Kind.RECOVERED: _recovered,
    Kind.ARRIVED: lambda data: f"waits for its peers before {data['phase']}",
    Kind.PHASE_ENTERED: lambda data: f"{data['phase']} entered, visit {data['visit']}",
    Kind.PHASE_LEAVING: lambda data: f"{data['phase']} is about to be left{_why(data)}",
    Kind.PHASE_LEFT: lambda data: f"{data['phase']} left{_why(data)}",
    Kind.HELD: lambda data: f"the clocks of {data['phase']} stand, held",
    Kind.FREED: lambda data: f"the clocks of {data['phase']} go on{_why(data)}",
    Kind.PAUSED: lambda data: f"paused{_by(data)}{_why(data)}",
    Kind.RESUMED: lambda data: f"resumed{_by(data)}",
    Kind.OVERRIDDEN: _overridden,
    Kind.RELEASED: lambda data: f"{data['setting']} no longer set by hand{_why(data)}",
    Kind.QUESTION: lambda data: f"asked: {data['text']}",
    Kind.ANSWER: lambda data: f"answered{_by(data)}: {data['answer']}",
    Kind.ALERT: lambda data: f"alert: {data['text']}",
    Kind.NOTE: lambda data: f"{data.get('kind') or 'note'}: {data['text']}",
    Kind.DOSE_RESOLVED: lambda data: (
        f"{quantity(data['volume_ml'], 'mL')} by {data['pump']} in truth, "
        f"{quantity(data['counted_ml'], 'mL')} counted before{_by(data)}{_why(data)}"
    ),
    Kind.ACCOUNT: lambda data: (
        f"{quantity(data['volume_ml'], 'mL')} accounted{_by(data)}{_why(data)}"
    ),
    Kind.JOB: lambda data: f"{data['job']} is {data['state']}{_why(data)}",
    Kind.DEVICE: lambda data: f"{data['device']}: {data['state']}{_why(data)}",
    Kind.PICTURE: lambda data: f"picture by {data['camera']}: {data['file']}",
    Kind.EVENT: lambda data: f"{data['event']} {data['name']}{_by(data)}",
}
