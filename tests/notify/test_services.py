"""Notifications really leave, by a service that speaks HTTP."""

from __future__ import annotations

import asyncio
import subprocess
import sys

import pytest

from orchestrator.notify.services import Services
from orchestrator.ports.notifier import NotDelivered, Notification
from tests.support.receivers import Receiver

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
"""apprise imports what Python is about to lose."""

ALERT = Notification(severity="critical", title="Axenic critical: v1", body="v1 overgrown")


async def test_an_alert_arrives_with_its_severity_title_and_text(receiver: Receiver) -> None:
    services = Services([receiver.url])
    await services.send(ALERT)
    await services.close()
    (got,) = receiver.got
    assert (got["title"], got["message"], got["type"]) == (ALERT.title, ALERT.body, "failure")


async def test_nobody_there_is_told_so_that_it_is_tried_again(free_port: int) -> None:
    services = Services([f"json://127.0.0.1:{free_port}"])
    with pytest.raises(NotDelivered, match=f"127.0.0.1:{free_port}"):
        await services.send(ALERT)
    await services.close()


async def test_one_broken_service_is_tried_again_and_silences_no_other(
    receiver: Receiver, free_port: int
) -> None:
    services = Services([f"json://127.0.0.1:{free_port}", receiver.url], pause_s=0.01)
    await services.send(ALERT)
    assert len(receiver.got) == 1
    receiver.answers = [500, 200]
    both = Services([receiver.url, receiver.url], pause_s=0.01)
    await both.send(ALERT)
    assert len(receiver.got) == 3
    await services.close()
    await both.close()


async def test_a_service_that_hangs_is_given_up_and_not_asked_twice(receiver: Receiver) -> None:
    services = Services([f"{receiver.url}?cto=5&rto=5"], limit_s=0.3)
    receiver.silent.clear()
    with pytest.raises(NotDelivered, match=r"within 0\.3 s"):
        await services.send(ALERT)
    with pytest.raises(NotDelivered, match="still hangs"):
        await services.send(ALERT)
    receiver.silent.set()
    await asyncio.sleep(0.3)
    await services.send(ALERT)
    assert len(receiver.got) == 2
    await services.close()


async def test_a_url_that_is_none_is_named_without_its_secrets(
    caplog: pytest.LogCaptureFixture,
) -> None:
    services = Services(["nonsense://user:secret@nowhere"])
    with pytest.raises(NotDelivered, match="no usable URL"):
        await services.send(ALERT)
    assert "nonsense" in caplog.text
    assert "secret" not in caplog.text
    await services.close()


def test_apprise_is_not_imported_before_there_is_something_to_say() -> None:
    code = (
        "import sys; from orchestrator.notify.services import Services; "
        "Services(['json://x']); sys.exit('apprise' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], timeout=30, check=False)
    assert done.returncode == 0
