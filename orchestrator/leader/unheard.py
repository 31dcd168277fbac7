"""Topics for which a plan waits in vain: the broker does not let workers read them.

A broker may take every subscription and then stay silent, so no worker can find this out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from orchestrator.model.expression import Const
from orchestrator.model.plan import EventStart, Plan, Slice
from orchestrator.ports.records import NewAlert

EXTERNAL, TOPIC = "external", "_topic"
"""The job that makes signals of topics, and how its settings that name them end."""


def unheard(plan: Plan, opens: Callable[[str], bool]) -> dict[str, str]:
    """Give those topics, each with what comes of it for the first that waits for it."""
    found: dict[str, str] = {}
    for slice_ in plan.vessels:
        for topic, loss in _awaited(slice_):
            if not opens(topic):
                found.setdefault(topic, loss)
    return found


def alert_of(topic: str, loss: str, experiment: str, at_wall_s: float) -> NewAlert:
    """What people are told, and what they can do."""
    return NewAlert(
        text=f"the broker does not let workers read {topic}, so {loss}: start the broker with "
        f"--readable-topics '{topic}'",
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
                yield start.name, f"the rule {rule.item} never starts on it"
    for jobs in (slice_.jobs, *(phase.jobs for phase in slice_.phases)):
        settings = jobs[EXTERNAL].settings if EXTERNAL in jobs else {}
        for name, value in settings.items():
            if name.endswith(TOPIC) and isinstance(value, Const) and value.value:
                signal = f"{EXTERNAL}.{name.removesuffix(TOPIC)}"
                yield str(value.value), f"{signal} never has a value"
