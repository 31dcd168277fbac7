"""A person who compares the devices of a worker in a session, with the truth at hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from orchestrator.sim.reactor import Reactor as Physics
from orchestrator.worker.service import Worker
from tests.support.worker_rig import REACTOR, World

Truth = Callable[[], float]


async def said(worker: Worker, do: str, **args: Any) -> dict[str, Any]:
    """What the worker answers."""
    return await worker.calibrate.take(REACTOR, {"do": do, **args}, "anna")


async def done(worker: Worker, do: str, **args: Any) -> dict[str, Any]:
    """The same of something that has to work."""
    answered = await said(worker, do, **args)
    assert answered["outcome"] == "done", answered
    result: dict[str, Any] = answered["result"]
    return result


def session_of(worker: Worker) -> dict[str, Any]:
    """The one session, as copies know it."""
    [session] = worker.calibrate.message().sessions
    return {name: getattr(session, name) for name in session.__struct_fields__}


async def act(world: World, worker: Worker, session: str) -> dict[str, Any]:
    """Let the machine do its part, and wait for it."""
    await done(worker, "go", session=session)
    for _ in range(200):
        await world.advance(s=1.0)
        if session_of(worker)["stage"] != "acting":
            return session_of(worker)
    raise AssertionError("the act does not end")


async def compare_pump(world: World, worker: Worker, pump: str = "feed_pump", **args: Any) -> str:
    """All comparisons of a pump, weighed by what really moved."""
    id_ = (await done(worker, "start", device=pump, **args))["session"]["id"]
    while session_of(worker)["stage"] == "preparing":
        before_ml = moved_ml(world, pump)
        await act(world, worker, id_)
        await done(worker, "answer", session=id_, value=moved_ml(world, pump) - before_ml)
    return str(id_)


def moved_ml(world: World, pump: str) -> float:
    world.reactor.advance(world.clock.now().monotonic_s)
    return world.reactor.counters().moved_ml[pump]


def put_in(physics: Physics, od600: float) -> None:
    """A standard instead of the culture."""
    per_g_l = physics.culture.organism.od_per_g_l
    physics.culture.state.biomass_g_l = od600 / per_g_l
