"""What starts a rule, with the inputs put in."""

from __future__ import annotations

from orchestrator.model import plan, profile
from orchestrator.planning.conditions import plan_condition
from orchestrator.planning.scope import Scope


def plan_start(scope: Scope, start: profile.Start) -> plan.Start:
    """Plan one start of a rule."""
    at = start.source
    match start:
        case profile.WhenStart():
            return plan.WhenStart(
                when=plan_condition(scope, start.when, at),
                again_s=scope.maybe_number(start.again_s, at, "again", least=1.0),
            )
        case profile.AtStart():
            return plan.AtStart(at_s=scope.number(start.at_s, at, "at"))
        case profile.EveryStart():
            return _every(scope, start)
        case profile.CronStart():
            chosen = scope.schedule(start.cron, at)
            if isinstance(chosen, float):
                return plan.EveryStart(every_s=chosen)
            return plan.CronStart(cron=chosen, timezone=start.timezone or scope.timezone)
        case profile.EventStart():
            return plan.EventStart(
                event=start.event,
                name=start.name,
                state=start.state,
                for_s=scope.maybe_number(start.for_s, at, "for") or 0.0,
                payload=start.payload,
            )


def _every(scope: Scope, start: profile.EveryStart) -> plan.EveryStart:
    at = start.source
    count = scope.maybe_number(start.count, at, "count")
    return plan.EveryStart(
        every_s=scope.number(start.every_s, at, "every", least=1.0),
        from_s=scope.maybe_number(start.from_s, at, "from"),
        until_s=scope.maybe_number(start.until_s, at, "until"),
        count=None if count is None else int(count),
    )
