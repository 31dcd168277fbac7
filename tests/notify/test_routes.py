"""A laboratory's routes as its document says them, to servers that really speak SMTP and HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from random import Random

import pytest

from orchestrator.cli.exits import BadRequest
from orchestrator.cli.laboratory import defaults_of, read_cluster
from orchestrator.cli.notifiers import notifying, route_of
from orchestrator.ports.records import NewAlert
from orchestrator.ports.routes import Quiet, Routed, at_least
from orchestrator.store.sqlite import open_store
from orchestrator.transport.memory import MemoryBroker
from tests.support.leader_room import Room, StillClock, soon
from tests.support.played_worker import WALL
from tests.support.receivers import PostOffice, Receiver

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
"""apprise imports what Python is about to lose."""

LABORATORY = """\
axenic: cluster/1
name: Laboratory
timezone: Europe/Berlin
notifications:
  - {to: !secret hook, every: 0 s}
  - name: grave by mail
    to: !secret mail
    severity: critical
    users: [ada]
    quiet: {from: "22:00", until: "07:30", except: critical}
    every: 1 min
    resolved: true
  - {name: nobody there, to: !secret dead}
"""


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    store = await open_store(tmp_path / "s")
    async with AsyncExitStack() as stack:
        yield Room(MemoryBroker(random=Random(2)), store, StillClock(), stack)
    await store.close()


@pytest.fixture
def document(tmp_path: Path, receiver: Receiver, post_office: PostOffice, free_port: int) -> Path:
    dead = f"json://127.0.0.1:{free_port}"
    secrets = f"hook: {receiver.url}\nmail: {post_office.url}\ndead: {dead}\n"
    (tmp_path / "secrets.yaml").write_text(secrets, "utf-8")
    path = tmp_path / "cluster.yaml"
    path.write_text(LABORATORY, "utf-8")
    return path


async def routed(room: Room, document: Path) -> Mapping[str, Routed]:
    said = defaults_of(read_cluster(document))
    routes = await room.stack.enter_async_context(notifying(said["notify"], said["timezone"]))
    return {each.route.name.partition("-")[0]: each for each in routes}


async def test_alerts_go_by_mail_and_by_a_web_hook_though_a_third_is_dead(
    room: Room, document: Path, receiver: Receiver, post_office: PostOffice
) -> None:
    by_name = await routed(room, document)
    room.routes = tuple(by_name.values())
    async with room.leading():
        experiment = await room.submit(actor="ada")
        for text, severity in (("warm", "warning"), ("hot", "critical")):
            new = NewAlert(
                text=text,
                severity=severity,  # type: ignore[arg-type]
                source="t",
                at_wall_s=WALL,
                experiment=experiment,
                vessel="v1",
            )
            await room.store.raise_alert(new)
        await soon(lambda: post_office.mails and "hot" in str(receiver.got), within_s=20.0)
        await soon(lambda: dead_is_known(room), within_s=20.0)
    body = message_from_bytes(post_office.mails[0], policy=default).get_body()
    assert body is not None
    assert body.get_content().strip().startswith("hot")
    assert "warm" in str(receiver.got)
    standing = await room.store.route_standing("nobody there")
    assert "127.0.0.1" in standing.problem


async def dead_is_known(room: Room) -> bool:
    return (await room.store.route_standing("nobody there")).tries > 0


async def test_what_a_document_says_of_a_route_is_what_it_does(room: Room, document: Path) -> None:
    by_name = await routed(room, document)
    hook, mail = by_name["json"].route, by_name["grave by mail"].route
    assert (hook.to, hook.every_s, hook.severities) == (("json://…",), 0.0, at_least("info"))
    assert (mail.to, mail.every_s, mail.resolved) == (("mailto://…",), 60.0, True)
    assert (mail.severities, mail.users) == (frozenset({"critical"}), frozenset({"ada"}))
    berlin = "Europe/Berlin"
    loud = frozenset({"critical"})
    assert mail.quiet == Quiet(from_s=79_200, until_s=27_000, timezone=berlin, loud=loud)
    assert mail.timezone == hook.timezone == berlin


def test_a_route_without_a_name_is_known_by_where_it_leads_and_keeps_it_secret() -> None:
    one = route_of("ntfy://token@lab/cultures", "UTC")
    assert one == route_of({"to": "ntfy://token@lab/cultures"}, "UTC")
    assert one.name != route_of("ntfy://other@lab/cultures", "UTC").name
    assert "token" not in repr(one)
    assert one.name.startswith("ntfy-")
    assert route_of({"to": ["a://x"], "severity": ["info"]}, "UTC").severities == {"info"}


async def test_two_routes_of_one_name_are_refused() -> None:
    with pytest.raises(BadRequest, match="two routes for alerts are called json-"):
        async with notifying(["json://127.0.0.1/", "json://127.0.0.1/"]):
            pass
