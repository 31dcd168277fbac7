"""`axenic demo` as a newcomer runs it: it starts, ends without a trace, and goes on."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.cluster import eventually, short_folder
from tests.support.demo import Demo

pytestmark = [pytest.mark.processes, pytest.mark.broker, pytest.mark.timeout(170)]


@pytest.fixture
def data() -> Iterator[Path]:
    with short_folder() as folder:
        yield folder


def test_the_demo_grows_ends_without_a_trace_and_goes_on(data: Path) -> None:
    demo = Demo(data, "--speed", "1200")
    try:
        eventually(lambda: demo.latest("od600"), within_s=60, what=f"od600 of {demo.log}")
        eventually(
            lambda: len(demo.latest("od600")) == 2 and min(demo.latest("od600").values()) > 0.1,
            within_s=100,
            what="the questions answered themselves and both cultures grow",
        )
        before = demo.experiment()
        assert before is not None
        assert len(demo.family()) >= 9, "leader, broker, three workers, benches and keepers"
        workers = demo.get("/workers")["items"]
        assert [one["worker"] for one in workers if one["free"]] != [], "one is free"
        code = demo.interrupt()
        assert code == 0, demo.log.read_text()
        eventually(lambda: not demo.family(), within_s=5, what="nothing is left")
    finally:
        demo.process.kill()
        demo.process.wait(10)

    again = Demo(data, "--speed", "1200")
    try:
        od600 = eventually(lambda: again.latest("od600"), within_s=60, what="od600 again")
        found = again.experiment()
        assert found is not None
        assert (found["id"], found["state"]) == (before["id"], "running")
        assert min(od600.values()) > 0.05, "the cultures are the same"
        assert len(again.get("/experiments")["items"]) == 1
    finally:
        again.interrupt()
    eventually(lambda: not again.family(), within_s=5, what="nothing is left")


def test_a_port_in_use_is_one_clear_line(data: Path) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "orchestrator",
                "demo",
                "--data",
                str(data),
                "--port",
                str(port),
            ],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 1
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1
    assert str(port) in lines[0]
    assert "--port" in lines[0]
