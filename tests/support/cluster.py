"""A real cluster for a test: broker, benches, leader and workers, processes that can be killed."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from orchestrator.hardware.clock import boot_id
from orchestrator.hardware.epoch import running_epoch
from orchestrator.transport.users import read_credentials

T = TypeVar("T")
LOOPBACK = "127.0.0.1"


def a_free_port() -> int:
    """A TCP port that nothing listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def eventually(ask: Callable[[], T | None], *, within_s: float, what: str) -> T:
    """Ask again and again until there is a true answer."""
    deadline_s = time.monotonic() + within_s
    while True:
        answer = ask()
        if answer:
            return answer
        assert time.monotonic() < deadline_s, f"not within {within_s:g} s: {what}"
        time.sleep(0.1)


class Cluster:
    """Processes by name: broker, leader, `bench <unit>`, `worker <unit>`."""

    def __init__(self, folder: Path, units: Sequence[str], broker: str) -> None:
        self.folder, self.units, self.broker = folder, units, broker
        self.port, self.broker_port = a_free_port(), a_free_port()
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start_all(self) -> None:
        """Broker first, workers last."""
        self.start("broker")
        for unit in self.units:
            self.start(f"bench {unit}")
        self.start("leader")
        for unit in self.units:
            self.start(f"worker {unit}")
        self.until_ready()

    def until_ready(self) -> None:
        """Wait until the leader sees every worker."""

        def ready() -> bool:
            with contextlib.suppress(OSError):
                workers = self.get("/workers")["items"]
                return sum(each["state"] == "ready" for each in workers) == len(self.units)
            return False

        eventually(ready, within_s=40, what="every worker is ready\n" + self.logs())

    def start(self, name: str) -> None:
        """Start one process; a dead one is taken away first."""
        old = self._running.pop(name, None)
        assert old is None or old.poll() is not None, f"{name} runs already"
        environment = {**os.environ}
        if name == "leader":
            environment["AXENIC_BROKER"] = self._broker_url("leader")
        elif name.startswith("worker "):
            environment["AXENIC_BROKER"] = self._broker_url(name.split()[1])
        with (self.folder / f"{name.replace(' ', '-')}.log").open("ab") as log:
            self._running[name] = subprocess.Popen(
                [sys.executable, "-m", "orchestrator", *self._words(name)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=environment,
                start_new_session=True,
            )
        if name == "broker":
            eventually(lambda: _answers(self.broker_port), within_s=20, what="the broker listens")
        if name.startswith("bench "):
            sock = self.socket(name.split()[1])
            eventually(sock.exists, within_s=20, what=f"{name} is there")

    def kill(self, name: str) -> None:
        """kill -9, and its children of the broker's kind with it."""
        process = self._running[name]
        if name == "broker":
            os.kill(self._broker_child(process.pid), signal.SIGKILL)
        process.kill()
        process.wait(10)

    def stop(self, name: str) -> None:
        """SIGTERM, and it ends in order."""
        process = self._running.pop(name)
        process.terminate()
        process.wait(15)

    def end(self) -> None:
        """End everything, the last first."""
        for name in reversed([*self._running]):
            process = self._running.pop(name)
            if process.poll() is None:
                process.terminate()
                try:
                    process.wait(15)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait(5)

    # ---- what people see

    def get(self, path: str, **query: Any) -> Any:
        """GET below /api."""
        words = urllib.parse.urlencode(query)
        return self._call(urllib.request.Request(self._url(path) + (f"?{words}" if words else "")))

    def post(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """POST JSON below /api."""
        request = urllib.request.Request(
            self._url(path),
            data=json.dumps(body or {}).encode(),
            headers={"Content-Type": "application/json"},
        )
        return self._call(request)

    def submit(self, text: str, **more: Any) -> str:
        """Submit a profile; answers the experiment's id."""
        made = self.post("/experiments", {"text": text, "file": "test.yaml", **more})
        return str(made["id"])

    def axenic(self, *words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        """Call the command line as the user to whom belongs what `submit` submits."""
        return subprocess.run(
            [sys.executable, "-m", "orchestrator", *words],
            input=typed,
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
            env=self.environment(),
        )

    def environment(self) -> dict[str, str]:
        """In which a command finds the leader, as that user."""
        here = {"AXENIC_LEADER": f"http://{LOOPBACK}:{self.port}", "AXENIC_ACTOR": "local"}
        return {**os.environ, **here}

    def experiment(self, experiment: str) -> dict[str, Any]:
        """As the API shows it."""
        found: dict[str, Any] = self.get(f"/experiments/{experiment}")
        return found

    def actions(self, experiment: str) -> list[dict[str, Any]]:
        """All of them."""
        items: list[dict[str, Any]] = []
        cursor = None
        while True:
            query = {"limit": 500} | ({"cursor": cursor} if cursor else {})
            page = self.get(f"/experiments/{experiment}/actions", **query)
            items += page["items"]
            cursor = page["next"]
            if cursor is None:
                return items

    # ---- the other witnesses

    def bench(self, unit: str, verb: str, **args: Any) -> dict[str, Any]:
        """Ask the bench itself."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as wire:
            wire.settimeout(5)
            wire.connect(str(self.socket(unit)))
            ask = {"type": "do", "id": 1, "reactor": unit, "verb": verb, "args": args}
            wire.sendall(json.dumps(ask).encode() + b"\n")
            answer = json.loads(wire.makefile("rb").readline())
        assert not answer.get("error"), answer
        result: dict[str, Any] = answer["result"]
        return result

    def newest_number(self, unit: str) -> int:
        """Of the last record that the worker numbered."""
        with contextlib.closing(self.journal(unit)) as journal:
            (newest,) = journal.execute(
                "SELECT seq FROM sqlite_sequence WHERE name = 'outbox'"
            ).fetchone()
        return int(newest)

    def journal(self, unit: str) -> sqlite3.Connection:
        """A worker's own memory, read only."""
        path = self.folder / "workers" / unit / "journal.sqlite"
        return sqlite3.connect(f"file:{path}?mode=ro", uri=True)

    def store(self) -> sqlite3.Connection:
        """The leader's, read only."""
        return sqlite3.connect(f"file:{self.folder / 'store.sqlite'}?mode=ro", uri=True)

    def socket(self, unit: str) -> Path:
        """Of a unit's bench; short, since socket paths are."""
        return self.folder / f"{unit}.sock"

    def logs(self) -> str:
        """The ends of all logs."""
        ends = [
            f"--- {path.name}\n{path.read_text(errors='replace')[-1500:]}"
            for path in sorted(self.folder.glob("*.log"))
        ]
        return "\n".join(ends)

    # ---- helpers

    def _words(self, name: str) -> list[str]:
        clock = ["--clock", str(self.folder / "clock.json")]
        data = ["--data", str(self.folder)]
        kind, _, unit = name.partition(" ")
        if kind == "broker":
            names = ",".join(self.units)
            port = ["--port", str(self.broker_port)]
            return ["broker", *data, *port, "--kind", self.broker, "--workers", names]
        if kind == "leader":
            return ["leader", *data, *clock, "--port", str(self.port), "--no-rehearse"]
        hardware = ["--hardware", str(self.folder / f"{unit}.json")]
        if kind == "bench":
            kept = ["--kept", str(self.folder / f"{unit}.bench.json")]
            return ["bench", unit, "--socket", str(self.socket(unit)), *hardware, *kept, *clock]
        keeper = ["--keeper", str(self.folder / f"{unit}.keeper.sock")]
        return ["worker", unit, *data, *hardware, *keeper, *clock]

    def _broker_url(self, user: str) -> str:
        password = read_credentials(self.folder / "broker")[user]
        version = "?version=3.1.1" if self.broker == "embedded" else ""
        return f"mqtt://{user}:{password}@{LOOPBACK}:{self.broker_port}{version}"

    def _broker_child(self, pid: int) -> int:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return int(children[0])

    def _url(self, path: str) -> str:
        return f"http://{LOOPBACK}:{self.port}/api{path}"

    def _call(self, request: urllib.request.Request) -> Any:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)


@contextlib.contextmanager
def short_folder() -> Iterator[Path]:
    """A folder with a short path, since sockets lie in it."""
    with tempfile.TemporaryDirectory(prefix="ax-", ignore_cleanup_errors=True) as name:
        yield Path(name)


@contextlib.contextmanager
def running_cluster(
    folder: Path, units: Sequence[str], *, speed: float, broker: str = "mosquitto"
) -> Iterator[Cluster]:
    """A cluster with its clock; everything of it ends with the block."""
    with running_epoch(folder / "clock.json", speed, boot_id()):
        cluster = Cluster(folder, units, broker)
        try:
            cluster.start_all()
            yield cluster
        finally:
            cluster.end()


def _answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection((LOOPBACK, port), 1):
        return True
    return False
