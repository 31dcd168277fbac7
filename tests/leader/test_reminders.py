"""A question that nobody answered reminds, now and then, until it is answered, seen or over."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.leader import remind
from orchestrator.leader.remind import PREFIX, TIMES_MAX, USUAL_S, Remind, due
from orchestrator.messages.outbox import Batch
from orchestrator.ports.clock import Instant
from orchestrator.ports.records import Question
from orchestrator.store.memory import MemoryStore
from tests.support.leader_room import Room, StillClock, soon
from tests.support.played_worker import WALL, entry

RUN = "20270115-a.1:v1"


class Asked:
    """A store that questions come into, and a leader that looks."""

    def __init__(self) -> None:
        self.store, self.clock = MemoryStore(), StillClock()
        self._number = 0
        self.begin_anew()

    def begin_anew(self) -> None:
        """The leader dies, and another one goes on."""
        self.remind = Remind(self.store, self.clock)
        self.store.on_events(self.remind.hear)

    async def say(self, kind: str, key: str, /, process_s: float = 0.0, **data: Any) -> None:
        self._number += 1
        said = entry(RUN, kind, process_s, key, **data)
        batch = Batch(outbox="b", first=self._number, last=self._number, records=[said])
        await self.store.commit([("bench", batch)], at_wall_s=self.clock.wall_s)

    async def ask(self, key: str = "q", **data: Any) -> None:
        at_s = self.clock.wall_s - WALL
        await self.say("question", key, at_s, text="Ready?", kind="ask", **data)

    async def reminded(self, key: str = "q") -> int:
        question = await self.store.question(key)
        assert question is not None
        return question.reminded

    async def pass_(self, span_s: float, step_s: float = 60.0) -> None:
        until_s = self.clock.wall_s + span_s
        while self.clock.wall_s < until_s:
            self.clock.wall_s = min(until_s, self.clock.wall_s + step_s)
            await self.remind.look()
            await self.remind.look()


async def test_it_reminds_every_hour_ten_times_at_the_most_and_survives_restarts() -> None:
    asked = Asked()
    await asked.ask()
    await asked.pass_(USUAL_S - 60.0)
    assert await asked.reminded() == 0
    await asked.pass_(60.0)
    assert await asked.reminded() == 1
    for hour in range(2, TIMES_MAX + 1):
        asked.begin_anew()
        await asked.pass_(USUAL_S)
        assert await asked.reminded() == hour
    await asked.pass_(10 * USUAL_S)
    assert await asked.reminded() == TIMES_MAX
    [alert] = (await asked.store.alerts()).items
    assert (alert.count, alert.source, alert.severity) == (TIMES_MAX, "question", "warning")
    assert alert.text == "an answer is awaited at v1: Ready?"


async def test_it_stops_at_the_answer_which_calls_the_alert_off() -> None:
    asked = Asked()
    await asked.ask(remind_s=600.0)
    await asked.pass_(1300.0)
    assert await asked.reminded() == 2
    await asked.say("answer", "q", 1300.0, answer="yes", by="ada")
    await asked.pass_(3600.0)
    assert await asked.reminded() == 2
    [alert] = (await asked.store.alerts()).items
    assert alert.resolved_wall_s is not None
    assert alert.delivery == "due"  # nobody had been told: that it was, and that it is over


async def test_it_stops_when_what_asked_is_over_though_the_leader_was_away() -> None:
    asked = Asked()
    await asked.ask()
    await asked.pass_(USUAL_S)
    asked.store._tables.callbacks.clear()
    await asked.say("run_ended", "r", 4000.0, state="cancelled")
    asked.begin_anew()
    await asked.pass_(60.0)
    [alert] = (await asked.store.alerts()).items
    assert alert.resolved_wall_s is not None


async def test_who_has_seen_it_is_not_reminded_any_more() -> None:
    asked = Asked()
    await asked.ask()
    await asked.pass_(USUAL_S)
    [alert] = await asked.store.standing_alerts(PREFIX)
    await asked.store.acknowledge_alert(alert.id, by="ada", at_wall_s=asked.clock.wall_s)
    await asked.pass_(5 * USUAL_S)
    assert await asked.reminded() == 1


async def test_it_says_until_when_and_what_stands_for_an_answer() -> None:
    asked = Asked()
    await asked.ask(remind_s=60.0, deadline_s=7200.0, answer_type="volume", default=0.5)
    await asked.ask("never", remind_s=0.0)
    await asked.pass_(3600.0)
    [alert] = (await asked.store.alerts()).items
    until = "until 2027-01-15 10:00 UTC, then 0.5 mL stands for it"
    assert alert.text == f"an answer is awaited at v1: Ready? ({until})"
    assert await asked.reminded("never") == 0


async def test_many_questions_are_looked_at_page_by_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remind, "AT_ONCE_MAX", 3)
    asked = Asked()
    for number in range(7):
        await asked.ask(f"q{number}", remind_s=60.0)
    await asked.pass_(60.0)
    assert [await asked.reminded(f"q{number}") for number in range(7)] == [1] * 7
    assert len(await asked.store.standing_alerts(PREFIX)) == 7


async def test_by_a_clock_that_is_not_right_nobody_is_reminded() -> None:
    """SEMANTICS rule 7."""
    asked = Asked()
    await asked.ask()
    right = asked.clock.now
    asked.clock.now = lambda: Instant(0.0, right().wall_s, False)  # type: ignore[method-assign]
    await asked.pass_(3 * USUAL_S)
    assert await asked.reminded() == 0
    asked.clock.now = right  # type: ignore[method-assign]
    await asked.pass_(60.0)
    assert await asked.reminded() == 1


steps = st.lists(
    st.one_of(
        st.tuples(st.just("wait"), st.integers(1, 300)),
        st.tuples(st.just("die"), st.just(0)),
        st.tuples(st.just("ask"), st.integers(1, 90)),
        st.tuples(st.just("answer"), st.integers(0, 3)),
    ),
    max_size=25,
)


@settings(max_examples=40, deadline=None)
@given(steps=steps)
def test_whatever_happens_reminders_are_apart_bounded_and_none_is_lost(
    steps: list[tuple[str, int]],
) -> None:
    asyncio.run(_law(steps))


async def _law(steps: list[tuple[str, int]]) -> None:
    """A question that waited n times its interval was reminded of n times, ten at the most."""
    asked, questions, over = Asked(), dict[str, tuple[float, float]](), dict[str, float]()
    for what, number in steps:
        match what:
            case "wait":
                await asked.pass_(number * 60.0)
            case "die":
                asked.begin_anew()
            case "ask":
                key = f"q{len(questions)}"
                questions[key] = (asked.clock.wall_s, number * 60.0)
                await asked.ask(key, remind_s=number * 60.0)
            case _ if number < len(questions) and f"q{number}" not in over:
                over[f"q{number}"] = asked.clock.wall_s
                await asked.say("answer", f"q{number}", 1.0, answer="yes", by="ada")
    for key, (asked_s, every_s) in questions.items():
        waited_s = over.get(key, asked.clock.wall_s) - asked_s
        assert await asked.reminded(key) == min(TIMES_MAX, int(waited_s / every_s))
    await asked.remind.look()
    standing = {each.identity for each in await asked.store.standing_alerts(PREFIX)}
    assert standing.isdisjoint({PREFIX + key for key in over})


def question(key: str, **more: Any) -> Question:
    given_ = {"experiment": "e", "attempt": "e.1", "vessel": "v1", "kind": "ask", "text": "?"}
    rest: dict[str, Any] = {"choices": (), "answer_type": "text", "default": None}
    rest |= {"asked_process_s": 0.0, "asked_wall_s": WALL, "deadline_s": None, "state": "open"}
    return Question(key=key, **{**given_, **rest, **more})


def test_what_is_due_is_told_and_when_to_look_again() -> None:
    asked = [
        question("soon", remind_s=60.0),
        question("later"),
        question("never", remind_s=0.0),
        question("often", reminded=TIMES_MAX, reminded_wall_s=WALL),
    ]
    found = due(asked, {each.key: WALL for each in asked}, WALL + 60.0)
    assert ([each.key for each in found.now], found.next_wall_s) == (["soon"], WALL + USUAL_S)


async def test_a_reminder_goes_by_the_routes_of_whose_experiment_asks(room: Room) -> None:
    worker = await room.worker("bench")
    _, run = await room.begin(worker)
    await worker.send(entry(run, "question", 5.0, "q", text="Inoculate?", kind="ask"))
    await soon(lambda: asked_at(room))
    room.clock.wall_s = WALL + 5.0 + USUAL_S
    await soon(lambda: room.notifier.sent)
    assert room.notifier.sent[0].body == "an answer is awaited at v1: Inoculate?"
    await worker.send(entry(run, "answer", 6.0, "q", answer="yes", by="ada"))

    async def is_over() -> bool:
        return not await room.store.standing_alerts(PREFIX)

    await soon(is_over)


async def asked_at(room: Room) -> bool:
    return await room.store.question("q") is not None
