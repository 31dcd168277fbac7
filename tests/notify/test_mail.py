"""A notification leaves as mail, to a server that speaks SMTP."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default

import pytest

from orchestrator.notify.services import Services
from orchestrator.ports.notifier import NotDelivered, Notification

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
"""apprise imports what Python is about to lose."""

ALERT = Notification(severity="critical", title="Axenic critical: v1", body="v1 is at 41 °C")


class PostOffice(socketserver.ThreadingTCPServer):
    """Takes mail for everybody but those whom it is told to refuse."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Counter)
        self.mails: list[bytes] = []
        self.refused: set[str] = set()
        host, port = self.server_address[:2]
        self.url = f"mailto://{host!s}:{port}?from=axenic@lab.example&to=ada@lab.example"


class Counter(socketserver.StreamRequestHandler):
    """One conversation."""

    server: PostOffice

    def handle(self) -> None:
        self._say("220 lab.example")
        while line := self.rfile.readline().decode().strip():
            word = line.split(" ")[0].upper()
            if word == "RCPT" and any(each in line for each in self.server.refused):
                self._say("550 no such person")
            elif word == "DATA":
                self._say("354 go on")
                lines = iter(self.rfile.readline, b".\r\n")
                self.server.mails.append(b"".join(lines))
                self._say("250 taken")
            else:
                self._say("221 bye" if word == "QUIT" else "250 fine")

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@pytest.fixture
def post_office() -> Iterator[PostOffice]:
    made = PostOffice()
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    made.shutdown()
    made.server_close()
    thread.join()


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
