"""MQTT 3.1.1 with nothing around it: a load that costs as little as can be."""

from __future__ import annotations

import select
import socket
from collections.abc import Iterator
from dataclasses import dataclass

from orchestrator.transport.broker_url import BrokerUrl

CONNACK, PUBLISH, PUBACK, SUBACK = 0x20, 0x30, 0x40, 0x90
ANSWER_S = 10.0


@dataclass(frozen=True, slots=True)
class Packet:
    """What the broker sent."""

    kind: int
    number: int
    """Packet identifier; 0 where there is none."""
    payload: bytes


class RawMqtt:
    """One connection over a blocking socket; QoS 1 in both directions."""

    def __init__(self, url: str, identifier: str) -> None:
        where = BrokerUrl.parse(url)
        self._socket = socket.create_connection((where.host, where.port), timeout=ANSWER_S)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._kept = b""
        self._number = 0
        self.answers = True
        """Whether messages that arrive are acknowledged at once."""
        user, password = where.user or "", where.password or ""
        flags = 0x02 | (0xC0 if user else 0)
        credentials = _text(user) + _text(password) if user else b""
        body = _text("MQTT") + bytes((4, flags, 0, 0)) + _text(identifier) + credentials
        self._socket.sendall(_packet(0x10, body))
        self._expect(CONNACK)

    def subscribe(self, topic: str) -> None:
        """Receive a topic at QoS 1."""
        self._socket.sendall(_packet(0x82, self._next() + _text(topic) + b"\x01"))
        self._expect(SUBACK)

    def publish(self, *messages: tuple[bytes, bytes]) -> None:
        """Send (topic, payload) pairs at QoS 1, in one go."""
        packets = (
            _packet(0x32, len(topic).to_bytes(2, "big") + topic + self._next() + payload)
            for topic, payload in messages
        )
        self._socket.sendall(b"".join(packets))

    def arrived(self, within_s: float) -> list[Packet]:
        """What the broker sent, waiting at most so long for the first of it."""
        if not select.select([self._socket], [], [], within_s)[0]:
            return []
        received = self._socket.recv(1 << 18)
        if not received:
            raise ConnectionError("the broker closed the connection")
        self._kept += received
        packets = [*self._packets()]
        if self.answers:
            to_answer = [each.number for each in packets if each.kind == PUBLISH and each.number]
            if to_answer:
                acks = (_packet(PUBACK, number.to_bytes(2, "big")) for number in to_answer)
                self._socket.sendall(b"".join(acks))
        return packets

    def close(self) -> None:
        """Say goodbye."""
        self._socket.sendall(b"\xe0\x00")
        self._socket.close()

    def _packets(self) -> Iterator[Packet]:
        at, data = 0, self._kept
        while (end := _end_of(data, at)) is not None:
            head, body_at = data[at], _body_of(data, at)
            yield _read(head, data[body_at:end])
            at = end
        self._kept = data[at:]

    def _expect(self, kind: int) -> None:
        for packet in self.arrived(ANSWER_S):
            if packet.kind == kind:
                return
        raise ConnectionError(f"the broker did not answer with {kind:#x}")

    def _next(self) -> bytes:
        self._number = self._number % 65_535 + 1
        return self._number.to_bytes(2, "big")


def _read(head: int, body: bytes) -> Packet:
    kind = head & 0xF0
    if kind != PUBLISH:
        return Packet(kind, int.from_bytes(body[:2], "big"), b"")
    at = 2 + int.from_bytes(body[:2], "big")
    if head & 0x06:
        return Packet(kind, int.from_bytes(body[at : at + 2], "big"), body[at + 2 :])
    return Packet(kind, 0, body[at:])


def _body_of(data: bytes, at: int) -> int:
    at += 1
    while data[at] & 0x80:
        at += 1
    return at + 1


def _end_of(data: bytes, at: int) -> int | None:
    """Where the packet that begins there ends; None if not all of it is there."""
    length, shift = 0, 0
    for position in range(at + 1, min(at + 5, len(data))):
        length |= (data[position] & 0x7F) << shift
        shift += 7
        if not data[position] & 0x80:
            end = position + 1 + length
            return end if end <= len(data) else None
    return None


def _packet(head: int, body: bytes) -> bytes:
    length, sized = len(body), bytearray((head,))
    while True:
        length, low = length >> 7, length & 0x7F
        sized.append(low | (0x80 if length else 0))
        if not length:
            return bytes(sized) + body


def _text(text: str) -> bytes:
    data = text.encode()
    return len(data).to_bytes(2, "big") + data
