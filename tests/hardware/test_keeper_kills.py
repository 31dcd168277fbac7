"""SEMANTICS rule 4 with real processes: whoever dies, whenever, the pump stops."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from orchestrator.hardware.bench_client import BenchClient
from orchestrator.hardware.clock import boot_id
from orchestrator.hardware.epoch import running_epoch
from orchestrator.hardware.keeper.client import KeeperClient
from orchestrator.hardware.keeper.config import KeeperConfig
from orchestrator.hardware.keeper.core import RunEnd
from orchestrator.hardware.lines import is_served
from orchestrator.hardware.reactor import keeper_config, open_hardware
from orchestrator.hardware.spec import Hardware
from orchestrator.ports.reactor import DeviceFault, PumpEnd
from orchestrator.sim.bench_process import BenchConfig
from tests.support.reactors import (
    bench_and_keeper,
    bench_process,
    end,
    eventually,
    hardware_for,
    keeper_process,
    until,
)

pytestmark = pytest.mark.processes

FLOW_ML_S = 0.1
Bench = tuple[Hardware, KeeperConfig, BenchClient]

WORKER = """
import asyncio, sys
from pathlib import Path
from orchestrator.hardware.clock import boot_id
from orchestrator.hardware.epoch import running_epoch
from orchestrator.hardware.keeper.client import KeeperClient

async def main():
    async with KeeperClient(Path(sys.argv[1]), worker="w") as keeper:
        keeper.drive("v1/stirrer", 0.5)
        keeper.begin("dose-1", "v1/feed_pump", 60.0, lambda *_: None)
        print("begun", flush=True)
        await asyncio.sleep(600.0)

asyncio.run(main())
"""


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with bench_and_keeper(tmp_path) as parts:
        yield parts


class Doomed:
    """A worker in the middle of a dose of a minute."""

    def __init__(self, keeper: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", WORKER, str(keeper)], stdout=subprocess.PIPE
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == b"begun\n"

    def send(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def bury(self) -> None:
        self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()


async def duties(person: BenchClient) -> dict[str, float]:
    found: dict[str, float] = (await person.do("v1", "counters"))["duties"]
    return found


async def fed_ml(person: BenchClient) -> float:
    counters = await person.do("v1", "counters")
    return float(counters["moved_ml"]["feed_pump"])


async def off_within(person: BenchClient, output: str, limit_s: float) -> float:
    began_s = time.monotonic()
    while (await duties(person))[output] > 0.0:
        assert time.monotonic() - began_s < limit_s, f"{output} is still on"
        await asyncio.sleep(0.01)
    return time.monotonic() - began_s


async def test_a_worker_killed_in_the_middle_of_a_dose_pumps_on_for_less_than_a_second(
    bench: Bench,
) -> None:
    _, config, person = bench
    worker = Doomed(config.socket_path)
    await asyncio.sleep(0.3)
    assert (await duties(person))["feed_pump"] == 1.0
    before_ml = await fed_ml(person)
    worker.send(signal.SIGKILL)
    try:
        await off_within(person, "feed_pump", 1.0)
        await off_within(person, "stirrer", 1.3)
    finally:
        worker.bury()
    after_ml = await fed_ml(person)
    assert after_ml - before_ml < 1.0 * FLOW_ML_S
    await asyncio.sleep(0.3)
    assert await fed_ml(person) == after_ml


async def test_a_worker_that_hangs_loses_its_outputs_after_a_second(bench: Bench) -> None:
    _, config, person = bench
    worker = Doomed(config.socket_path)
    while (await duties(person))["feed_pump"] == 0.0:
        await asyncio.sleep(0.01)
    worker.send(signal.SIGSTOP)
    try:
        took_s = await off_within(person, "feed_pump", 1.3)
        assert took_s > 0.5, "it had the benefit of the doubt"
        assert (await duties(person))["stirrer"] == 0.0
        worker.send(signal.SIGCONT)
        await asyncio.sleep(0.5)
        assert (await duties(person))["stirrer"] == 0.5, "back again, it stirs on"
        assert (await duties(person))["feed_pump"] == 0.0, "but nothing is dosed twice"
    finally:
        worker.bury()


async def test_a_dose_begun_before_the_death_is_refused_afterwards(bench: Bench) -> None:
    hardware, config, person = bench
    worker = Doomed(config.socket_path)
    worker.bury()
    async with open_hardware(hardware, worker="w", keeper_path=config.socket_path) as opened:
        ends: list[PumpEnd] = []
        opened.reactors["v1"].begin_pump("dose-1", "feed_pump", 0.1, ends.append)
        await eventually(lambda: bool(ends))
        became = await opened.keeper.recall("dose-1")
        assert await opened.keeper.recall("dose-2") is None
    assert became is not None
    assert (became.for_s, became.reason) == (60.0, "the worker is gone")
    assert became.on_s < 5.0
    assert ends[0].moved_ml == 0.0
    assert "before" in ends[0].reason
    assert await fed_ml(person) < 1.0 * FLOW_ML_S


async def test_after_a_planned_restart_within_ten_seconds_it_is_still_warm_and_stirred(
    bench: Bench,
) -> None:
    hardware, config, person = bench
    path = config.socket_path
    async with KeeperClient(path, worker="w") as keeper:
        keeper.drive("v1/heater", 0.4)
        keeper.begin("dose-1", "v1/feed_pump", 60.0, lambda *_: None)
        await asyncio.sleep(0.1)
        keeper.announce_restart()
    await off_within(person, "feed_pump", 0.5)
    await asyncio.sleep(1.5)
    assert (await duties(person))["heater"] == 0.4
    async with open_hardware(hardware, worker="w", keeper_path=path):
        await asyncio.sleep(1.3)
        assert (await duties(person))["heater"] == 0.4


async def test_a_keeper_that_is_killed_leaves_everything_off_and_is_started_again(
    tmp_path: Path,
) -> None:
    bench = BenchConfig(path=str(tmp_path / "bench"), reactors={"v1": 1})
    hardware = hardware_for(bench)
    path = tmp_path / "keeper"
    config = msgspec.structs.replace(keeper_config(hardware, path), idle_s=0.5)
    with bench_process(bench):
        async with BenchClient(Path(bench.path)) as person:
            with keeper_process(config) as keeper:
                async with open_hardware(hardware, worker="w", keeper_path=path) as opened:
                    ends: list[PumpEnd] = []
                    opened.reactors["v1"].drive("stirrer", 0.5)
                    opened.reactors["v1"].begin_pump("dose-1", "feed_pump", 1.0, ends.append)
                    await asyncio.sleep(0.2)
                    keeper.kill()
                    keeper.wait()
                    await eventually(lambda: bool(ends))
                    assert ends[0].uncertain
                    assert ends[0].moved_ml == 1.0, "counted in full"
                    await off_within(person, "feed_pump", 0.5)
                    await eventually(lambda: is_served(path))
                    while (await duties(person))["stirrer"] != 0.5:
                        await asyncio.sleep(0.02)
                until(lambda: not is_served(path), 5.0, "the keeper stayed")


@pytest.fixture
def supervisor() -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    yield process
    process.kill()
    process.wait()


async def test_a_keeper_ends_with_its_supervisor_and_turns_everything_off(
    tmp_path: Path, supervisor: subprocess.Popen[bytes]
) -> None:
    bench = BenchConfig(path=str(tmp_path / "bench"), reactors={"v1": 1})
    config = msgspec.structs.replace(
        keeper_config(hardware_for(bench), tmp_path / "keeper"), supervisor_pid=supervisor.pid
    )
    with bench_process(bench), keeper_process(config) as keeper:
        async with (
            BenchClient(Path(bench.path)) as person,
            KeeperClient(config.socket_path, worker="w") as client,
        ):
            client.drive("v1/heater", 1.0)
            while (await duties(person))["heater"] != 1.0:
                await asyncio.sleep(0.02)
            supervisor.kill()
            supervisor.wait()
            await asyncio.to_thread(keeper.wait, 5.0)
            assert (await duties(person))["heater"] == 0.0


async def test_an_idle_keeper_ends(tmp_path: Path) -> None:
    bench = BenchConfig(path=str(tmp_path / "bench"), reactors={"v1": 1})
    config = msgspec.structs.replace(
        keeper_config(hardware_for(bench), tmp_path / "keeper"), idle_s=0.3
    )
    with bench_process(bench), keeper_process(config) as keeper:
        assert await asyncio.to_thread(keeper.wait, 5.0) == 0
    assert not config.socket_path.exists()


async def test_a_keeper_of_other_hardware_is_replaced(tmp_path: Path) -> None:
    bench = BenchConfig(path=str(tmp_path / "bench"), reactors={"v1": 1, "v2": 2})
    before = BenchConfig(path=bench.path, reactors={"v1": 1})
    path = tmp_path / "keeper"
    with bench_process(bench), keeper_process(keeper_config(hardware_for(before), path)):
        async with open_hardware(hardware_for(bench), worker="w", keeper_path=path) as opened:
            opened.reactors["v2"].drive("heater", 0.3)
            assert opened.bench is not None
            while (await opened.bench.do("v2", "counters"))["duties"]["heater"] != 0.3:
                await asyncio.sleep(0.02)


async def test_a_second_worker_is_turned_away(bench: Bench) -> None:
    _, config, _ = bench
    async with KeeperClient(config.socket_path, worker="w"):
        second = KeeperClient(config.socket_path, worker="x")
        with pytest.raises(DeviceFault, match="another worker"):
            await asyncio.wait_for(_enter(second), 15.0)


async def _enter(client: KeeperClient) -> None:
    from orchestrator.hardware.keeper import client as module

    before, module.CONNECT_S = module.CONNECT_S, 0.5
    try:
        await client.__aenter__()
    finally:
        module.CONNECT_S = before


async def test_without_a_bench_a_dose_fails_and_safety_is_not_claimed(tmp_path: Path) -> None:
    bench = BenchConfig(path=str(tmp_path / "bench"), reactors={"v1": 1})
    hardware = hardware_for(bench)
    config = keeper_config(hardware, tmp_path / "keeper")
    with bench_process(bench) as benches, keeper_process(config):
        async with open_hardware(hardware, worker="w", keeper_path=config.socket_path) as opened:
            end(benches)
            ends: list[PumpEnd] = []
            opened.reactors["v1"].begin_pump("dose-1", "feed_pump", 1.0, ends.append)
            await eventually(lambda: bool(ends))
            assert not ends[0].complete
            assert "bench" in ends[0].reason
            with pytest.raises(DeviceFault):
                await opened.reactors["v1"].make_safe()


async def test_at_600_times_the_speed_a_dose_is_still_exact(tmp_path: Path) -> None:
    bench = BenchConfig(
        path=str(tmp_path / "bench"), reactors={"v1": 1}, epoch=str(tmp_path / "epoch")
    )
    hardware, path = hardware_for(bench), tmp_path / "keeper"
    with running_epoch(tmp_path / "epoch", 600.0, boot_id()), bench_process(bench):
        async with open_hardware(hardware, worker="w", keeper_path=path, speed=600.0) as opened:
            ends: list[PumpEnd] = []
            takes_s = opened.reactors["v1"].begin_pump("dose-1", "feed_pump", 1.0, ends.append)
            assert takes_s == pytest.approx(10.0), "seconds of the clock"
            await eventually(lambda: bool(ends))
            assert [(end.run, end.moved_ml, end.complete) for end in ends] == [
                ("dose-1", 1.0, True)
            ]
            assert opened.bench is not None
            assert await fed_ml(opened.bench) == pytest.approx(1.0)


async def test_a_keeper_survives_nonsense(bench: Bench) -> None:
    _, config, person = bench
    for nonsense in (b"hello\n", b"{}\n", b"\x00" * 100_000, b'{"type": "quit"}\n'):
        reader, writer = await asyncio.open_unix_connection(str(config.socket_path))
        writer.write(nonsense)
        await asyncio.sleep(0.05)
        writer.close()
        del reader
    async with KeeperClient(config.socket_path, worker="w") as keeper:
        keeper.drive("v1/laser", 0.5)
        keeper.drive("v1/stirrer", 0.5)
        while (await duties(person))["stirrer"] != 0.5:
            await asyncio.sleep(0.02)


async def test_the_keeper_is_exact_to_a_few_milliseconds(bench: Bench) -> None:
    """Seen from the client, with two trips over the socket."""
    _, config, _ = bench
    errors: list[float] = []
    async with KeeperClient(config.socket_path, worker="w") as keeper:
        for number in range(10):
            done = asyncio.Event()
            began_s = time.monotonic()

            def tell(_: RunEnd, __: bool, done: asyncio.Event = done) -> None:
                done.set()

            keeper.begin(f"dose-{number}", "v1/feed_pump", 0.05, tell)
            await asyncio.wait_for(done.wait(), 2.0)
            errors.append(time.monotonic() - began_s - 0.05)
    assert min(errors) >= 0.0
    assert sorted(errors)[5] < 0.01


def test_a_worker_does_not_own_the_keeper_that_it_starts(tmp_path: Path) -> None:
    """The keeper outlives it, and Ctrl-C in the terminal spares it."""
    bench = BenchConfig(path=str(tmp_path / "bench"), reactors={"v1": 1})
    config = msgspec.structs.replace(
        keeper_config(hardware_for(bench), tmp_path / "keeper"), idle_s=1.0
    )
    document: Any = msgspec.json.encode(config).decode()
    words = (
        "import asyncio, sys, msgspec;"
        "from orchestrator.hardware.keeper.start import start_keeper;"
        "from orchestrator.hardware.keeper.config import KeeperConfig;"
        "asyncio.run(start_keeper(msgspec.json.decode(sys.argv[1].encode(), type=KeeperConfig)))"
    )
    with bench_process(bench):
        subprocess.run([sys.executable, "-c", words, document], check=True, timeout=30.0)
        assert is_served(config.socket_path)
        until(lambda: not config.socket_path.exists(), 10.0, "the idle keeper stayed")


def test_two_keepers_do_not_share_a_socket(tmp_path: Path) -> None:
    bench = BenchConfig(path=str(tmp_path / "bench"), reactors={"v1": 1})
    config = msgspec.structs.replace(
        keeper_config(hardware_for(bench), tmp_path / "keeper"), supervisor_pid=os.getpid()
    )
    with bench_process(bench), keeper_process(config):
        from orchestrator.hardware.keeper.start import command

        second = subprocess.run(command(config), capture_output=True, timeout=30.0, check=False)
        assert second.returncode != 0
        assert b"already" in second.stderr
        assert is_served(config.socket_path)
