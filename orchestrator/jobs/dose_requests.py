"""What people and plans ask of dosing, first come, first served: dose, dilute, circulate."""

from __future__ import annotations

from typing import NamedTuple

from orchestrator.jobs.exchanges import exchange
from orchestrator.jobs.job import Account, Command, Exchange, Finish, Requested
from orchestrator.model.outcome import Ending, Outcome

FEED = "feed"
WAITING_MAX = 50


class Circulation(NamedTuple):
    """Exchanges one after the other, for a time."""

    key: str
    until_s: float
    portion_ml: float
    medium: str = FEED
    exchanged_ml: float = 0.0
    left_s: float | None = None
    """While paused: how much of its time is still to come."""


class Requests(NamedTuple):
    """What is still to be done."""

    waiting: tuple[Requested, ...] = ()
    circulation: Circulation | None = None


Answer = tuple[Requests, tuple[Command, ...]]


def ask(requests: Requests, asked: Requested) -> Answer:
    """Take a request in, or refuse it."""
    reason = _reason_against(requests, asked)
    if reason:
        return requests, (finish(asked.key, Outcome.REFUSED, reason),)
    return requests._replace(waiting=(*requests.waiting, asked)), ()


def withdraw(requests: Requests, key: str) -> Answer:
    """Forget a request that has not begun; what is in the pumps is finished."""
    circulation = requests.circulation
    if circulation is not None and circulation.key == key:
        return requests._replace(circulation=None), (_circulated(circulation, Outcome.SKIPPED),)
    waiting = tuple(each for each in requests.waiting if each.key != key)
    if len(waiting) == len(requests.waiting):
        return requests, ()
    return requests._replace(waiting=waiting), (finish(key, Outcome.SKIPPED, "cancelled"),)


def rest(requests: Requests, now_s: float) -> Requests:
    """Let a circulation's time stand while the vessel is paused, as every wait's does."""
    circulation = requests.circulation
    if circulation is None or circulation.left_s is not None:
        return requests
    left_s = max(0.0, circulation.until_s - now_s)
    return requests._replace(circulation=circulation._replace(left_s=left_s))


def next_exchange(
    requests: Requests, account: Account, portion_ml: float, now_s: float
) -> tuple[Requests, Exchange | None, tuple[Command, ...]]:
    """Return the next thing to pump for somebody, if there is one."""
    circulation = requests.circulation
    if circulation is not None:
        if circulation.left_s is not None:
            circulation = circulation._replace(until_s=now_s + circulation.left_s, left_s=None)
            requests = requests._replace(circulation=circulation)
        if now_s < circulation.until_s:
            portion = exchange(
                account,
                circulation.portion_ml,
                medium=circulation.medium,
                cause="circulating on request",
            )
            return requests, portion, ()
        return requests._replace(circulation=None), None, (_circulated(circulation, Outcome.DONE),)
    if not requests.waiting:
        return requests, None, ()
    asked, rest = requests.waiting[0], requests.waiting[1:]
    if asked.action == "circulate":
        until_s = now_s + float(asked.args["duration_s"])
        medium = str(asked.args.get("medium") or FEED)
        begun = Requests(rest, Circulation(asked.key, until_s, portion_ml, medium))
        return next_exchange(begun, account, portion_ml, now_s)
    return requests._replace(waiting=rest), _wanted(asked, account), ()


def exchanged(requests: Requests, added_ml: float, ending: Ending) -> Answer:
    """Take in how an exchange of ours ended; a circulation that cannot go on ends with it."""
    circulation = requests.circulation
    if circulation is None:
        return requests, ()
    circulation = circulation._replace(exchanged_ml=circulation.exchanged_ml + added_ml)
    if ending.outcome in (Outcome.DONE, Outcome.LATE):
        return requests._replace(circulation=circulation), ()
    ended = _circulated(circulation, ending.outcome, ending.reason)
    return requests._replace(circulation=None), (ended,)


def end(requests: Requests) -> tuple[Command, ...]:
    """Say of everything that was still to be done that it will not be."""
    reason = "dosing was stopped"
    told = tuple(finish(each.key, Outcome.SKIPPED, reason) for each in requests.waiting)
    if requests.circulation is None:
        return told
    return (_circulated(requests.circulation, Outcome.SKIPPED, reason), *told)


def finish(key: str, outcome: Outcome, reason: str) -> Finish:
    """Return how a request ended."""
    return Finish(key=key, ending=Ending(outcome=outcome, reason=reason))


def _wanted(asked: Requested, account: Account) -> Exchange:
    """A dose only adds, and the guard refuses what would not fit; to dilute is to exchange."""
    volume_ml = float(asked.args["volume_ml"])
    medium, cause = str(asked.args.get("medium") or FEED), f"{asked.action} on request"
    if asked.action == "dose":
        return Exchange(remove_ml=0.0, add_ml=volume_ml, medium=medium, key=asked.key, cause=cause)
    return exchange(account, volume_ml, medium=medium, key=asked.key, cause=cause)


def _reason_against(requests: Requests, asked: Requested) -> str:
    if asked.action not in ("dose", "dilute", "circulate"):
        return f"dosing cannot {asked.action}"
    amount = "duration_s" if asked.action == "circulate" else "volume_ml"
    if not float(asked.args.get(amount) or 0.0) > 0.0:
        return f"{asked.action} needs a positive {amount}"
    if len(requests.waiting) >= WAITING_MAX:
        return f"{WAITING_MAX} requests are waiting already"
    return ""


def _circulated(circulation: Circulation, outcome: Outcome, reason: str = "") -> Finish:
    if outcome is Outcome.SKIPPED and not reason:
        reason = "cancelled"
    return Finish(
        key=circulation.key,
        ending=Ending(outcome=outcome, reason=reason),
        result={"exchanged_ml": circulation.exchanged_ml},
    )
