"""Who tells people of alerts: services by their URLs, and notifiers that plugins bring."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from orchestrator.cli.exits import BadRequest

if TYPE_CHECKING:
    from orchestrator.plugin_host.notifier import HostedNotifier
    from orchestrator.ports.notifier import Notifier

PLUGIN = "plugin://"


@asynccontextmanager
async def notifying(urls: Sequence[str]) -> AsyncIterator[Notifier | None]:
    """What takes notifications to all of these; None where there are none.

    Raises:
        BadRequest: no plugin brings a notifier of that name.
    """
    from orchestrator.notify.services import Services
    from orchestrator.notify.several import Several

    services = [url for url in urls if not url.startswith(PLUGIN)]
    async with AsyncExitStack() as stack:
        notifiers: list[Notifier] = []
        for url in urls:
            if url.startswith(PLUGIN):
                hosted = hosted_notifier(url)
                stack.push_async_callback(hosted.close)
                notifiers.append(hosted)
        if services:
            apprise = Services(services)
            stack.push_async_callback(apprise.close)
            notifiers.append(apprise)
        if len(notifiers) > 1:
            yield Several(notifiers)
        else:
            yield notifiers[0] if notifiers else None


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
        raise BadRequest(f"{url}: no plugin brings a notifier {said.netloc}; {there}")
    plugin, notifier = known[said.netloc]
    config = part_config(plugin, notifier, "", dict(parse_qsl(said.query)))
    return HostedNotifier(config, notifier.within_s)
