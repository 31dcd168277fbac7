"""Moves liquid: by its automation, or when an action or a person asks; one exchange at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import inf
from typing import Any, ClassVar

from msgspec import Struct, structs

from orchestrator.control.dilution import Feeds, dilution_rate_per_h, remember_feed
from orchestrator.jobs import dose_requests
from orchestrator.jobs.dose_requests import FEED, Requests
from orchestrator.jobs.exchanges import exchange
from orchestrator.jobs.feeding import Feeding, exchange_ml, fed, rest, wish
from orchestrator.jobs.grid import next_on_grid
from orchestrator.jobs.job import (
    Account,
    Advised,
    Alert,
    Command,
    Exchange,
    Exchanged,
    Requested,
    Signal,
    Step,
    View,
    Withdrawn,
)
from orchestrator.model.media_signals import FRACTION
from orchestrator.model.outcome import Outcome

RETRY_S = 60.0
"""After an exchange that did not work out the automation waits so long."""
RATE_INTERVAL_S = 300.0
"""How often a dilution rate is told while nothing is exchanged."""


FRACTION_DIGITS = 6
"""Beyond them a share that creeps toward its end is not worth a reading."""
NO_COMMANDS: tuple[Command, ...] = ()
NO_REQUESTS = Requests()
NOTHING: Mapping[str, float] = {}


class DosingState(Struct, frozen=True):
    """What the job remembers."""

    requests: Requests = NO_REQUESTS
    feeding: Feeding = Feeding()
    busy: bool = False
    """An exchange is under way."""
    not_before_s: float = -inf
    feeds: Feeds = ()
    told: Account | None = None
    """Account as last published."""
    mixed: Mapping[str, float] = NOTHING
    """Shares of media, and what evaporated, as last published."""
    tell_rate_s: float = inf
    advice: tuple[str, Exchange] | None = None
    """The law of a plugin, and what it wants exchanged next."""


class Dosing:
    """Automations `silent`, `chemostat`, `turbidostat` and `pid`, whose inputs are its settings,
    and the laws of plugins, which tell it what to exchange.

    Signals `volume`, `dosing.dilution_rate` (1/h), `dosing.fed`, `dosing.removed` and
    `dosing.evaporated` (mL), and for each medium `dosing.fraction_<medium>`; actions `dose`,
    `dilute`, `circulate`.
    """

    name: ClassVar[str] = "dosing"
    watches: ClassVar[tuple[str, ...]] = ("od600",)
    signals: ClassVar[Mapping[str, Signal]] = {
        "volume": Signal(),
        "dosing.fed": Signal(device="feed_pump"),
        "dosing.removed": Signal(device="waste_pump"),
        "dosing.evaporated": Signal(),
        "dosing.dilution_rate": Signal(),
    }

    def begin(self, _memory: Mapping[str, Any], _now_s: float) -> DosingState:
        return DosingState()

    def step(self, state: DosingState, view: View, now_s: float) -> Step[DosingState]:
        commands: tuple[Command, ...] = ()
        if view.events:
            state, commands = _take_events(state, view, now_s)
        state, more, look_s = _exchange_if_due(state, view, now_s)
        published = NOTHING
        if state.told is not view.account or now_s >= state.tell_rate_s:
            state, published = _tell(state, view.account, now_s)
        look_s = min(look_s, state.tell_rate_s)
        return Step(state, commands + more, published, look_s)

    def end(self, state: DosingState) -> tuple[Command, ...]:
        return dose_requests.end(state.requests)


def _take_events(
    state: DosingState, view: View, now_s: float
) -> tuple[DosingState, tuple[Command, ...]]:
    commands: tuple[Command, ...] = ()
    for event in view.events:
        more: tuple[Command, ...] = ()
        requests = state.requests
        if isinstance(event, Exchanged):
            state, more = _end_exchange(state, event, now_s)
        elif isinstance(event, Requested):
            requests, more = dose_requests.ask(requests, event)
            state = structs.replace(state, requests=requests)
        elif isinstance(event, Withdrawn):
            requests, more = dose_requests.withdraw(requests, event.key)
            state = structs.replace(state, requests=requests)
        elif isinstance(event, Advised):
            state = _listen(state, event)
        commands += more
    return state, commands


def _listen(state: DosingState, advised: Advised) -> DosingState:
    """What a law wants last is what it wants."""
    exchanges = [each for each in advised.wants if isinstance(each, Exchange)]
    return structs.replace(state, advice=(advised.law, exchanges[-1]) if exchanges else None)


def _end_exchange(
    state: DosingState, ended: Exchanged, now_s: float
) -> tuple[DosingState, tuple[Command, ...]]:
    requests, commands = state.requests, ()  # type: tuple[Requests, tuple[Command, ...]]
    circulating = requests.circulation is not None
    if ended.own:
        requests, commands = dose_requests.exchanged(requests, ended.added_ml, ended.ending)
    feeds = state.feeds
    if ended.added_ml > 0.0:
        feeds = remember_feed(feeds, ended.at_s, ended.added_ml)
    worked = ended.ending.outcome in (Outcome.DONE, Outcome.LATE)
    after = structs.replace(
        state,
        requests=requests,
        feeding=fed(state.feeding, ended.added_ml, ended.own and not circulating),
        busy=False,
        not_before_s=state.not_before_s if worked else now_s + RETRY_S,
        feeds=feeds,
        told=None,
    )
    return after, commands


def _exchange_if_due(
    state: DosingState, view: View, now_s: float
) -> tuple[DosingState, tuple[Command, ...], float]:
    if view.paused:
        requests = state.requests
        if requests is not NO_REQUESTS:
            requests = dose_requests.rest(requests, now_s)
        return structs.replace(state, feeding=rest(state.feeding), requests=requests), (), inf
    wanted = wish(state.feeding, view, now_s)
    feeding, cause, look_s = wanted.feeding, wanted.cause, wanted.look_again_s
    if feeding is not state.feeding:
        state = structs.replace(state, feeding=feeding)
    if state.busy:
        return state, (), look_s
    commands: tuple[Command, ...] = (Alert(text=wanted.trouble),) if wanted.trouble else NO_COMMANDS
    if state.requests is not NO_REQUESTS:
        requests, asked, more = dose_requests.next_exchange(
            state.requests, view.account, exchange_ml(view), now_s
        )
        commands += more
        state = structs.replace(state, requests=requests)
        if asked is not None:
            return _begin(state, asked, commands)
    if state.advice is not None:
        return _follow_advice(state, state.advice, view, commands, now_s)
    if not cause:
        return state, commands, look_s
    if now_s < state.not_before_s:
        return state, commands, min(look_s, state.not_before_s)
    medium = str(view.settings.get("medium") or FEED)
    own = exchange(view.account, exchange_ml(view), medium=medium, cause=cause)
    return _begin(state, own, commands)


def _follow_advice(
    state: DosingState,
    advice: tuple[str, Exchange],
    view: View,
    commands: tuple[Command, ...],
    now_s: float,
) -> tuple[DosingState, tuple[Command, ...], float]:
    """Exchange what a law wants: at least so much is taken out, and what has to be in any case."""
    law, wanted = advice
    if law != view.automation:
        return structs.replace(state, advice=None), commands, inf
    if now_s < state.not_before_s:
        return state, commands, state.not_before_s
    own = exchange(view.account, wanted.add_ml, medium=wanted.medium, cause=wanted.cause or law)
    remove_ml = min(max(own.remove_ml, wanted.remove_ml), view.account.volume_ml)
    return _begin(structs.replace(state, advice=None), replace(own, remove_ml=remove_ml), commands)


def _begin(
    state: DosingState, wanted: Exchange, commands: tuple[Command, ...]
) -> tuple[DosingState, tuple[Command, ...], float]:
    return structs.replace(state, busy=True), (*commands, wanted), inf


def _tell(
    state: DosingState, account: Account, now_s: float
) -> tuple[DosingState, Mapping[str, float]]:
    """Publish what has changed: the volumes when they did, the rate now and then."""
    told = state.told
    if told == account and now_s < state.tell_rate_s:
        return structs.replace(state, told=account), NOTHING
    published: dict[str, float] = {}
    if told is None or told.volume_ml != account.volume_ml:
        published["volume"] = account.volume_ml
    if told is None or told.fed_ml != account.fed_ml:
        published["dosing.fed"] = account.fed_ml
    if told is None or told.removed_ml != account.removed_ml:
        published["dosing.removed"] = account.removed_ml
    if told is None or now_s >= state.tell_rate_s:
        rate_per_h = dilution_rate_per_h(state.feeds, account.nominal_ml, now_s)
        published["dosing.dilution_rate"] = rate_per_h
        tell_rate_s = next_on_grid(now_s, RATE_INTERVAL_S) if rate_per_h > 0.0 else inf
        state = structs.replace(state, tell_rate_s=tell_rate_s)
    mixed = _mixed(account)
    if mixed != state.mixed:
        published |= {name: each for name, each in mixed.items() if state.mixed.get(name) != each}
    return structs.replace(state, told=account, mixed=mixed), published


def _mixed(account: Account) -> dict[str, float]:
    return {"dosing.evaporated": account.evaporated_ml} | {
        f"{FRACTION}{medium}": round(share, FRACTION_DIGITS)
        for medium, share in account.fractions.items()
    }
