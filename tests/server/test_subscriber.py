"""One end of a stream: each event once, in order, and never waited for."""

from __future__ import annotations

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.server.stream import subscriber as module
from orchestrator.server.stream.subscriber import Frame, Subscriber


class Wire(asyncio.Transport):
    """A connection that takes everything, or nothing more."""

    def __init__(self, *, blocked: bool = False) -> None:
        super().__init__()
        self.written = b""
        self.blocked = blocked
        self.closing = self.aborted = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += data

    def get_write_buffer_size(self) -> int:
        return len(self.written) if self.blocked else 0

    def is_closing(self) -> bool:
        return self.closing

    def abort(self) -> None:
        self.aborted = True


def frames(*ids: int) -> list[Frame]:
    return [(event_id, b"%d." % event_id) for event_id in ids]


def take(at: Subscriber, *ids: int) -> None:
    told = frames(*ids)
    at.take_events(told, b"".join(data for _, data in told))


def test_an_event_that_was_read_before_it_was_told_of_is_not_written_again() -> None:
    """The store shows an event as soon as it is durable; the callback comes a moment later."""
    wire = Wire()
    at = Subscriber(wire, sent_id=7)
    assert at.go_live()
    take(at, 6, 7, 8)
    take(at, 8)
    take(at, 9)
    assert wire.written == b"8.9."


def test_what_came_in_the_meantime_is_written_first() -> None:
    wire = Wire()
    at = Subscriber(wire, sent_id=2)
    take(at, 2, 3)
    take(at, 4)
    assert wire.written == b""
    assert at.go_live()
    take(at, 5)
    assert wire.written == b"3.4.5."


def test_live_values_do_not_overtake_the_past() -> None:
    wire = Wire()
    at = Subscriber(wire, sent_id=0)
    at.take_passing(b"readings.")
    at.go_live()
    at.take_passing(b"readings.")
    assert wire.written == b"readings."


def test_who_does_not_read_is_cut_off_and_written_to_no_more() -> None:
    wire = Wire(blocked=True)
    at = Subscriber(wire, sent_id=0)
    at.go_live()
    half = b"x" * (module.UNSENT_MAX_BYTES // 2 + 1)
    at.take_passing(half)
    assert not at.ended.is_set()
    at.take_passing(half)
    assert wire.aborted
    assert at.ended.is_set()
    at.take_passing(b"more")
    assert wire.written == half


def test_who_is_gone_is_noticed_when_something_is_to_be_told() -> None:
    wire = Wire()
    at = Subscriber(wire, sent_id=0)
    at.go_live()
    wire.closing = True
    at.take_passing(b"x")
    assert at.ended.is_set()
    assert not at.is_live
    assert wire.written == b""


def test_no_more_than_so_much_is_kept_aside() -> None:
    at = Subscriber(Wire(), sent_id=0)
    for event_id in range(1, module.PENDING_MAX * 3):
        take(at, event_id)
        assert len(at._pending) <= module.PENDING_MAX
    assert not at.go_live(), "it has to read on from the store"
    assert at.go_live()


@given(
    st.integers(1, 30),
    st.lists(st.tuples(st.integers(0, 30), st.integers(1, 5)), max_size=8),
)
def test_reads_and_news_in_any_order_give_each_event_once(
    total: int, reads: list[tuple[int, int]]
) -> None:
    """The store may be ahead of what is told, and each read ends at some point."""
    wire = Wire()
    at = Subscriber(wire, sent_id=0)
    told = 0
    for seen, news in reads:
        until = min(max(seen, told), total)  # what is durable when the read is made
        if until > at.sent_id:
            wire.write(b"".join(data for _, data in frames(*range(at.sent_id + 1, until + 1))))
            at.sent_id = until
        fresh = range(told + 1, min(told + news, total) + 1)
        if fresh:
            take(at, *fresh)
            told = fresh[-1]
    assert at.go_live()
    if told < total:
        take(at, *range(told + 1, total + 1))
    assert wire.written == b"".join(data for _, data in frames(*range(1, total + 1)))
