from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from orchestrator.hardware.bench_client import BenchClient
from orchestrator.hardware.bench_wire import Drive, OwnPins
from orchestrator.hardware.lines import line_of
from orchestrator.ports.reactor import DeviceFault
from orchestrator.sim import bench as bench_module
from orchestrator.sim.bench import Bench, serve
from orchestrator.sim.bench_file import BenchFileBroken, read_bench
from orchestrator.sim.bench_hardware import describe
from orchestrator.sim.bench_process import BenchConfig, reactors_of
from orchestrator.sim.reactor import Reactor as Physics
from tests.support.job_rig import PlainClock
from tests.support.reactors import bench_process, eventually


@asynccontextmanager
async def served(bench: Bench, path: Path) -> AsyncIterator[BenchClient]:
    task = asyncio.create_task(serve(bench, path))
    try:
        await eventually(path.exists)
        async with BenchClient(path) as person:
            yield person
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
def clock() -> PlainClock:
    clock = PlainClock()
    clock.now_s = 1000.0
    return clock


def make(clock: PlainClock, kept_in: Path | None = None) -> Bench:
    return Bench({"v1": Physics(seed=1), "v2": Physics(seed=2)}, clock, kept_in)  # type: ignore[arg-type]


async def test_a_person_can_do_what_hands_do(clock: PlainClock, tmp_path: Path) -> None:
    async with served(make(clock), tmp_path / "bench") as person:
        await person.do("v1", "inoculate")
        assert (await person.do("v1", "truth"))["sim.biomass_g_l"] > 0.0
        assert (await person.do("v2", "truth"))["sim.biomass_g_l"] == 0.0
        assert await person.do("v1", "sample", volume_ml=1.0) == {"taken_ml": 1.0}
        await person.do("v1", "break_sensor", sensor="thermometer", dead=True)
        answers: list[Any] = []
        person.read("v1", "thermometer", lambda *answer: answers.append(answer))
        person.read("v2", "thermometer", lambda *answer: answers.append(answer))
        await eventually(lambda: len(answers) == 2)
        assert answers[0][0] is None
        assert answers[1][0] == pytest.approx(22.0, abs=0.5)


@pytest.mark.parametrize(
    ("reactor", "verb", "args"),
    [
        ("v9", "truth", {}),
        ("v1", "explode", {}),
        ("v1", "sample", {}),
        ("v1", "sample", {"volume_ml": -1.0}),
        ("v1", "stick", {"output": "laser", "duty": 1.0}),
    ],
)
async def test_what_cannot_be_done_is_told(
    clock: PlainClock, tmp_path: Path, reactor: str, verb: str, args: dict[str, Any]
) -> None:
    async with served(make(clock), tmp_path / "bench") as person:
        with pytest.raises(DeviceFault):
            await person.do(reactor, verb, **args)


async def test_pins_go_off_when_their_owner_dies(clock: PlainClock, tmp_path: Path) -> None:
    path = tmp_path / "bench"
    async with served(make(clock), path) as person:
        _, writer = await asyncio.open_unix_connection(str(path))
        writer.write(line_of(OwnPins()) + line_of(Drive("v1", "heater", 0.6)))
        while (await person.do("v1", "counters"))["duties"]["heater"] != 0.6:
            await asyncio.sleep(0.01)
        writer.close()
        while (await person.do("v1", "counters"))["duties"]["heater"] != 0.0:
            await asyncio.sleep(0.01)


async def test_a_pumps_own_time_is_kept_to_the_moment_at_any_speed(
    clock: PlainClock, tmp_path: Path
) -> None:
    bench = make(clock)
    bench.drive(Drive("v1", "feed_pump", 1.0, 10.0))
    clock.now_s += 3600.0
    async with served(bench, tmp_path / "bench") as person:
        counters = await person.do("v1", "counters")
    assert counters["moved_ml"]["feed_pump"] == pytest.approx(1.0)


async def test_a_stopped_bench_goes_on_where_it_was(clock: PlainClock, tmp_path: Path) -> None:
    kept_in = tmp_path / "bench.json"
    async with served(make(clock, kept_in), tmp_path / "bench") as person:
        await person.do("v1", "inoculate")
        clock.now_s += 7200.0
        before = await person.do("v1", "truth")
        assert before["now_s"] == 7200.0
    clock.now_s += 500_000.0
    async with served(make(clock, kept_in), tmp_path / "bench") as person:
        after = await person.do("v1", "truth")
        assert after == before, "no time passed for the culture"
        clock.now_s += 600.0
        later = await person.do("v1", "truth")
    assert later["sim.biomass_g_l"] > before["sim.biomass_g_l"]


async def test_a_killed_bench_loses_no_more_than_a_moment(
    clock: PlainClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench_module, "KEEP_S", 0.02)
    kept_in = tmp_path / "bench.json"
    bench = make(clock, kept_in)
    async with served(bench, tmp_path / "bench") as person:
        await person.do("v1", "inoculate")
        clock.now_s += 60.0
        kept = None
        while kept is None or kept["v1"]["culture"]["now_s"] != 60.0:
            await asyncio.sleep(0.01)
            kept = read_bench(kept_in)
        assert kept["v1"]["culture"]["biomass_g_l"] > 0.0
        assert not kept_in.with_name("bench.json.new").exists()


def test_a_file_that_is_none_of_ours_is_not_overwritten(clock: PlainClock, tmp_path: Path) -> None:
    kept_in = tmp_path / "bench.json"
    for nonsense in ("{", "[]", '{"format": "other"}'):
        kept_in.write_text(nonsense)
        with pytest.raises(BenchFileBroken):
            make(clock, kept_in)


@pytest.mark.processes
async def test_the_process_saves_its_cultures_when_it_is_told_to_end(tmp_path: Path) -> None:
    config = BenchConfig(
        path=str(tmp_path / "bench"),
        reactors={"v1": 1},
        kept_in=str(tmp_path / "bench.json"),
        supervisor_pid=os.getpid(),
    )
    with bench_process(config) as process:
        async with BenchClient(Path(config.path)) as person:
            await person.do("v1", "inoculate", biomass_g_l=0.3)
        process.terminate()
        assert await asyncio.to_thread(process.wait, 5.0) == 0
        assert not await asyncio.to_thread(os.path.lexists, config.path)
    with bench_process(msgspec.structs.replace(config, inoculated=False)):
        async with BenchClient(Path(config.path)) as person:
            truth = await person.do("v1", "truth")
    assert truth["sim.biomass_g_l"] == pytest.approx(0.3, rel=0.05)


def test_photodiodes_at_other_angles_come_and_go_with_the_culture_kept(tmp_path: Path) -> None:
    few = reactors_of(BenchConfig(path="", reactors={"v1": 1}, inoculated=True))["v1"]
    more = reactors_of(BenchConfig(path="", reactors={"v1": 1}, angles=(45, 180)))["v1"]
    assert {"photodiode_45", "photodiode_180"} == {*more.sensors} - {*few.sensors}
    sensors = describe({"v1": more}, tmp_path / "bench")["reactors"]["v1"]["sensors"]
    assert sensors["photodiode_45"]["calibration"]["name"] == "simulated"
    few.advance(3600.0)
    more.restore(few.snapshot())
    assert more.truth() == few.truth()
    few.restore(more.snapshot())
