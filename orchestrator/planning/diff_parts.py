"""What changes among parts that are known by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from orchestrator.model.canonical import content_of
from orchestrator.model.plan import JobPlan, RulePlan
from orchestrator.planning.difference import Change, Kind, Part
from orchestrator.planning.part_words import job_in_words, rule_in_words

Words = Callable[[Any], str]


def diff_named(
    vessel: str,
    kind: Kind,
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    words: Words = str,
    *,
    phase: str = "",
    past: Callable[[Any], bool] = lambda _: False,
) -> Iterator[Part]:
    """Compare what is known by name, in the order of the old plan, what is new last."""
    for name in dict.fromkeys((*old, *new)):
        before, after = old.get(name), new.get(name)
        change = _change(before, after)
        told = ["" if each is None else words(each) for each in (before, after)]
        if change in ("unchanged", "changed") and told[0] == told[1]:
            told = ["", ""]
        over = all(past(each) for each in (before, after) if each is not None)
        yield part_of(vessel, phase, kind, name, change, told[0], told[1], past=over)


def diff_rules(
    vessel: str,
    phase: str,
    old: Iterable[RulePlan],
    new: Iterable[RulePlan],
    units: Mapping[str, str],
    *,
    over: bool = False,
) -> Iterator[Part]:
    """Rules by their identity."""
    rules = [{each.item: each for each in some} for some in (old, new)]
    yield from diff_named(
        vessel,
        "rule",
        rules[0],
        rules[1],
        lambda rule: rule_in_words(rule, units),
        phase=phase,
        past=lambda _: over,
    )


def diff_jobs(
    vessel: str,
    phase: str,
    old: Mapping[str, JobPlan],
    new: Mapping[str, JobPlan],
    units: Mapping[str, str],
    *,
    over: bool = False,
) -> Iterator[Part]:
    """Of a job that both have only the settings are told that differ."""
    for name in dict.fromkeys((*old, *new)):
        before, after = old.get(name), new.get(name)
        change = _change(before, after)
        told = ["", ""]
        if change != "unchanged":
            same = _same_settings(before, after) if before and after else frozenset[str]()
            told = [
                "" if job is None else job_in_words(name, job, units, without=same)
                for job in (before, after)
            ]
        yield part_of(vessel, phase, "job", name, change, told[0], told[1], past=over)


def part_of(
    vessel: str,
    phase: str,
    kind: Kind,
    name: str,
    change: Change,
    before: str = "",
    after: str = "",
    *,
    past: bool,
) -> Part:
    """Write a part down."""
    return Part(
        vessel=vessel,
        phase=phase,
        kind=kind,
        name=name,
        change=change,
        before=before,
        after=after,
        past=past,
    )


def _change(before: Any, after: Any) -> Change:
    if before is None:
        return "new"
    if after is None:
        return "removed"
    return "unchanged" if content_of(before) == content_of(after) else "changed"


def _same_settings(before: JobPlan, after: JobPlan) -> frozenset[str]:
    return frozenset(
        name
        for name, value in before.settings.items()
        if content_of(value) == content_of(after.settings.get(name))
    )
