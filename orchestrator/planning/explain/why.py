"""Why a rule did or did not fire at a moment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from orchestrator.execution.bands import CONTEXT
from orchestrator.execution.occurrences import EPSILON_S
from orchestrator.execution.phrase import phrase
from orchestrator.execution.program import named_starts
from orchestrator.model.expression import signals_of
from orchestrator.model.key import ActionKey
from orchestrator.model.ledger import Entry, Kind
from orchestrator.model.plan import RulePlan, Slice, Start, WhenStart
from orchestrator.planning.explain.conditions import Conditions, home_of
from orchestrator.planning.explain.told import Verdict, moment, values
from orchestrator.planning.in_words import start_in_words

NEAR_S: Final = 30.0
"""A firing so close to the moment that was asked for is meant by it."""


@dataclass(slots=True)
class _Past:
    """What the ledger tells of the time before a moment, as far as rules go."""

    phase: str | None = None
    paused_s: float | None = None
    paused_why: str = ""
    ended_s: float | None = None
    edges: dict[str, Entry] = field(default_factory=dict)
    """The newest of each condition."""
    taken: dict[str, Entry] = field(default_factory=dict)
    """The newest firing of each rule, those that came to nothing included."""


def rules_of(slice_: Slice) -> tuple[str, ...]:
    """The rules that a vessel has: `dense`, or `grow/dense` of a phase."""
    return tuple(Conditions(slice_).rules)


def signals_for(slice_: Slice, rule: str | None = None) -> tuple[str, ...]:
    """The signals that a rule, or all of them, go by."""
    rules = Conditions(slice_).rules
    plans = rules.values() if rule is None else [rules[rule]]
    return tuple(sorted({name for plan in plans for name in _reads(plan)}))


def verdicts(
    slice_: Slice,
    entries: Iterable[Entry],
    at_s: float,
    measured: Mapping[str, Any],
    rule: str | None = None,
) -> list[Verdict]:
    """Of each rule, or of one.

    `measured` holds the signals' values at that moment, where there were any.
    """
    conditions = Conditions(slice_)
    ledger = list(entries)
    past = _past(conditions, ledger, at_s)
    names = [rule] if rule is not None else list(conditions.rules)
    return [
        _verdict(slice_.vessel, conditions, past, ledger, at_s, measured, name) for name in names
    ]


def _verdict(
    vessel: str,
    conditions: Conditions,
    past: _Past,
    ledger: list[Entry],
    at_s: float,
    measured: Mapping[str, Any],
    rule: str,
) -> Verdict:
    plan = conditions.rules[rule]
    saw = {name: measured.get(name) for name in _reads(plan)}
    taken = past.taken.get(rule)
    near = taken is not None and at_s - taken.process_s <= NEAR_S
    fired = near and taken is not None and taken.kind is Kind.ITEM_BEGAN
    if fired and taken is not None:
        saw = {**saw, **(taken.data.get("saw") or {})}
        start = named_starts(plan).get(taken.data.get("start", ""))
        since = "" if start is None else f" since {start_in_words(start)}"
        text = f"{rule} fired at {moment(taken.process_s)}{since}"
        text += f" ({values(saw)})" if saw else ""
    else:
        reasons = _reasons(conditions, past, ledger, at_s, saw, rule)
        text = f"{rule} did not fire at {moment(at_s)}: {'; '.join(reasons)}"
    return Verdict(process_s=at_s, vessel=vessel, rule=rule, fired=fired, text=text, saw=saw)


def _reasons(
    conditions: Conditions,
    past: _Past,
    ledger: list[Entry],
    at_s: float,
    saw: Mapping[str, Any],
    rule: str,
) -> list[str]:
    plan, home = conditions.rules[rule], home_of(rule)
    if past.ended_s is not None:
        return [f"the run had ended at {moment(past.ended_s)}"]
    if home is not None and past.phase != home:
        return [f"it lives in {home}, and the vessel was in {past.phase or 'no phase yet'}"]
    if past.paused_s is not None and not plan.while_paused:
        why = f" ({past.paused_why})" if past.paused_why else ""
        return [f"the vessel was paused since {moment(past.paused_s)}{why}"]
    taken = past.taken.get(rule)
    found = []
    for name, start in named_starts(plan).items():
        if isinstance(start, WhenStart):
            edge = past.edges.get(f"{rule}@{name}")
            found.append(_of_when(start, edge, taken, ledger, at_s, saw, plan))
        else:
            found.append(_of_other(name, start, taken, at_s, plan))
    return found


def _of_other(name: str, start: Start, taken: Entry | None, at_s: float, plan: RulePlan) -> str:
    """Of a start that is a moment, or something that happens."""
    last = taken is not None and taken.data.get("start") == name
    if taken is None or not last:
        before = ""
    elif taken.kind is Kind.ITEM_BEGAN:
        before = f"; it last fired at {moment(taken.process_s)}"
    elif at_s - taken.process_s <= NEAR_S:
        return _refused(taken, plan)
    else:
        before = f"; {_refused(taken, plan)}"
    return f"nothing started it then{before}; it starts {start_in_words(start)}"


def _of_when(
    start: WhenStart,
    edge: Entry | None,
    taken: Entry | None,
    ledger: list[Entry],
    at_s: float,
    saw: Mapping[str, Any],
    plan: RulePlan,
) -> str:
    words, known = phrase(start.when.when), {k: v for k, v in saw.items() if v is not None}
    seen = values({name: v for name, v in known.items() if name in signals_of(start.when.when)})
    if edge is None:
        return f"{words} was unknown from the beginning: {_missing(start, saw)}"
    since = f"since {moment(edge.process_s)}"
    if edge.data["value"] == "unknown":
        return f"{words} was unknown {since}: {edge.data.get('reason', '')}"
    if edge.data["value"] == "false":
        return f"{', so '.join(filter(None, (seen, f'{words} was false')))} {since}"
    begun_s = edge.data["since_s"]
    held_s, for_s = at_s - begun_s, start.when.for_s
    seen = seen or values(edge.data.get("saw") or {})
    if held_s < for_s - EPSILON_S:
        text = f"{seen}, so {words} was true" if seen else f"{words} was true"
        text += f", but only for {moment(held_s)} of the {moment(for_s)} it has to hold"
        broken = _broken(ledger, edge, begun_s + for_s)
        return text if broken is None else f"{text}; at {moment(broken)} it was over"
    if taken is None or taken.process_s < begun_s:
        return f"{words} was true {since}, and the rule had not been asked yet"
    if taken.kind is Kind.ITEM_BEGAN:
        again = "" if start.again_s is None else f", and again every {moment(start.again_s)}"
        return (
            f"it had fired at {moment(taken.process_s)} already{again}, and does so anew only "
            f"after {words} was false"
        )
    return f"{_refused(taken, plan)}, and is asked anew only after {words} was false"


def _refused(taken: Entry, plan: RulePlan) -> str:
    reason = taken.data.get("reason", "")
    if reason == "its condition is false" and plan.if_ is not None:
        reason = f"if {phrase(plan.if_)} was false"
    seen = values(taken.data.get("saw") or {})
    return f"at {moment(taken.process_s)} {reason}{f' ({seen})' if seen else ''}"


def _missing(start: WhenStart, saw: Mapping[str, Any]) -> str:
    names = sorted(signals_of(start.when.when) - CONTEXT)
    missing = [name for name in names if saw.get(name) is None]
    return f"{', '.join(missing or names)} had no value yet"


def _broken(ledger: list[Entry], edge: Entry, before_s: float) -> float | None:
    """When a condition was over before it had held for long enough."""
    for entry in ledger:
        of_it = entry.kind is Kind.CONDITION and entry.key == edge.key
        if of_it and edge.process_s < entry.process_s < before_s:
            return entry.process_s
    return None


def _past(conditions: Conditions, ledger: Iterable[Entry], at_s: float) -> _Past:
    past = _Past()
    for entry in ledger:
        if entry.process_s > at_s:
            break
        if entry.kind is Kind.PHASE_ENTERED:
            past.phase = entry.data["phase"]
            _begin_anew(past)
        elif entry.kind is Kind.PAUSED:
            past.paused_s, past.paused_why = entry.process_s, entry.data.get("reason", "")
        elif entry.kind is Kind.RESUMED:
            past.paused_s = None
        elif entry.kind is Kind.RUN_ENDED:
            past.ended_s = entry.process_s
        elif entry.kind in (Kind.CONDITION, Kind.ITEM_BEGAN, Kind.ITEM_ENDED):
            _note(conditions, past, entry)
    return past


def _begin_anew(past: _Past) -> None:
    """A rule of a phase knows nothing of an earlier visit."""
    past.edges = {k: v for k, v in past.edges.items() if home_of(k) != past.phase}
    past.taken = {k: v for k, v in past.taken.items() if home_of(k) != past.phase}


def _note(conditions: Conditions, past: _Past, entry: Entry) -> None:
    key = ActionKey.parse(entry.key or "")
    rule = conditions.rule_of(key)
    if rule is None or key.path:
        return
    if entry.kind is Kind.CONDITION:
        past.edges[f"{rule}@{key.occurrence}"] = entry
    elif entry.kind is Kind.ITEM_BEGAN or "start" in entry.data:
        past.taken[rule] = entry


def _reads(plan: RulePlan) -> list[str]:
    found: set[str] = set() if plan.if_ is None else set(signals_of(plan.if_))
    for start in plan.starts:
        if isinstance(start, WhenStart):
            found |= signals_of(start.when.when)
    return sorted(found - CONTEXT)
