"""Who starts and who waits, decided from nothing but values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from orchestrator.leader import queue
from orchestrator.leader.needs import Needs
from orchestrator.leader.situation import Decision, Place, Situation, Start, Wait, Waiting
from orchestrator.messages.reports import Capabilities, PumpReport, ReactorReport
from orchestrator.ports.records import Binding


def look_at_queue(
    waiting: Sequence[Waiting], places: Sequence[Place], **more: Any
) -> Sequence[Decision]:
    return queue.look_at_queue(Situation(waiting=waiting, places=places, **more))


def place(text: str, occupied_by: str = "", pumps: tuple[str, ...] = ("feed",)) -> Place:
    binding = Binding.parse(text)
    reactor = ReactorReport(
        sensors=[],
        outputs=[],
        pumps={
            f"{medium}_pump": PumpReport(medium=medium, direction="in", flow_ml_min=1.0)
            for medium in pumps
        },
        calibrations={},
        capacity_ml=20.0,
    )
    capabilities = Capabilities(
        worker=binding.worker, version="1", reactors={binding.reactor: reactor}, jobs=["stirring"]
    )
    return Place(binding=binding, capabilities=capabilities, occupied_by=occupied_by)


def waiting(
    name: str,
    vessels: str = "v",
    bindings: Mapping[str, str] | None = None,
    *,
    media: tuple[str, ...] = (),
    jobs: tuple[str, ...] = ("stirring",),
    worker: str | None = None,
    shared: tuple[str, ...] = (),
    **more: Any,
) -> Waiting:
    needs = [
        Needs(
            vessel=vessel,
            jobs=frozenset(jobs),
            media=frozenset(media),
            shared=frozenset(shared),
            worker=worker,
        )
        for vessel in vessels.split()
    ]
    return Waiting(experiment=name, needs=needs, asked=bindings or {}, **more)


def test_two_experiments_never_get_the_same_reactor() -> None:
    first, second, third = look_at_queue(
        [waiting("a"), waiting("b"), waiting("c")], [place("r1"), place("r2")]
    )
    assert isinstance(first, Start)
    assert isinstance(second, Start)
    assert set(first.bindings.values()).isdisjoint(second.bindings.values())
    assert third == Wait(experiment="c", reason="v waits for a free reactor")


def test_who_waits_for_a_reactor_by_name_keeps_it_from_those_who_take_any() -> None:
    places = [place("r1"), place("r2", occupied_by="old")]
    both = waiting("a", "v w", {"v": "r1", "w": "r2"})
    first, any_, named = look_at_queue([both, waiting("b"), waiting("c", "v", {"v": "r1"})], places)
    assert first == Wait(experiment="a", reason="w waits for r2, which runs old")
    assert any_ == Wait(experiment="b", reason="v waits for a free reactor")
    assert isinstance(named, Start)


def test_the_profile_may_ask_for_a_worker_and_the_user_may_overrule_it() -> None:
    places = [place("r1"), place("r2")]
    (asked,) = look_at_queue([waiting("a", worker="r2")], places)
    (overruled,) = look_at_queue([waiting("a", "v", {"v": "r1"}, worker="r2")], places)
    assert isinstance(asked, Start)
    assert isinstance(overruled, Start)
    assert (str(asked.bindings["v"]), str(overruled.bindings["v"])) == ("r2", "r1")


def test_a_reactor_that_lacks_something_is_passed_over_and_named() -> None:
    bare, full = place("bare", pumps=()), place("full")
    (chosen,) = look_at_queue([waiting("a", media=("feed",))], [bare, full])
    assert isinstance(chosen, Start)
    assert str(chosen.bindings["v"]) == "full"
    (none,) = look_at_queue([waiting("a", media=("feed",))], [bare])
    assert none == Wait(
        experiment="a", reason="v waits for a free reactor (bare lacks a pump for feed)"
    )
    (named,) = look_at_queue([waiting("a", "v", {"v": "full"}, jobs=("dance",))], [full])
    assert named == Wait(experiment="a", reason="v waits for full, which lacks the job dance")


def test_with_nobody_there_that_is_the_reason() -> None:
    (alone,) = look_at_queue([waiting("a")], [])
    assert alone == Wait(experiment="a", reason="v waits for a free reactor (no worker is there)")


def test_vessels_that_share_a_bottle_go_to_one_worker() -> None:
    both = waiting("a", "v w", shared=("feed",))
    places = [place("one"), place("two/r1"), place("two/r2")]
    [decision] = look_at_queue([both], places)
    assert isinstance(decision, Start)
    assert {binding.worker for binding in decision.bindings.values()} == {"two"}
    [decision] = look_at_queue([both], places[:2])
    words = "v, w share the bottle feed and wait for one worker with room for all"
    assert decision == Wait(experiment="a", reason=words)
    [decision] = look_at_queue([both], places[:1])
    assert decision == Wait(experiment="a", reason="w waits for a free reactor")


def test_a_single_vessel_shares_with_nobody() -> None:
    [decision] = look_at_queue([waiting("a", shared=("feed",))], [place("one")])
    assert isinstance(decision, Start)
