"""What starts rules, as `axenic plan` tells it."""

from __future__ import annotations

import pytest

from orchestrator.model.event import Payload
from orchestrator.model.plan import (
    AtStart,
    CronStart,
    EventStart,
    EveryStart,
    Start,
    WhenStart,
)
from orchestrator.planning.in_words import start_in_words, starts_in_words
from tests.support.plans import HOUR_S, above, rule, say, when

DENSE = above("od600", 1.6)
LASTING = WhenStart(when=when(DENSE, 600.0), again_s=60.0)
FAILED = EventStart(event="job", name="dosing", state="failed", for_s=60.0)


@pytest.mark.parametrize(
    ("start", "words"),
    [
        (WhenStart(when=when(DENSE)), "od600 > 1.6"),
        (
            WhenStart(when=when(DENSE, 600.0), again_s=60.0),
            "od600 > 1.6 for 10 min, again after 1 min",
        ),
        (AtStart(at_s=6 * HOUR_S), "at 6 h"),
        (EveryStart(every_s=HOUR_S, from_s=0.0, count=3), "every 1 h, from 0 s, 3 times"),
        (CronStart(cron="0 9 * * *", timezone="UTC"), "cron 0 9 * * * in UTC"),
        (EventStart(event="phase_left", name="hold"), "phase hold left"),
        (
            EventStart(event="job", name="dosing", state="failed", for_s=60.0),
            "job dosing failed for 1 min",
        ),
        (EventStart(event="job", name="dosing"), "job dosing changes its state"),
        (EventStart(event="device", name="feed_pump", state="fault"), "feed_pump fails"),
        (EventStart(event="device", name="feed_pump", state="ok"), "feed_pump works again"),
        (EventStart(event="power_returned"), "power returned"),
        (EventStart(event="dose", name="feed", state="done"), "dose of feed done"),
        (EventStart(event="dose", state="done"), "dose done"),
        (EventStart(event="button", name="rinse"), "button rinse"),
        (EventStart(event="topic", name="a/b", payload=Payload(equals="x")), "topic a/b = 'x'"),
    ],
)
def test_each_start_reads_as_it_was_meant(start: Start, words: str) -> None:
    assert start_in_words(start) == words


def test_a_rule_tells_all_its_starts_and_its_condition() -> None:
    also = [EventStart(event="button", name="rinse")]
    found = rule("x", AtStart(at_s=60.0), say("log", "x"), also=also, if_=DENSE)
    assert starts_in_words(found) == "at 1 min; button rinse; if od600 > 1.6"
