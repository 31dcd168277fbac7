"""A notification leaves as mail, to a server that speaks SMTP."""

from __future__ import annotations

from email import message_from_bytes
from email.policy import default

import pytest

from orchestrator.notify.services import Services
from orchestrator.ports.notifier import NotDelivered, Notification
from tests.support.receivers import PostOffice

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
"""apprise imports what Python is about to lose."""

ALERT = Notification(severity="critical", title="Axenic critical: v1", body="v1 is at 41 °C")


async def test_an_alert_leaves_as_mail(post_office: PostOffice) -> None:
    services = Services([post_office.url])
    await services.send(ALERT)
    await services.close()
    [raw] = post_office.mails
    mail = message_from_bytes(raw, policy=default)
    body = mail.get_body()
    assert (mail["Subject"], mail["To"]) == (ALERT.title, "ada@lab.example")
    assert body is not None
    assert ALERT.body in body.get_content()


async def test_mail_that_is_refused_is_told_so_that_it_is_tried_again(
    post_office: PostOffice,
) -> None:
    post_office.refused.add("ada@lab.example")
    services = Services([post_office.url], pause_s=0.01)
    with pytest.raises(NotDelivered, match="nobody took it"):
        await services.send(ALERT)
    post_office.refused.clear()
    await services.send(ALERT)
    await services.close()
    assert len(post_office.mails) == 1
