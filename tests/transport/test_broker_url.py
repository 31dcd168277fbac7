from __future__ import annotations

import pytest

from orchestrator.transport.broker_url import BrokerUrl


def test_user_and_password_are_read_and_written_with_their_special_characters() -> None:
    text = "mqtt://w%3A1:p%40ss%2Fword@broker.local:1884"
    url = BrokerUrl.parse(text)
    assert (url.user, url.password, url.host, url.port) == (
        "w:1",
        "p@ss/word",
        "broker.local",
        1884,
    )
    assert url.text(secret=True) == text


def test_a_password_is_shown_only_on_request() -> None:
    url = BrokerUrl.parse("mqtt://leader:secret@host")
    assert "secret" not in url.text()
    assert "secret" not in repr(url)


@pytest.mark.parametrize(("text", "port"), [("mqtt://h", 1883), ("mqtts://h", 8883)])
def test_each_scheme_has_its_port(text: str, port: int) -> None:
    assert BrokerUrl.parse(text).port == port


def test_options_survive_a_round_trip() -> None:
    text = "mqtts://[::1]:8883?version=3.1.1&ca=%2Fetc%2Fca.pem"
    assert BrokerUrl.parse(text).text() == text


def test_plain_mqtt_needs_no_trust_and_mqtts_does() -> None:
    assert BrokerUrl.parse("mqtt://h").tls_context() is None
    context = BrokerUrl.parse("mqtts://h").tls_context()
    assert context is not None
    assert context.check_hostname


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("http://h", "looks like mqtt://"),
        ("localhost:1883", "looks like mqtt://"),
        ("mqtt://", "looks like mqtt://"),
        ("mqtt://h?version=4", "version 4"),
        ("mqtt://h?qos=2", "unknown option 'qos'"),
    ],
)
def test_a_wrong_url_says_what_is_wrong(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        BrokerUrl.parse(text)
