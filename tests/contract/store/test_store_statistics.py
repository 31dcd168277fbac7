"""What became of attempts: counted by profile, vessel and user, and one by one with their steps."""

from __future__ import annotations

from dataclasses import astuple, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.model.experiment import State
from orchestrator.ports.records import Binding, Imported
from orchestrator.ports.statistics import Expected, Span
from orchestrator.ports.store import Store
from orchestrator.store.memory import MemoryStore
from orchestrator.store.sqlite import open_store
from tests.support.stores import ENDS, HOUR_S, RUN, WALL, commit, entry, lived, submitted

ALWAYS = Span()


def hours(least: float, most: float, profile: str = "Hold") -> Expected:
    return Expected(
        profile=profile, least_s=least * HOUR_S, most_s=most * HOUR_S, basis="a rehearsal"
    )


async def test_nothing_was_started_yet(store: Store) -> None:
    await store.create_experiment(submitted())
    nothing = await store.tally(ALWAYS)
    assert (nothing.attempts, nothing.success_rate, nothing.mean_duration_s) == (0, None, None)
    assert (await store.tallies("profile", ALWAYS)).items == []
    assert (await store.attempts(ALWAYS)).items == []
    assert await store.attempt("nothing.1") is None
    assert (await store.attempt_steps("nothing.1")).items == []


async def test_attempts_are_counted_by_profile_vessel_and_user(store: Store) -> None:
    one = {"v1": Binding.parse("bench/r1"), "v2": Binding.parse("other")}
    other = {"v1": Binding.parse("third")}
    await lived(store, "a", at=one, expected=hours(0.5, 1.5))
    await lived(store, "b", at=one, began_h=2, lasted_h=3, expected=hours(1, 2))
    await lived(store, "c", at=one, began_h=6, end="fail", actor="bob")
    await lived(store, "d", at=other, began_h=7, end="cancel", actor="bob")
    await lived(store, "e", at=other, began_h=9, lasted_h=None, expected=hours(1, 2, "Warm"))
    total = await store.tally(ALWAYS)
    assert (total.attempts, total.under_way, total.completed) == (5, 1, 2)
    assert (total.failed, total.cancelled, total.success_rate) == (1, 1, pytest.approx(2 / 3))
    assert (total.last_began_wall_s, total.last_success_wall_s) == (
        WALL + 9 * HOUR_S,
        WALL + 5 * HOUR_S,
    )
    assert total.mean_duration_s == pytest.approx(2 * HOUR_S)
    assert total.mean_expected_s == pytest.approx(1.25 * HOUR_S)
    assert total.mean_ratio == pytest.approx((1 / 1 + 3 / 1.5) / 2)
    assert (total.estimated, total.within) == (2, 1)
    by_profile = (await store.tallies("profile", ALWAYS)).items
    assert [(t.name, t.attempts, t.completed) for t in by_profile] == [
        ("Warm", 1, 0),
        ("Hold", 4, 2),
    ]
    by_user = (await store.tallies("user", ALWAYS)).items
    assert [(t.name, t.attempts, t.success_rate) for t in by_user] == [("ada", 3, 1), ("bob", 2, 0)]
    by_vessel = (await store.tallies("vessel", ALWAYS)).items
    assert {(t.name, t.attempts, t.completed, t.failed) for t in by_vessel} == {
        ("bench/r1", 3, 2, 1),
        ("other", 3, 2, 1),
        ("third", 2, 0, 0),
    }


async def test_what_began_outside_a_span_is_not_counted(store: Store) -> None:
    for number in range(4):
        await lived(store, f"e{number}", began_h=number)
    middle = Span(since_wall_s=WALL + HOUR_S, until_wall_s=WALL + 3 * HOUR_S)
    assert (await store.tally(middle)).attempts == 2
    assert [t.attempts for t in (await store.tallies("vessel", middle)).items] == [2, 2]
    found = (await store.attempts(middle)).items
    assert [one.experiment for one in found] == ["e2", "e1"]


@pytest.mark.parametrize("by", ["profile", "vessel", "user"])
async def test_tallies_come_in_pages_and_each_once(store: Store, by: str) -> None:
    for number in range(5):
        at = {"v1": Binding.parse(f"w{number}")}
        about = {"actor": f"u{number}", "expected": hours(1, 2, f"p{number}")}
        await lived(store, f"e{number}", began_h=number, at=at, **about)  # type: ignore[arg-type]
    seen, cursor = [], None
    while True:
        page = await store.tallies(by, ALWAYS, limit=2, cursor=cursor)  # type: ignore[arg-type]
        seen += [tally.name for tally in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert seen == [f"{by[0] if by != 'vessel' else 'w'}{number}" for number in (4, 3, 2, 1, 0)]


async def test_an_attempt_tells_what_was_expected_of_it_and_how_it_ended(store: Store) -> None:
    await lived(store, "20270115-a", lasted_h=None, expected=hours(1, 2))
    known = await store.attempt("20270115-a.1")
    assert known is not None
    assert (known.state, known.duration_s, known.profile) == (State.RUNNING, None, "Hold")
    assert known.vessels == {"v1": "bench/r1", "v2": "other"}
    assert (known.expected_least_s, known.expected_most_s) == (HOUR_S, 2 * HOUR_S)
    assert known.expected_basis == "a rehearsal"
    await store.expect(known.attempt, hours(7, 8))
    assert await store.attempt(known.attempt) == known, "what it began with stands"
    await store.change_state(
        known.experiment, "fail", at_wall_s=WALL + 90.0, reason="the tube came off"
    )
    ended = await store.attempt(known.attempt)
    assert ended is not None
    assert (ended.state, ended.reason, ended.duration_s) == (State.FAILED, "the tube came off", 90)


async def test_one_that_began_too_soon_to_be_rehearsed_gets_its_estimate_later(
    store: Store,
) -> None:
    unknown = Expected(profile="Hold", least_s=0.0, basis="nobody knows how long it lasts")
    await lived(store, "e", lasted_h=None, expected=unknown)
    before = await store.attempt("e.1")
    assert before is not None
    assert (before.expected_least_s, before.expected_most_s) == (None, None)
    await store.expect("e.1", hours(1, 2))
    after = await store.attempt("e.1")
    assert after == replace(
        before,
        expected_least_s=HOUR_S,
        expected_most_s=2 * HOUR_S,
        expected_basis="a rehearsal",
    )


async def test_attempts_are_found_by_profile_vessel_and_user(store: Store) -> None:
    third = {"v1": Binding.parse("third")}
    await lived(store, "a", expected=hours(1, 2, "Warm"))
    await lived(store, "b", actor="bob", began_h=2)
    await lived(store, "c", at=third, began_h=4)

    async def found(**by: str) -> list[str]:
        return [one.experiment for one in (await store.attempts(ALWAYS, **by)).items]

    assert await found() == ["c", "b", "a"]
    assert await found(profile="Warm") == ["a"]
    assert await found(user="bob") == ["b"]
    assert await found(vessel="bench/r1") == ["b", "a"]
    assert await found(vessel="third") == ["c"]
    assert await found(vessel="bench") == []
    first = await store.attempts(ALWAYS, limit=2)
    rest = await store.attempts(ALWAYS, limit=2, cursor=first.next)
    assert [one.experiment for one in (*first.items, *rest.items)] == ["c", "b", "a"]
    assert rest.next is None


async def test_the_steps_of_an_attempt_are_its_phases_and_actions_with_outcomes(
    store: Store,
) -> None:
    await lived(store, "20270115-a", lasted_h=None)
    about = {"action": "set", "detail": "stirring.target = 500 rpm"}
    stir, aerate = f"{RUN}:hold#1:stir@60:0", f"{RUN}:hold#1:aerate@90:0"
    other = "20270115-a.1:v2"
    await commit(
        store,
        entry("phase_entered", 10.0, phase="hold", visit=1),
        entry("item_began", 60.0, f"{RUN}:hold#1:stir@60"),
        entry("action_began", 60.0, stir, **about),
        entry("action_ended", 61.0, stir, outcome="late", reason="begun 40 s late"),
        entry("action_began", 90.0, aerate, **about),
        entry("phase_entered", 20.0, run=other, phase="rest", visit=1),
        entry("phase_left", 95.0, run=other, phase="rest", visit=1, reason="through"),
    )
    steps = (await store.attempt_steps("20270115-a.1")).items
    assert [(step.kind, step.vessel, step.name, step.outcome) for step in steps] == [
        ("phase", "v1", "hold", None),
        ("phase", "v2", "rest", None),
        ("set", "v1", "stir", "late"),
        ("set", "v1", "aerate", None),
    ]
    assert (steps[2].detail, steps[2].reason, steps[2].action_id) == (
        "stirring.target = 500 rpm",
        "begun 40 s late",
        stir,
    )
    assert (steps[1].ended_process_s, steps[1].reason) == (95.0, "through")
    only = (await store.attempt_steps("20270115-a.1", vessel="v2")).items
    assert [step.name for step in only] == ["rest"]
    known = await store.attempt("20270115-a.1")
    assert known is not None
    assert known.outcomes == {"late": 1, "open": 1}
    seen, cursor = [], None
    for _ in range(4):
        page = await store.attempt_steps("20270115-a.1", limit=1, cursor=cursor)
        seen += page.items
        cursor = page.next
    assert (seen, cursor) == (list(steps), None)


async def test_what_ran_elsewhere_is_not_counted_here(store: Store) -> None:
    imported = Imported(
        experiment=submitted("old"),
        later=(),
        state=State.COMPLETED,
        reason="",
        attempt="old.1",
        started_wall_s=WALL,
        ended_wall_s=WALL + HOUR_S,
        runs=(),
        provenance={"import:old": {"sha256": "x"}},
        notes=(),
    )
    await store.import_experiment(imported)
    assert (await store.tally(ALWAYS)).attempts == 0
    assert (await store.attempts(ALWAYS)).items == []


LIVES = st.tuples(
    st.integers(0, 40),
    st.one_of(st.none(), st.integers(1, 40)),
    st.sampled_from(sorted(ENDS)),
    st.one_of(st.none(), st.tuples(st.integers(1, 20), st.integers(20, 60))),
    st.sampled_from(["ada", "bob"]),
    st.sampled_from(["Hold", "Warm"]),
    st.integers(0, 2),
)


@settings(max_examples=15, deadline=None)
@given(lives=st.lists(LIVES, max_size=7), cut=st.integers(0, 41))
async def test_parts_add_up_to_the_whole_and_both_stores_agree(
    tmp_path_factory: pytest.TempPathFactory, lives: list[tuple], cut: int
) -> None:
    """Each profile's and each user's attempts add up to all, before and after any moment."""
    memory = MemoryStore()
    lite = await open_store(tmp_path_factory.mktemp("law") / "s")
    for number, (began, lasted, end, bounds, actor, profile, place) in enumerate(lives):
        at = {"v1": Binding.parse(f"w{number}/r{place}")}
        known = hours(*bounds, profile) if bounds else Expected(profile=profile)
        about = {"began_h": began, "lasted_h": lasted, "end": end, "actor": actor, "at": at}
        for store in (memory, lite):
            await lived(store, f"e{number}", expected=known, **about)
    moment_s = WALL + cut * HOUR_S
    spans = (ALWAYS, Span(until_wall_s=moment_s), Span(since_wall_s=moment_s))
    whole, before, after = [await memory.tally(span) for span in spans]
    assert before.attempts + after.attempts == whole.attempts == len(lives)
    for span in spans:
        total = await memory.tally(span)
        assert astuple(await lite.tally(span)) == pytest.approx(astuple(total))
        for by in ("profile", "user"):
            parts = (await memory.tallies(by, span)).items  # type: ignore[arg-type]
            for column in ("attempts", "completed", "failed", "cancelled", "under_way", "within"):
                assert sum(getattr(p, column) for p in parts) == getattr(total, column)
        for by in ("profile", "vessel", "user"):
            ours = [astuple(t) for t in (await memory.tallies(by, span)).items]  # type: ignore[arg-type]
            theirs = [astuple(t) for t in (await lite.tallies(by, span)).items]  # type: ignore[arg-type]
            assert len(ours) == len(theirs)
            for one, other in zip(ours, theirs, strict=True):
                assert one[0] == other[0] and one[1:] == pytest.approx(other[1:])
    await lite.close()
