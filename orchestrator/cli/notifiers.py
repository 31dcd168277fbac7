"""Who tells people of alerts: services by their URLs, and notifiers that plugins bring."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from orchestrator.cli.exits import BadRequest
from orchestrator.cli.recipients import Recipient
from orchestrator.ports.routes import SEVERITIES, Quiet, Route, Routed, at_least

if TYPE_CHECKING:
    from orchestrator.plugin_host.notifier import HostedNotifier
    from orchestrator.ports.notifier import Notifier

PLUGIN = "plugin://"
EVERY_S = 10.0
"""Between two messages of a route that says nothing else."""


@asynccontextmanager
async def notifying(
    recipients: Sequence[Recipient], timezone: str = "UTC"
) -> AsyncIterator[Sequence[Routed]]:
    """The routes to all of these, each with what takes messages along it.

    Raises:
        BadRequest: no plugin brings a notifier of that name, or two routes have one name.
    """
    routes: dict[str, Routed] = {}
    async with AsyncExitStack() as stack:
        for each in recipients:
            route = route_of(each, timezone)
            if route.name in routes:
                raise BadRequest(f"two routes for alerts are called {route.name}")
            notifier = await _notifier(_urls(each), stack)
            routes[route.name] = Routed(route=route, notifier=notifier)
        yield tuple(routes.values())


def route_of(recipient: Recipient, timezone: str) -> Route:
    """What a URL, or an item of `notifications:`, says of whom to tell of what."""
    said = recipient if isinstance(recipient, Mapping) else {}
    urls = _urls(recipient)
    quiet = said.get("quiet")
    return Route(
        name=said.get("name") or _name_of(urls),
        to=tuple(f"{url.partition('://')[0]}://…" for url in urls),
        severities=_severities(said.get("severity", SEVERITIES[0])),
        users=frozenset(said.get("users", ())),
        quiet=_quiet(quiet, timezone) if quiet else None,
        every_s=_seconds(said.get("every", EVERY_S)),
        resolved=bool(said.get("resolved", False)),
        timezone=(quiet or {}).get("timezone", timezone),
    )


def hosted_notifier(url: str) -> HostedNotifier:
    """The notifier that `plugin://NAME?KEY=VALUE` names; it finds the values among its options."""
    from orchestrator.cli.guests import part_config
    from orchestrator.documents.catalogue import load_offer
    from orchestrator.plugin_host.notifier import HostedNotifier

    said = urlsplit(url)
    known = {
        notifier.name: (plugin, notifier)
        for plugin in load_offer().plugins
        for notifier in plugin.notifiers.values()
    }
    if said.netloc not in known:
        there = f"there are {', '.join(known)}" if known else "there are none"
        raise BadRequest(f"no plugin brings a notifier {said.netloc}; {there}")
    plugin, notifier = known[said.netloc]
    config = part_config(plugin, notifier, "", dict(parse_qsl(said.query)))
    return HostedNotifier(config, notifier.within_s)


async def _notifier(urls: Sequence[str], stack: AsyncExitStack) -> Notifier:
    """One that is content when somebody has it."""
    from orchestrator.notify.several import Several

    notifiers = list(_notifiers(urls))
    for each in notifiers:
        stack.push_async_callback(each.close)
    return notifiers[0] if len(notifiers) == 1 else Several(notifiers)


def _notifiers(urls: Sequence[str]) -> Iterator[Any]:
    from orchestrator.notify.services import Services

    services = [url for url in urls if not url.startswith(PLUGIN)]
    yield from (hosted_notifier(url) for url in urls if url.startswith(PLUGIN))
    if services:
        yield Services(services)


def _urls(recipient: Recipient) -> Sequence[str]:
    to = recipient["to"] if isinstance(recipient, Mapping) else recipient
    return (to,) if isinstance(to, str) else tuple(to)


def _name_of(urls: Sequence[str]) -> str:
    """The same after each start, wherever in the list it stands, and without what is secret."""
    known = hashlib.sha256("\n".join(urls).encode()).hexdigest()[:6]
    return f"{urls[0].partition('://')[0]}-{known}"


def _severities(said: str | Sequence[str]) -> frozenset[Any]:
    """One is the least, several are just these."""
    return at_least(said) if isinstance(said, str) else frozenset(said)  # type: ignore[arg-type]


def _quiet(said: Mapping[str, Any], timezone: str) -> Quiet:
    loud = said.get("except")
    return Quiet(
        from_s=_second_of_day(said["from"]),
        until_s=_second_of_day(said["until"]),
        timezone=said.get("timezone", timezone),
        loud=_severities(loud) if loud else frozenset(),
    )


def _second_of_day(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 3600 + int(minutes) * 60


def _seconds(said: str | float) -> float:
    from orchestrator.model.units import parse_quantity

    return said if isinstance(said, float) else parse_quantity(said, "time")
