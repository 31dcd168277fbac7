"""The broker that a cluster talks through: given, or started here."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from orchestrator.transport.broker_url import BrokerUrl
from orchestrator.transport.embedded import run_embedded
from orchestrator.transport.mosquitto import find_mosquitto, run_mosquitto
from orchestrator.transport.process import LOOPBACK, BrokerError, free_port
from orchestrator.transport.supervise import Child, keep_running
from orchestrator.transport.users import User, keep_credentials

AUTO = "auto"
MOSQUITTO = "mosquitto"
EMBEDDED = "embedded"
KINDS = (AUTO, MOSQUITTO, EMBEDDED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Broker:
    """Where the broker is and who may use it."""

    kind: str
    url: str
    """Without user and password, unless it was given with them."""
    users: Mapping[str, str] = field(repr=False)
    """Passwords by user name; empty for a broker that was given."""
    child: Child | None = None
    """The process started here; it is started again if it dies."""

    def url_for(self, user: str) -> str:
        """Return the URL with which this user connects."""
        if not self.users:
            return self.url
        known = replace(BrokerUrl.parse(self.url), user=user, password=self.users[user])
        return known.text(secret=True)


@asynccontextmanager
async def start_broker(
    kind: str, data_dir: Path, port: int, users: Sequence[User] = ()
) -> AsyncIterator[Broker]:
    """Run the broker that `kind` names (a URL, auto, mosquitto or embedded) for the context.

    Port 0 takes a free one. Raises BrokerError with what to do about it.
    """
    if kind not in KINDS:
        yield _given(kind)
        return
    program = find_mosquitto()
    chosen = kind if kind != AUTO else MOSQUITTO if program else EMBEDDED
    try:
        passwords = await asyncio.to_thread(keep_credentials, data_dir, users)
    except OSError as error:
        raise BrokerError(f"cannot keep the broker's passwords in {data_dir}: {error}") from error
    port = port or free_port()
    if chosen == EMBEDDED:
        run = partial(run_embedded, data_dir, port, users, passwords)
    elif program:
        run = partial(run_mosquitto, program, data_dir, port, users, passwords)
    else:
        raise BrokerError("mosquitto is not installed: install it, or use the embedded broker")
    version = "3.1.1" if chosen == EMBEDDED else None
    url = BrokerUrl(scheme="mqtt", host=LOOPBACK, port=port, version=version).text()
    async with keep_running(run) as child:
        yield Broker(kind=chosen, url=url, users=passwords, child=child)


def _given(text: str) -> Broker:
    try:
        url = BrokerUrl.parse(text)
    except ValueError as error:
        raise BrokerError(f"broker '{text}': {error}, or one of {', '.join(KINDS)}") from error
    return Broker(kind="url", url=url.text(secret=True), users={})
