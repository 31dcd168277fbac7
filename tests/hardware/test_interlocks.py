"""Interlocks between outputs: what the keeper lets be on, whatever anybody asks for
(SEMANTICS rule 4)."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as some

from orchestrator.hardware.keeper.core import (
    Blocked,
    Core,
    Effect,
    HeldOff,
    Refused,
    RunEnd,
    Switch,
)
from orchestrator.hardware.reactor import open_hardware
from orchestrator.hardware.spec import Hardware, HardwareError, Lock, hardware_of
from orchestrator.model.interlock import Interlock, Range, circles, never_on
from orchestrator.ports.reactor import PumpEnd
from tests.support.reactors import bench_and_keeper, eventually

STIRRED = Interlock(device="heater", while_on=("stirrer",))
FED = Interlock(device="feed", while_on=("stirrer",), why="unmixed feed kills")
VALVES = (
    Interlock(device="air", while_off=("co2",)),
    Interlock(device="co2", while_off=("air",)),
)
NO_STIRRING = "heater may be on only while stirrer is on"


def core(*interlocks: Interlock) -> Core:
    keeper = Core(["stirrer", "heater", "air", "co2"], ["feed", "waste"], interlocks=interlocks)
    keeper.beat(0.0)
    return keeper


def test_an_output_is_off_until_the_other_is_on_and_then_comes_on_as_it_was_driven() -> None:
    keeper = core(STIRRED)
    assert keeper.drive("heater", 0.4, 0.0) == [
        Switch("heater", 0.0),
        Blocked("heater", NO_STIRRING),
    ]
    assert keeper.blocked == {"heater": NO_STIRRING}
    assert keeper.drive("stirrer", 0.5, 1.0) == [
        Switch("stirrer", 0.5),
        Switch("heater", 0.4),
        Blocked("heater", ""),
    ]


def test_it_goes_off_before_the_other_does() -> None:
    keeper = core(STIRRED)
    keeper.drive("stirrer", 0.5, 0.0)
    keeper.drive("heater", 0.4, 0.0)
    assert keeper.drive("stirrer", 0.0, 1.0) == [
        Switch("heater", 0.0),
        Switch("stirrer", 0.0),
        Blocked("heater", NO_STIRRING),
    ]
    keeper.drive("heater", 0.0, 2.0)
    assert keeper.blocked == {}, "nobody wants it any more"
    assert keeper.drive("stirrer", 0.5, 3.0) == [Switch("stirrer", 0.5)]


def test_a_pump_is_refused_or_stopped_and_never_comes_on_by_itself() -> None:
    keeper = core(FED)
    reason = "feed may be on only while stirrer is on (unmixed feed kills)"
    with pytest.raises(HeldOff) as refused:
        keeper.begin_run("a", "feed", 10.0, 0.0)
    assert str(refused.value) == reason
    keeper.drive("stirrer", 0.5, 0.0)
    keeper.begin_run("a", "feed", 10.0, 0.0)
    [off, ended, _] = keeper.drive("stirrer", 0.0, 4.0)
    assert off == Switch("feed", 0.0)
    assert ended == RunEnd(run="a", pump="feed", on_s=4.0, for_s=10.0, reason=reason, held=True)
    assert keeper.drive("stirrer", 0.5, 5.0) == [Switch("stirrer", 0.5)]


def test_of_two_that_exclude_each_other_the_first_stays_on_and_the_second_waits() -> None:
    keeper = core(*VALVES)
    keeper.drive("air", 1.0, 0.0)
    keeper.drive("co2", 1.0, 1.0)
    assert (keeper.duties["air"], keeper.duties["co2"]) == (1.0, 0.0)
    assert keeper.drive("air", 0.0, 2.0) == [
        Switch("air", 0.0),
        Switch("co2", 1.0),
        Blocked("co2", ""),
    ]


def test_rule_19_a_stop_lets_nothing_come_on_by_an_interlock() -> None:
    keeper = core(STIRRED)
    keeper.drive("heater", 0.4, 0.0)
    keeper.hold(1.0, "emergency stop", frozenset({"heater", "stirrer"}))
    keeper.let_go(frozenset({"heater", "stirrer"}))
    assert keeper.drive("stirrer", 0.5, 2.0) == [Switch("stirrer", 0.5)]


@pytest.mark.parametrize(
    ("interlocks", "circle"),
    [
        ((STIRRED,), False),
        (VALVES, False),
        ((STIRRED, Interlock(device="stirrer", while_on=("heater",))), True),
        (
            (
                Interlock(device="air", while_off=("co2",)),
                Interlock(device="co2", while_on=("air",)),
            ),
            True,
        ),
        ((Interlock(device="air", while_on=("air",)),), True),
    ],
)
def test_what_waits_for_itself_is_told(interlocks: tuple[Interlock, ...], circle: bool) -> None:
    assert bool(list(circles(interlocks))) is circle


def test_what_could_never_be_on_is_told() -> None:
    torn = Interlock(device="heater", while_on=("stirrer",), while_off=("stirrer",))
    assert never_on(torn, [torn]) == "stirrer would have to be on, and off for heater"
    empty = Interlock(device="a", within={"x": Range(type="temperature", above=4.0, below=4.0)})
    assert never_on(empty, [empty]) == "x is never above 4 °C and below 4 °C"
    assert not never_on(STIRRED, [STIRRED])


OUTPUTS, PUMPS = ("a", "b", "c", "d"), ("p", "q")
names = some.sampled_from((*OUTPUTS, *PUMPS))
some_names = some.lists(names, max_size=2, unique=True).map(tuple)
locks = some.lists(
    some.builds(Interlock, device=names, while_on=some_names, while_off=some_names),
    max_size=5,
    unique_by=lambda each: each.device,
)
steps = some.lists(
    some.tuples(
        some.sampled_from(["drive", "drive", "begin", "stop", "hold", "let go", "off", "wait"]),
        names,
        some.floats(0.0, 1.0),
    ),
    max_size=20,
)


@given(locks, steps)
def test_nothing_is_ever_on_against_an_interlock_and_all_else_is_as_it_was_driven(
    interlocks: list[Interlock], story: list[tuple[str, str, float]]
) -> None:
    assume(not list(circles(interlocks)))
    keeper = Core(OUTPUTS, PUMPS, interlocks=interlocks)
    keeper.beat(0.0)
    asked, held, now_s, runs = dict.fromkeys(OUTPUTS, 0.0), set[str](), 0.0, 0
    pins = dict.fromkeys((*OUTPUTS, *PUMPS), 0.0)
    blocked: dict[str, str] = {}

    def apply(effects: list[Effect]) -> None:
        for each in effects:
            if isinstance(each, Switch):
                pins[each.output] = each.duty
            elif isinstance(each, Blocked):
                blocked[each.output] = each.reason
                if not each.reason:
                    del blocked[each.output]

    for what, name, amount in story:
        now_s += amount
        keeper.beat(now_s)
        apply(keeper.due(now_s))
        if what == "drive" and name in OUTPUTS:
            asked[name] = 0.0 if name in held else amount
            apply(keeper.drive(name, amount, now_s))
        elif what == "begin" and name in PUMPS:
            runs += 1
            try:
                apply(keeper.begin_run(str(runs), name, 1.0 + amount, now_s))
            except Refused:
                assert pins[name] or name in held or keeper.why_off(name)
        elif what == "stop":
            apply(keeper.stop_pumps(now_s, "stopped"))
        elif what == "hold":
            held.add(name)
            asked |= {name: 0.0} if name in OUTPUTS else {}
            apply(keeper.hold(now_s, "held", frozenset({name})))
        elif what == "let go":
            held.discard(name)
            keeper.let_go(frozenset({name}))
        elif what == "off":
            asked = dict.fromkeys(OUTPUTS, 0.0)
            apply(keeper.all_off(now_s, "off"))
        for lock in interlocks:
            against = lock.against(lambda other: pins[other] > 0.0)
            assert not (pins[lock.device] and against), f"{what} {name}: {against}"
        for output, duty in asked.items():
            why = keeper.why_off(output)
            assert pins[output] == (0.0 if why else duty)
            assert (output in blocked) is bool(why and duty)


def test_a_description_that_contradicts_itself_is_refused() -> None:
    part = {
        "capacity_ml": 20.0,
        "sensors": {},
        "outputs": {"heater": {"driver": "bench"}, "stirrer": {"driver": "bench"}},
        "interlocks": {"heater": {"while_on": ["stirrer"]}},
    }
    hardware_of({"bench": "b", "reactors": {"v1": part}})
    for lock, told in (
        ({"while_on": ["stirer"]}, "no output or pump 'stirer'"),
        ({"while_on": ["heater"]}, "circle"),
        ({"while_off": ["stirrer"], "while_on": ["stirrer"]}, "never be on"),
    ):
        wrong = part | {"interlocks": {"heater": lock}}
        with pytest.raises(HardwareError, match=told):
            hardware_of({"bench": "b", "reactors": {"v1": wrong}})


def _locked(hardware: Hardware, **interlocks: Lock) -> Hardware:
    part = msgspec.structs.replace(hardware.reactors["v1"], interlocks=interlocks)
    return msgspec.structs.replace(hardware, reactors={**hardware.reactors, "v1": part})


@pytest.mark.processes
async def test_the_keepers_process_holds_off_lets_go_and_tells_the_worker(tmp_path: Path) -> None:
    lock = Lock(while_on=("stirrer",))
    locked = [Interlock(device=name, while_on=("stirrer",)) for name in ("heater", "feed_pump")]
    locked.append(Interlock(device="led_a", while_on=("feed_pump",)))
    async with bench_and_keeper(tmp_path, interlocks=[each.of("v1") for each in locked]) as parts:
        hardware, config, person = parts
        fed = Lock(while_on=("feed_pump",))
        hardware = _locked(hardware, heater=lock, feed_pump=lock, led_a=fed)
        told: list[tuple[str, str]] = []
        ends: list[PumpEnd] = []

        async def duties(**wanted: float) -> None:
            async with asyncio.timeout(5.0):
                while True:
                    found = (await person.do("v1", "counters"))["duties"]
                    if {name: found[name] for name in wanted} == wanted:
                        return
                    await asyncio.sleep(0.01)

        async with open_hardware(hardware, worker="w", keeper_path=config.socket_path) as opened:
            vessel = opened.reactors["v1"]
            vessel.heed(lambda output, reason: told.append((output, reason)))
            vessel.begin_pump("a", "feed_pump", 1.0, ends.append)
            vessel.drive("heater", 0.4)
            await eventually(lambda: told == [("heater", NO_STIRRING)])
            assert (ends[0].held, ends[0].moved_ml) == (True, 0.0)
            assert vessel.why_off("feed_pump") == "feed_pump may be on only while stirrer is on"
            vessel.drive("stirrer", 0.5)
            await duties(heater=0.4, stirrer=0.5)
            assert not vessel.why_off("feed_pump")
            vessel.begin_pump("b", "feed_pump", 1.0, ends.append)
            assert not vessel.why_off("led_a"), "a pump that turns is on"
            await duties(feed_pump=1.0)
            vessel.drive("stirrer", 0.0)
            await duties(heater=0.0, feed_pump=0.0)
            await eventually(lambda: len(ends) == 2)
            assert ends[1].held
            assert 0.0 < ends[1].moved_ml < 1.0
            assert ends[1].reason == "feed_pump may be on only while stirrer is on"
            assert vessel.why_off("led_a") == "led_a may be on only while feed_pump is on"
            vessel.drive("stirrer", 0.5)
            await duties(heater=0.4, feed_pump=0.0)
            vessel.drive("stirrer", 0.0)
            vessel.drive("stirrer", 0.5)
            await asyncio.sleep(0.7)
            assert told == [("heater", NO_STIRRING), ("heater", "")], "a blink is no news"
