"""A plugin's notifier tells people from a process of its own, and what it does is bounded."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from orchestrator.cli.exits import BadRequest
from orchestrator.cli.notifiers import notifying
from orchestrator.ports.notifier import NotDelivered, Notification
from tests.support.guests import UNRULY
from tests.support.plugin_folders import look_again, write_plugin

pytestmark = pytest.mark.processes
ALERT = Notification(severity="critical", title="Axenic critical: a", body="it is 47 °C warm")
KINDS = ("Pager", "Unplugged", "Hanging", "Dying")


@pytest.fixture(autouse=True)
def pagers(plugin_folder: Path) -> None:
    lines = "".join(
        f"  {kind.lower()}: {{class: 'pagers:{kind}', within: 3 s}}\n" for kind in KINDS
    )
    root = write_plugin(plugin_folder, "paging", brings=f"notifiers:\n{lines}")
    (root / "pagers.py").write_text((UNRULY / "pagers.py").read_text())
    look_again()


async def send(*urls: str) -> None:
    async with notifying([{"to": urls}]) as [routed]:
        await routed.notifier.send(ALERT)


async def test_it_is_told_what_people_are_to_read_and_its_options(tmp_path: Path) -> None:
    file = tmp_path / "told.txt"
    await send(f"plugin://pager?file={file}")
    await send(f"plugin://pager?file={file}")
    assert file.read_text() == "critical | Axenic critical: a | it is 47 °C warm\n" * 2


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("unplugged", "unplugged: ConnectionError: the pager is unplugged (pagers.py:"),
        ("dying", "dying: its process ended with exit code 4"),
        ("hanging", "hanging: it did not answer within 3 s"),
    ],
)
async def test_what_does_not_go_out_is_tried_again_by_whoever_sent_it(
    kind: str, reason: str, tmp_path: Path
) -> None:
    with pytest.raises(NotDelivered) as raised:
        await send(f"plugin://{kind}?file={tmp_path / 'told.txt'}")
    assert str(raised.value).startswith(reason)


async def test_one_that_fails_does_not_silence_the_others(tmp_path: Path) -> None:
    file = tmp_path / "told.txt"
    await send(f"plugin://dying?file={file}", f"plugin://pager?file={file}")
    assert file.read_text().startswith("critical")


async def test_nobody_waits_for_one_that_hangs_when_the_leader_ends(tmp_path: Path) -> None:
    async with notifying([f"plugin://hanging?file={tmp_path / 'told.txt'}"]) as [routed]:
        sending = asyncio.create_task(routed.notifier.send(ALERT))
        await asyncio.sleep(0.5)
        began_s = time.monotonic()
    with pytest.raises(NotDelivered):
        await sending
    assert time.monotonic() - began_s < 2.0


async def test_a_name_that_no_plugin_brings_is_refused() -> None:
    with pytest.raises(BadRequest, match="no plugin brings a notifier beeper; there are pager"):
        async with notifying(["plugin://beeper"]):
            pass


async def test_without_plugins_services_are_used_as_before() -> None:
    async with notifying([]) as nobody:
        assert nobody == ()
    async with notifying(["json://127.0.0.1:9/"]) as [routed]:
        assert type(routed.notifier).__name__ == "Services"
