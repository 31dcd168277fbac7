"""Topics that rules of a plan wait for in vain: the broker does not let workers read them.

A broker may take every subscription and then stay silent, so no worker can find this out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from orchestrator.model.plan import EventStart, Plan, Slice
from orchestrator.ports.records import NewAlert


def unheard(plan: Plan, opens: Callable[[str], bool]) -> dict[str, str]:
    """Give those topics, each with the first rule that waits for it."""
    found: dict[str, str] = {}
    for slice_ in plan.vessels:
        for topic, rule in _awaited(slice_):
            if not opens(topic):
                found.setdefault(topic, rule)
    return found


def alert_of(topic: str, rule: str, experiment: str, at_wall_s: float) -> NewAlert:
    """What people are told, and what they can do."""
    return NewAlert(
        text=f"the broker does not let workers read {topic}, so the rule {rule} never starts on "
        f"it: start the broker with --readable-topics '{topic}'",
        severity="warning",
        source="topic",
        at_wall_s=at_wall_s,
        identity=f"unheard:{experiment}:{topic}",
        experiment=experiment,
    )


def _awaited(slice_: Slice) -> Iterator[tuple[str, str]]:
    rules = [*slice_.rules, *(rule for phase in slice_.phases for rule in phase.rules)]
    for rule in rules:
        for start in rule.starts:
            if isinstance(start, EventStart) and start.event == "topic":
                yield start.name, rule.item
