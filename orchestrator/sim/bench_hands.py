"""What hands can do at a simulated bench, and what only its maker can see."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any, Final

from orchestrator.sim.reactor import Reactor

Hand = Callable[[Reactor, float, Mapping[str, Any]], dict[str, Any]]


def do(reactor: Reactor, verb: str, args: Mapping[str, Any], now_s: float) -> dict[str, Any]:
    """Do one thing at one reactor.

    Raises:
        KeyError, TypeError, ValueError: it cannot be done.
    """
    if verb not in VERBS:
        raise KeyError(f"nobody can {verb} here; there are {', '.join(VERBS)}")
    return VERBS[verb](reactor, now_s, args)


def _inoculate(reactor: Reactor, now_s: float, args: Mapping[str, Any]) -> dict[str, Any]:
    """With the organism's own inoculum, or so many grams a litre."""
    reactor.inoculate(now_s, args.get("biomass_g_l"))
    return {}


def _sample(reactor: Reactor, now_s: float, args: Mapping[str, Any]) -> dict[str, Any]:
    return {"taken_ml": reactor.remove_sample(float(args["volume_ml"]), now_s)}


def _truth(reactor: Reactor, now_s: float, _: Mapping[str, Any]) -> dict[str, Any]:
    return reactor.truth(now_s) | {"now_s": now_s}


def _counters(reactor: Reactor, now_s: float, _: Mapping[str, Any]) -> dict[str, Any]:
    reactor.advance(now_s)
    return asdict(reactor.counters()) | {
        "now_s": now_s,
        "duties": {name: output.duty for name, output in reactor.outputs.items()},
    }


def _snapshot(reactor: Reactor, now_s: float, _: Mapping[str, Any]) -> dict[str, Any]:
    reactor.advance(now_s)
    return reactor.snapshot()


def _stick(reactor: Reactor, now_s: float, args: Mapping[str, Any]) -> dict[str, Any]:
    reactor.stick(args["output"], args.get("duty"), now_s)
    return {}


def _miscalibrate(reactor: Reactor, now_s: float, args: Mapping[str, Any]) -> dict[str, Any]:
    reactor.miscalibrate(args["pump"], float(args["error_factor"]), now_s)
    return {}


def _break_sensor(reactor: Reactor, _: float, args: Mapping[str, Any]) -> dict[str, Any]:
    """`dead: true`, or `stuck_at: value`; neither mends it."""
    sensor = reactor.sensors[args["sensor"]]
    sensor.dead, sensor.stuck_at = bool(args.get("dead")), args.get("stuck_at")
    return {}


def _break_camera(reactor: Reactor, _: float, args: Mapping[str, Any]) -> dict[str, Any]:
    """`dead: true`; false mends it."""
    (reactor.blind.add if args.get("dead") else reactor.blind.discard)(args["camera"])
    return {}


VERBS: Final[Mapping[str, Hand]] = {
    "inoculate": _inoculate,
    "sample": _sample,
    "truth": _truth,
    "counters": _counters,
    "snapshot": _snapshot,
    "stick": _stick,
    "miscalibrate": _miscalibrate,
    "break_sensor": _break_sensor,
    "break_camera": _break_camera,
}
