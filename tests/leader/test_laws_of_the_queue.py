"""What holds for every queue: never two on a reactor, fairness, limits, order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.leader.match import is_meant, suits
from orchestrator.leader.needs import Needs
from orchestrator.leader.queue import look_at_queue
from orchestrator.leader.situation import Place, Rules, Situation, Start, Wait, Waiting
from orchestrator.messages.reports import Capabilities, ReactorReport
from orchestrator.ports.records import Binding

NOW = 1_000_000.0
POOLS = {"front": frozenset({"r0", "r1"}), "back": frozenset({"r2", "deep/r3"})}


def place(
    name: str, *, occupied_by: str = "", sensors: Sequence[str] = (), unfit: str = ""
) -> Place:
    binding = Binding.parse(name)
    report = ReactorReport(
        sensors=list(sensors), outputs=[], pumps={}, calibrations={}, capacity_ml=20.0
    )
    capabilities = Capabilities(
        worker=binding.worker, version="1", reactors={binding.reactor: report}, jobs=["stirring"]
    )
    return Place(binding=binding, capabilities=capabilities, occupied_by=occupied_by, unfit=unfit)


def entry(name: str, vessels: int = 1, **more: object) -> Waiting:
    needs = [
        Needs(vessel=f"v{n}", jobs=frozenset({"stirring"}), media=frozenset(), worker=None)
        for n in range(vessels)
    ]
    return replace(Waiting(experiment=name, needs=needs, since_wall_s=NOW), **more)  # type: ignore[arg-type]


NAMES = ["r0", "r1", "r2", "deep/r3", "r4"]
places = st.lists(
    st.builds(
        lambda name, taken, probes, unfit: place(
            name, occupied_by=taken, sensors=probes, unfit=unfit
        ),
        st.sampled_from(NAMES),
        st.sampled_from(["", "", "", "old"]),
        st.lists(st.sampled_from(["ph_probe", "oxygen_probe"]), unique=True),
        st.sampled_from(["", "", "", "its clock is not synchronised"]),
    ),
    max_size=5,
    unique_by=lambda one: str(one.binding),
)
asked = st.dictionaries(
    st.sampled_from(["v0", "v1"]),
    st.sampled_from([*NAMES, "tag:ph_probe", "tag:oxygen_probe", "pool:front", "pool:back"]),
    max_size=2,
)


@st.composite
def situations(draw: st.DrawFn) -> Situation:
    waiting = []
    for number in range(draw(st.integers(0, 7))):
        vessels = draw(st.integers(1, 3))
        wanted = {v: a for v, a in draw(asked).items() if int(v[1]) < vessels}
        if len({a for a in wanted.values() if ":" not in a}) < sum(
            ":" not in a for a in wanted.values()
        ):
            wanted = {}  # refused when it is submitted
        waiting.append(
            entry(
                f"e{number}",
                vessels,
                owner=draw(st.sampled_from(["ada", "bob", "eve"])),
                asked=wanted,
                place=number,
                priority=draw(st.sampled_from([0, 0, 0, 1])),
                hold=draw(st.sampled_from([None, None, None, "later"])),
                not_before_wall_s=draw(st.sampled_from([None, None, NOW - 1, NOW + 1])),
                again=draw(st.booleans()),
                since_wall_s=NOW - draw(st.sampled_from([0.0, 100_000.0])),
            )
        )
    return Situation(
        waiting=waiting,
        places=draw(places),
        now_wall_s=NOW,
        vessels_of=draw(st.dictionaries(st.sampled_from(["ada", "bob"]), st.integers(0, 4))),
        open_of=draw(st.dictionaries(st.sampled_from(["ada", "bob"]), st.integers(0, 6))),
        hold=draw(st.sampled_from([None, None, None, "maintenance"])),
        rules=Rules(pools=POOLS),
    )


def starts(situation: Situation) -> Mapping[str, Start]:
    found = look_at_queue(situation)
    return {each.experiment: each for each in found if isinstance(each, Start)}


@given(situations())
def test_never_two_on_a_reactor_and_only_where_all_fits(situation: Situation) -> None:
    by_binding = {one.binding: one for one in situation.places}
    by_id = {one.experiment: one for one in situation.waiting}
    taken: list[Binding] = []
    for name, start in starts(situation).items():
        one = by_id[name]
        assert list(start.bindings) == [needs.vessel for needs in one.needs]
        for needs in one.needs:
            binding = start.bindings[needs.vessel]
            at = by_binding[binding]
            assert not at.occupied_by
            assert not at.unfit
            assert suits(needs, one.asked.get(needs.vessel, ""), at, situation.rules)
            taken.append(binding)
    assert len(taken) == len(set(taken))


@given(situations())
def test_each_entry_is_decided_once_and_who_waits_is_told_why(situation: Situation) -> None:
    decided = look_at_queue(situation)
    assert sorted(each.experiment for each in decided) == sorted(
        one.experiment for one in situation.waiting
    )
    assert all(each.reason for each in decided if isinstance(each, Wait))
    assert decided == look_at_queue(situation), "the same situation is decided alike"


@given(situations())
def test_what_is_held_early_or_over_the_limit_never_starts(situation: Situation) -> None:
    started = starts(situation)
    by_id = {one.experiment: one for one in situation.waiting}
    if situation.hold is not None:
        assert not started
    open_of = Counter(situation.open_of)
    for name in started:
        one = by_id[name]
        assert one.hold is None
        assert (one.not_before_wall_s or 0.0) <= NOW
        open_of[one.owner] += one.again
        if one.again:
            assert open_of[one.owner] <= situation.rules.open_max_for(one.owner)


@given(situations())
def test_starting_what_was_decided_and_looking_again_starts_nothing_more(
    situation: Situation,
) -> None:
    """Whoever could start has been found; looking twice is never needed."""
    found = starts(situation)
    taken = {b: s.experiment for s in found.values() for b in s.bindings.values()}
    vessels_of = Counter(situation.vessels_of)
    open_of = Counter(situation.open_of)
    for one in situation.waiting:
        if one.experiment in found:
            vessels_of[one.owner] += len(one.needs)
            open_of[one.owner] += one.again
    later = replace(
        situation,
        waiting=[one for one in situation.waiting if one.experiment not in found],
        places=[
            each.occupied(taken[each.binding]) if each.binding in taken else each
            for each in situation.places
        ],
        vessels_of=vessels_of,
        open_of=open_of,
    )
    assert not starts(later)


@given(st.lists(st.sampled_from(["ada", "bob", "eve"]), max_size=12), st.integers(0, 8))
def test_the_user_with_the_fewest_running_vessels_comes_next(owners: list[str], free: int) -> None:
    """With entries that are alike, nobody gets a second reactor while another waits for a first."""
    waiting = [
        entry(f"e{number}", owner=owner, place=number) for number, owner in enumerate(owners)
    ]
    situation = Situation(
        waiting=waiting, places=[place(f"r{n}") for n in range(free)], now_wall_s=NOW
    )
    started = starts(situation)
    got = Counter(one.owner for one in waiting if one.experiment in started)
    left = Counter(one.owner for one in waiting if one.experiment not in started)
    assert sum(got.values()) == min(free, len(owners))
    for starved in left:
        assert all(got[other] <= got[starved] + 1 for other in got)
    for owner in got:
        mine = [one.experiment for one in waiting if one.owner == owner]
        assert all(name in started for name in mine[: got[owner]]), "the oldest first"


def decisions(waiting: Sequence[Waiting], free: Sequence[Place], **more: object) -> dict[str, str]:
    situation = replace(
        Situation(waiting=waiting, places=free, now_wall_s=NOW, rules=Rules(pools=POOLS)),
        **more,  # type: ignore[arg-type]
    )
    return {
        each.experiment: each.reason if isinstance(each, Wait) else "starts"
        for each in look_at_queue(situation)
    }


def test_a_priority_comes_before_fairness_and_age() -> None:
    waiting = [
        entry("old", owner="bob", place=1),
        entry("new", owner="ada", place=2, priority=1),
    ]
    found = decisions(waiting, [place("r1")], vessels_of={"ada": 3})
    assert list(found) == ["new", "old"]
    assert found["new"] == "starts"


def test_a_start_counts_for_the_turns_after_it() -> None:
    waiting = [entry(f"a{n}", owner="ada", place=n) for n in range(3)]
    waiting.append(entry("b", owner="bob", place=9))
    found = decisions(waiting, [place("r1"), place("r2")])
    assert [name for name, said in found.items() if said == "starts"] == ["a0", "b"]


def test_reasons_name_the_tag_the_pool_and_the_moment() -> None:
    probe = place("r1", sensors=["ph_probe"])
    found = decisions(
        [
            entry("tag", asked={"v0": "tag:oxygen_probe"}),
            entry("pool", asked={"v0": "pool:back"}),
            entry("none", asked={"v0": "pool:left"}),
            entry("early", not_before_wall_s=NOW + 60),
            entry("held", hold="no inoculum"),
            entry("right", asked={"v0": "tag:ph_probe"}),
        ],
        [probe],
    )
    assert found == {
        "tag": "v0 waits for a free reactor with oxygen_probe (none that is there has it)",
        "pool": "v0 waits for a free reactor of the pool back (none is there)",
        "none": "v0 waits for a free reactor of the pool left (there is no such pool)",
        "early": "starts not before 1970-01-12 13:47 UTC",
        "held": "held: no inoculum",
        "right": "starts",
    }


def test_who_takes_any_leaves_the_only_fitting_one_to_its_peer() -> None:
    one = entry("e", 2, asked={"v1": "tag:ph_probe"})
    free = [place("r0", sensors=["ph_probe"]), place("r1")]
    [start] = look_at_queue(Situation(waiting=[one], places=free))
    assert isinstance(start, Start)
    assert {v: str(b) for v, b in start.bindings.items()} == {"v0": "r1", "v1": "r0"}


def test_two_vessels_with_tags_are_dealt_so_that_both_have_one() -> None:
    """The first would take the only reactor that the second can use."""
    one = entry("e", 2, asked={"v0": "tag:ph_probe", "v1": "tag:oxygen_probe"})
    free = [place("r0", sensors=["ph_probe", "oxygen_probe"]), place("r1", sensors=["ph_probe"])]
    [start] = look_at_queue(Situation(waiting=[one], places=free))
    assert isinstance(start, Start)
    assert {v: str(b) for v, b in start.bindings.items()} == {"v0": "r1", "v1": "r0"}


def test_who_waited_for_a_day_keeps_what_is_free_for_itself() -> None:
    """Else small experiments would keep a large one out for ever."""
    large = entry("large", 2, place=1, owner="ada")
    small = entry("small", place=2, owner="bob")
    free = [place("r1"), place("r2", occupied_by="old")]
    assert decisions([large, small], free)["small"] == "starts"
    patient = replace(large, since_wall_s=NOW - 90_000.0)
    assert decisions([patient, small], free)["small"] == "v0 waits for a free reactor"
    never = replace(patient, asked={"v0": "tag:ph_probe"})
    assert decisions([never, small], free)["small"] == "starts", "it could not start anyway"


def test_an_unfit_reactor_is_passed_over_and_named() -> None:
    found = decisions([entry("e")], [place("r1", unfit="it was stopped in an emergency")])
    assert found["e"] == "v0 waits for a free reactor (r1: it was stopped in an emergency)"
    assert decisions([entry("e")], [place("r1", unfit="x"), place("r2")])["e"] == "starts"


@pytest.mark.parametrize(
    ("text", "meant"), [("", True), ("r1", True), ("r2", False), ("pool:front", True)]
)
def test_names_and_pools_say_which_are_meant(text: str, meant: bool) -> None:
    assert is_meant(text, place("r1"), Rules(pools=POOLS)) is meant
