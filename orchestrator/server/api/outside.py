"""What happens outside and starts rules: `/api/experiments/{id}/press`, `/api/webhooks/{name}`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from uuid import uuid4

from orchestrator.messages.orders import CommandResult
from orchestrator.model.event import NAME_MAX, PAYLOAD_MAX
from orchestrator.ports.office import OutsideEvent
from orchestrator.server.api.experiments import ONE
from orchestrator.server.idempotency import key_of
from orchestrator.server.problems import Problem
from orchestrator.server.routing import Call, NoQuery, Routes
from orchestrator.server.views.outside import Brought, Press, Told

routes = Routes("events")
DONE: Final = "done"


@routes.post(ONE + "/press", problems=(404, 409))
async def press_button(call: Call[NoQuery, Press]) -> Brought:
    """Press a button that rules of the experiment start on.

    The same `Idempotency-Key` is the same press, also for a worker that had it already.
    """
    pressed = OutsideEvent(kind="button", name=call.body.button, id=_id(call))
    said = await call.services.office.bring(
        call.named("id"), pressed, by=call.actor, vessel=call.body.vessel
    )
    return _brought(said)


@routes.post("/api/webhooks/{name}", problems=(404, 409, 413), text_length_max=PAYLOAD_MAX)
async def call_webhook(call: Call[NoQuery, None]) -> Brought:
    """Start the rules of all that runs which wait for this name.

    The body, text or JSON of at most 4096 bytes, is read as the profile says.
    """
    body = await call.request.read()
    if len(body) > PAYLOAD_MAX or len(call.named("name")) > NAME_MAX:
        raise Problem(413, f"a webhook takes at most {PAYLOAD_MAX} bytes")
    try:
        payload = body.decode()
    except UnicodeDecodeError:
        raise Problem(400, "the body is not UTF-8") from None
    called = OutsideEvent(kind="webhook", name=call.named("name"), id=_id(call), payload=payload)
    return _brought(await call.services.office.bring_to_all(called, by=call.actor))


def _id(call: Call[NoQuery, Press] | Call[NoQuery, None]) -> str:
    """What was sent under one key by one actor is one event."""
    key = key_of(call.request)
    return uuid4().hex if key is None else f"{call.actor}:{key}"


def _brought(said: Mapping[str, CommandResult]) -> Brought:
    """Refused by all is refused; else it is told vessel by vessel.

    Raises:
        Problem: nobody took it up.
    """
    if all(each.outcome != DONE for each in said.values()):
        reasons = dict.fromkeys(each.reason for each in said.values() if each.reason)
        raise Problem(409, "; ".join(reasons) or "no run of it is open")
    return Brought(
        vessels=[
            Told(vessel=vessel, outcome=each.outcome, reason=each.reason)
            for vessel, each in said.items()
        ]
    )
