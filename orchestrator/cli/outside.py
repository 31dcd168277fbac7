"""`--event TIME=KIND:NAME[=TEXT]`: what a rehearsal brings from outside."""

from __future__ import annotations

from orchestrator.cli.exits import BadRequest
from orchestrator.cli.plan import seconds
from orchestrator.model.awaited import awaited
from orchestrator.model.canonical import plain
from orchestrator.model.event import PAYLOAD_MAX
from orchestrator.model.plan import Plan
from orchestrator.sim.outside import Outside


def outside_of(given: tuple[str, ...], *plans: Plan) -> tuple[Outside, ...]:
    """Read the options; a rule of any of the plans may start on it.

    Raises:
        BadRequest: one of them is not written so, or no rule starts on what it brings.
    """
    return tuple(_read(text, plans) for text in given)


def _read(text: str, plans: tuple[Plan, ...]) -> Outside:
    option = f"--event {text}"
    time, _, rest = text.partition("=")
    what, _, payload = rest.partition("=")
    kind, colon, name = what.partition(":")
    if not colon or not name:
        raise BadRequest(f"{option}: write it as 6h=button:rinse or 2h=topic:lab/door=open")
    known = {each for plan in plans for each in awaited(plain(plan))}
    if (kind, name) not in known:
        listed = ", ".join(sorted(f"{one}:{another}" for one, another in known)) or "nothing"
        raise BadRequest(f"{option}: no rule starts on {kind} {name}; rules start on {listed}")
    if len(payload.encode()) > PAYLOAD_MAX:
        raise BadRequest(f"{option}: at most {PAYLOAD_MAX} bytes can be brought")
    return Outside(at_s=seconds(time, option), event=kind, name=name, payload=payload)
