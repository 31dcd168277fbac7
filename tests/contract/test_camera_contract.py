"""What every camera does: simulated in this process or on a bench, and real ones by their tools.

The tools are small programs under the names of the real ones, so that processes, pipes and time
limits are real; what no machine here has is the glass before the sensor.
"""

from __future__ import annotations

import asyncio
import os
import stat
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from gpiozero import Device
from gpiozero.pins.mock import MockFactory, MockPWMPin

from orchestrator.hardware.reactor import KeptReactor, open_hardware
from orchestrator.hardware.spec import Hardware, hardware_of
from orchestrator.model.picture import Shot, kind_of
from orchestrator.ports.reactor import Reactor
from orchestrator.sim.clock import VirtualClock
from orchestrator.sim.reactor import Reactor as Physics
from orchestrator.sim.reactor_port import SimReactor
from tests.support.pins import on_mock_pins
from tests.support.reactors import bench_and_keeper, eventually

LED_PIN = 18
LIMIT_S = 2.0
TOOLS = {"rpicam": "rpicam-still", "v4l2": "ffmpeg"}
TOOL = """#!{python} -I
import os, pathlib, sys, time
here = pathlib.Path({folder!r})
(here / "words").write_text("\\n".join(sys.argv[1:]))
how = (here / "how").read_text()
(here / "pid").write_text(str(os.getpid()))
if how == "good":
    sys.stdout.buffer.write(b"\\xff\\xd8\\xff" + b"pixels" * 20000 + b"\\xff\\xd9")
elif how == "nonsense":
    print("I am no picture")
elif how == "silent":
    pass
elif how == "fails":
    sys.exit("no camera is at the ribbon")
elif how == "endless":
    while True:
        sys.stdout.buffer.write(b"\\xff\\xd8\\xff" * 100000)
elif how == "hangs":
    time.sleep(60.0)
"""


@dataclass
class Bench:
    """A reactor with a camera and a light, and whoever can break the camera."""

    reactor: Reactor
    break_camera: Callable[[bool], Awaitable[None]]
    duty: Callable[[], Awaitable[float]]
    folder: Path | None = None
    """Of the tool, where it is one."""

    async def picture(self, shot: Shot, camera: str = "camera") -> tuple[bytes | None, str]:
        answers: list[tuple[bytes | None, str]] = []
        self.reactor.photograph(camera, shot, lambda *answer: answers.append(answer))
        await eventually(lambda: bool(answers), 3.0 * LIMIT_S)
        await asyncio.sleep(0.0)
        [answer] = answers
        return answer


def make_tool(folder: Path, name: str, how: str = "good") -> Path:
    path = folder / name
    path.write_text(TOOL.format(python=sys.executable, folder=str(folder)))
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    (folder / "how").write_text(how)
    return path


def described(driver: str) -> Hardware:
    camera = {"driver": driver, "path": "/dev/video0", "rotation": 180, "limit_s": LIMIT_S}
    outputs = {"led_a": {"driver": "pwm", "pin": LED_PIN}}
    part = {"sensors": {}, "outputs": outputs, "cameras": {"camera": camera}}
    return hardware_of({"reactors": {"v1": part}})


@asynccontextmanager
async def on_pins(
    folder: Path, driver: str, monkeypatch: pytest.MonkeyPatch, how: str = "good"
) -> AsyncIterator[Bench]:
    make_tool(folder, TOOLS[driver], how)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    factory = MockFactory(pin_class=MockPWMPin)
    monkeypatch.setattr(Device, "pin_factory", factory)
    hardware = described(driver)

    async def break_camera(dead: bool) -> None:
        (folder / "how").write_text("fails" if dead else "good")

    async def duty() -> float:
        return float(factory.pin(LED_PIN).state)

    async with on_mock_pins(hardware, folder, factory) as opened:
        yield Bench(opened.reactors["v1"], break_camera, duty, folder)
    factory.close()


@pytest.fixture(params=["sim", "rpicam", "v4l2", pytest.param("kept", marks=pytest.mark.processes)])
async def bench(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Bench]:
    if request.param == "sim":
        yield _simulated()
    elif request.param in TOOLS:
        async with on_pins(tmp_path, request.param, monkeypatch) as found:
            yield found
    else:
        async with (
            bench_and_keeper(tmp_path) as (hardware, config, person),
            open_hardware(hardware, worker="w", keeper_path=config.socket_path) as opened,
        ):

            async def break_camera(dead: bool) -> None:
                await person.do("v1", "break_camera", camera="camera", dead=dead)

            async def duty() -> float:
                counted = await person.do("v1", "counters")
                return float(counted["duties"]["led_a"])

            yield Bench(opened.reactors["v1"], break_camera, duty)


def _simulated() -> Bench:
    physics, clock = Physics(seed=1), VirtualClock()

    async def break_camera(dead: bool) -> None:
        (physics.blind.add if dead else physics.blind.discard)("camera")

    async def duty() -> float:
        return physics.outputs["led_a"].duty

    return Bench(SimReactor(physics, clock, "v1"), break_camera, duty)


SHOT = Shot(light="led_a", settle_s=0.05)


async def test_a_camera_gives_a_whole_picture_and_leaves_the_light_off(bench: Bench) -> None:
    picture, fault = await bench.picture(SHOT)
    assert picture is not None, fault
    assert kind_of(picture) is not None
    assert bench.reactor.spec.cameras == ("camera",)
    await settles(bench, 0.0)


async def test_a_light_that_somebody_drives_is_what_it_was_afterwards(bench: Bench) -> None:
    bench.reactor.drive("led_a", 0.25)
    await settles(bench, 0.25)
    picture, fault = await bench.picture(SHOT)
    assert picture is not None, fault
    await settles(bench, 0.25)


async def test_a_camera_that_fails_says_so_and_its_light_is_off_and_it_may_recover(
    bench: Bench,
) -> None:
    await bench.break_camera(True)
    picture, fault = await bench.picture(SHOT)
    assert picture is None
    assert "camera" in fault
    await settles(bench, 0.0)
    await bench.break_camera(False)
    picture, fault = await bench.picture(Shot())
    assert picture is not None, fault


async def test_there_is_no_picture_by_a_camera_that_is_not_there(bench: Bench) -> None:
    picture, fault = await bench.picture(Shot(), "kamera")
    assert picture is None
    assert "kamera" in fault


async def settles(bench: Bench, duty: float) -> None:
    async with asyncio.timeout(3.0):
        while await bench.duty() != pytest.approx(duty, abs=1e-3):
            await asyncio.sleep(0.01)


# --- what only a tool can do wrong ----------------------------------------------------------------

WRONG = {
    "nonsense": "the camera took no picture: it wrote 16 bytes that are no picture",
    "silent": "the camera took no picture: it wrote nothing",
    "fails": "the camera took no picture: no camera is at the ribbon",
    "endless": "the camera took no picture: it wrote more than 16 MiB",
    "hangs": f"the camera took no picture: it did not answer within {LIMIT_S:g} s",
}


@pytest.mark.parametrize("driver", TOOLS)
async def test_whatever_a_tool_does_the_light_goes_off_and_nothing_of_it_is_left(
    driver: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with on_pins(tmp_path, driver, monkeypatch) as bench:
        assert bench.folder is not None
        for how, said in WRONG.items():
            if how == "hangs" and driver != "rpicam":
                continue  # it takes its limit, and both go the same way
            (bench.folder / "how").write_text(how)
            assert await bench.picture(SHOT) == (None, said)
            await settles(bench, 0.0)
            assert not is_alive(bench.folder)
        picture, _ = await bench.picture(SHOT)
        assert picture is None, "the last way it was"


async def test_readings_of_the_dark_wait_for_a_picture_and_others_do_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with on_pins(tmp_path, "rpicam", monkeypatch, "hangs") as bench:
        answers: list[str] = []
        bench.reactor.photograph("camera", SHOT, lambda _, fault: answers.append(fault))
        await eventually(lambda: (tmp_path / "pid").exists())
        bench.reactor.photograph("camera", Shot(), lambda _, fault: answers.append(fault))
        assert answers == ["the camera is still at its last picture"]
        bench.reactor.sense("thermometer", lambda _, fault: answers.append(fault))
        assert answers[1:] == ["there is no thermometer here"], "answered meanwhile"
    assert not is_alive(tmp_path), "the end of the worker is the end of its tool"


@pytest.mark.parametrize("driver", TOOLS)
async def test_a_tool_is_told_size_rotation_and_quality(
    driver: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with on_pins(tmp_path, driver, monkeypatch) as bench:
        await bench.picture(Shot(quality=100))
    words = (tmp_path / "words").read_text().splitlines()
    said = " ".join(words)
    if driver == "rpicam":
        assert "--width 1280 --height 960 --rotation 180" in said
        assert said.endswith("--quality 100 --output -")
    else:
        assert "-video_size 1280x960 -i /dev/video0 -vf select=gte(n\\,10),hflip,vflip" in said
        assert said.endswith("-q:v 2 -f image2pipe -c:v mjpeg -"), "2 is its best"


async def test_a_camera_without_its_program_says_which_one_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with on_pins(tmp_path, "rpicam", monkeypatch) as bench:
        monkeypatch.setenv("PATH", str(tmp_path / "empty"))
        picture, fault = await bench.picture(SHOT)
    assert picture is None
    assert fault.endswith("rpicam-still or libcamera-still is not installed here")


async def test_a_worker_that_comes_back_turns_off_what_a_killed_one_left_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with on_pins(tmp_path, "rpicam", monkeypatch) as bench:
        assert isinstance(bench.reactor, KeptReactor)
        bench.reactor._keeper.drive("v1/led_a", 1.0)  # as one that was killed over a picture
        await settles(bench, 1.0)
        part = described("rpicam").reactors["v1"]
        KeptReactor("v1", part, bench.reactor._keeper, {}, {"camera": lambda *_: None})
        await settles(bench, 0.0)


def is_alive(folder: Path) -> bool:
    """Whether the tool still runs; one that is not reaped yet does not."""
    try:
        status = Path(f"/proc/{(folder / 'pid').read_text()}/stat").read_text()
    except FileNotFoundError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"
