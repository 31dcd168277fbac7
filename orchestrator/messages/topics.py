"""Topics: everything stands under `axenic/v1/<worker>/`."""

from __future__ import annotations

ROOT = "axenic/v1"


def state(worker: str) -> str:
    """Retained; the last will sets it to `lost`."""
    return f"{ROOT}/{worker}/state"


def plan(worker: str) -> str:
    """Retained, QoS 1: all that this worker is to run."""
    return f"{ROOT}/{worker}/plan"


def plan_accepted(worker: str) -> str:
    """The worker's answer, run by run, with the plan's hash."""
    return f"{ROOT}/{worker}/plan/accepted"


def command(worker: str) -> str:
    """What a person asks for now; answered on `command_result`."""
    return f"{ROOT}/{worker}/command"


def command_result(worker: str, command_id: str) -> str:
    """What came of a command."""
    return f"{ROOT}/{worker}/command/{command_id}/result"


def live(worker: str, reactor: str, job: str, name: str) -> str:
    """Retained, QoS 0, a plain number: for eyes and for Home Assistant."""
    return f"{ROOT}/{worker}/live/{reactor}/{job}/{name}"


def outbox(worker: str) -> str:
    """QoS 1 batches, numbered by the worker."""
    return f"{ROOT}/{worker}/outbox"


def outbox_accepted(worker: str) -> str:
    """Ranges that are committed in the store; only then does the worker forget them."""
    return f"{ROOT}/{worker}/outbox/accepted"


def capabilities(worker: str) -> str:
    """Retained: reactors, sensors, pumps, calibrations, jobs, versions."""
    return f"{ROOT}/{worker}/capabilities"


def calibrations(worker: str) -> str:
    """Retained: what the worker's devices were compared with, and the sessions that are open."""
    return f"{ROOT}/{worker}/calibrations"


def log(worker: str) -> str:
    """The worker's own log, for whoever watches now."""
    return f"{ROOT}/{worker}/log"


def announce(worker: str, attempt: str, vessel: str) -> str:
    """Retained: what a vessel tells its peers (phases left, requests to pause)."""
    return f"{ROOT}/{worker}/announce/{attempt}/{vessel}"


def every_worker(what: str) -> str:
    """A subscription to one kind of message of all workers, `every_worker("state")`."""
    return f"{ROOT}/+/{what}"


def worker_of(topic: str) -> str:
    """The worker that a topic belongs to.

    Raises:
        ValueError: if the topic is not one of ours.
    """
    if not topic.startswith(f"{ROOT}/"):
        raise ValueError(f"{topic} is not below {ROOT}/")
    return topic.removeprefix(f"{ROOT}/").split("/", 1)[0]


def worker_may_write(worker: str) -> tuple[str, ...]:
    """Filters for the broker's access list."""
    base = f"{ROOT}/{worker}"
    return (
        f"{base}/state",
        f"{base}/plan/accepted",
        f"{base}/command/+/result",
        f"{base}/live/#",
        f"{base}/outbox",
        f"{base}/capabilities",
        f"{base}/calibrations",
        f"{base}/log",
        f"{base}/announce/#",
    )


def worker_may_read(worker: str) -> tuple[str, ...]:
    """Its own orders, and what its peers announce and show."""
    base = f"{ROOT}/{worker}"
    return (
        f"{base}/plan",
        f"{base}/command",
        f"{base}/outbox/accepted",
        f"{ROOT}/+/announce/#",
        f"{ROOT}/+/live/#",
    )
