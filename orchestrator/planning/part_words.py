"""Parts of a plan in a line for people: what they do, and when."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from orchestrator.execution.arguments import planned, planned_move
from orchestrator.execution.describe import Units, detail, duration, of_step, quantity
from orchestrator.execution.phrase import phrase
from orchestrator.model.expression import Const, Expression
from orchestrator.model.plan import (
    AtPlan,
    Barrier,
    Condition,
    CronPlan,
    EveryPlan,
    EveryStart,
    Hold,
    ItemPlan,
    JobPlan,
    LoopPlan,
    RampPlan,
    RulePlan,
    ShapePlan,
    StepPlan,
    Timeout,
)
from orchestrator.planning.in_words import start_in_words, starts_in_words


def item_in_words(item: ItemPlan, units: Units) -> str:
    """`every 4 h: set stirring.target 800 rpm; wait 2 min`."""
    if isinstance(item, RampPlan | ShapePlan):
        moment = f"at {duration(item.at_s)}: " if item.at_s else ""
        return f"{moment}{item.kind} {detail(item.kind, planned_move(item), units)}{_if(item.if_)}"
    return f"{_moments(item)}{_if(item.if_)}: {steps_in_words(item.steps, units)}"


def rule_in_words(rule: RulePlan, units: Units) -> str:
    """`od600 > 1.6 for 10 min: pause`."""
    mode = "" if rule.mode == "single" else f" ({rule.mode})"
    return f"{starts_in_words(rule)}{mode}: {steps_in_words(rule.steps, units)}"


def job_in_words(
    name: str, job: JobPlan, units: Units, without: Collection[str] = frozenset()
) -> str:
    """`turbidostat, target_od600 0.8, exchange 1 mL`, without the settings that are left out."""
    settings = [
        f"{setting} {_value(value, units.get(f'{name}.{setting}', ''))}"
        for setting, value in sorted(job.settings.items())
        if setting not in without
    ]
    return ", ".join(filter(None, (job.automation, *settings)))


def steps_in_words(steps: Iterable[StepPlan], units: Units) -> str:
    """The steps of a list, one after the other; what stands within them is not told."""
    return "; ".join(
        " ".join(filter(None, (step.op, of_step(step, _told(step), units)))) + _if(step.if_)
        for step in steps
    )


def phase_part_in_words(value: object, units: Units) -> str:
    """One of the things that a phase says of itself."""
    match value:
        case Condition(when=when, for_s=for_s):
            return phrase(when) + (f" for {duration(for_s)}" if for_s else "")
        case Timeout(after_s=after_s, then=then):
            return f"after {duration(after_s)}: {then}"
        case Hold(while_=while_, max_s=max_s):
            return f"while {phase_part_in_words(while_, units)}, at most {duration(max_s)}"
        case Barrier(peers=peers, after_s=after_s, then=then):
            return f"with {', '.join(peers)}; after {duration(after_s)}: {then}"
        case float():
            return duration(value)
        case tuple():
            return steps_in_words(value, units)
        case _:
            return ""


def loop_in_words(loop: LoopPlan) -> str:
    """`grow to rest, 5 times`."""
    until = "" if loop.until is None else f" or until {phrase(loop.until)}"
    return f"{loop.first} to {loop.last}, {loop.count} times{until}"


def mapping_in_words(values: Mapping[str, object]) -> str:
    """`stirring keep, temperature stop`."""
    return ", ".join(f"{name} {value}" for name, value in sorted(values.items()))


def _moments(item: AtPlan | EveryPlan | CronPlan) -> str:
    match item:
        case AtPlan(at_s=at_s):
            return f"at {duration(at_s)}"
        case CronPlan(cron=cron, timezone=timezone):
            return f"cron {cron} in {timezone}"
        case EveryPlan():
            return start_in_words(_start_of(item))


def _start_of(item: EveryPlan) -> EveryStart:
    """The same moments, as a rule would have them."""
    return EveryStart(
        every_s=item.every_s, from_s=item.from_s, until_s=item.until_s, count=item.count
    )


def _told(step: StepPlan) -> dict[str, object]:
    """What is known of a step beforehand; which branch it takes is not."""
    return {} if step.op in ("if", "choose") else planned(step)


def _if(condition: Expression | None) -> str:
    return "" if condition is None else f" if {phrase(condition)}"


def _value(value: Expression, unit: str) -> str:
    return quantity(value.value, unit) if isinstance(value, Const) else phrase(value)
