"""`python -m tools.bench.played_worker URL PER_MESSAGE COUNT PER_SECOND`: sends readings at QoS 1.

As fast as they are accepted, or, with PER_SECOND, as a steady stream of single readings that carry
the moment at which they were made.
"""

from __future__ import annotations

import sys
from time import monotonic

from orchestrator.messages import topics
from orchestrator.messages.codec import decode, encode
from orchestrator.messages.outbox import Accepted, Batch
from tools.bench.made_readings import OUTBOX, batches, reading
from tools.bench.raw_mqtt import PUBLISH, RawMqtt
from tools.bench.recording import WORKER

UNACCEPTED_MAX = 2_000
"""Messages under way, as Mosquitto's queue and the leader's inbox have room for."""
IN_ONE_GO = 100
LIMIT_S = 60.0
TOPIC = topics.outbox(WORKER).encode()


def main() -> None:
    """Say `ready`, wait for a line, send, and end when all was accepted."""
    url, per_message, count, per_second = sys.argv[1], *map(int, sys.argv[2:5])
    link = RawMqtt(url, "played worker")
    link.subscribe(topics.outbox_accepted(WORKER))
    payloads = [] if per_second else [encode(each) for each in batches(count, per_message)]
    print("ready", flush=True)
    sys.stdin.readline()
    if per_second:
        _send_steadily(link, count, per_second)
    else:
        _send_fast(link, payloads, per_message)
    link.close()


def _send_fast(link: RawMqtt, payloads: list[bytes], per_message: int) -> None:
    accepted = sent = 0
    ends_s = monotonic() + LIMIT_S
    while accepted < len(payloads) and monotonic() < ends_s:
        room = min(UNACCEPTED_MAX - (sent - accepted), IN_ONE_GO, len(payloads) - sent)
        if room > 0:
            link.publish(*((TOPIC, payload) for payload in payloads[sent : sent + room]))
            sent += room
        accepted += _accepted(link, 0.0 if room > 0 else 1.0) // per_message


def _send_steadily(link: RawMqtt, count: int, per_second: int) -> None:
    accepted = 0
    began_s = monotonic()
    for number in range(1, count + 1):
        while (wait_s := began_s + number / per_second - monotonic()) > 0.0:
            accepted += _accepted(link, wait_s)
        one = Batch(outbox=OUTBOX, first=number, last=number, records=[reading(monotonic(), 0.5)])
        link.publish((TOPIC, encode(one)))
    ends_s = monotonic() + LIMIT_S
    while accepted < count and monotonic() < ends_s:
        accepted += _accepted(link, 1.0)


def _accepted(link: RawMqtt, within_s: float) -> int:
    """Readings that were accepted just now."""
    return sum(
        last - first + 1
        for packet in link.arrived(within_s)
        if packet.kind == PUBLISH
        for first, last in decode(packet.payload, Accepted).ranges
    )


if __name__ == "__main__":
    main()
