"""`axenic demo` as a process, and what its API says."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import psutil

from tests.support.cluster import a_free_port


class Demo:
    """One start of the demo."""

    def __init__(self, data: Path, *words: str) -> None:
        self.data, self.port = data, a_free_port()
        self.log = data / "demo.log"
        data.mkdir(exist_ok=True)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "orchestrator", "demo", "--data", str(data / "demo")),
                    *("--port", str(self.port), "--broker-port", str(a_free_port()), *words),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def get(self, path: str) -> Any:
        url = f"http://127.0.0.1:{self.port}/api{path}"
        with urllib.request.urlopen(url, timeout=10) as answer:
            return json.load(answer)

    def experiment(self) -> dict[str, Any] | None:
        with contextlib.suppress(OSError):
            items = self.get("/experiments")["items"]
            return items[0] if items else None
        return None

    def latest(self, signal_: str) -> dict[str, float]:
        with contextlib.suppress(OSError):
            found = self.experiment()
            if found is not None:
                items = self.get(f"/experiments/{found['id']}/latest")["items"]
                return {one["vessel"]: one["value"] for one in items if one["signal"] == signal_}
        return {}

    def family(self) -> list[psutil.Process]:
        """Every process that knows this folder."""
        here = str(self.data)
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                if process.pid != os.getpid() and (
                    here in " ".join(process.cmdline()) or process.cwd().startswith(here)
                ):
                    found.append(process)
        return found

    def interrupt(self) -> int:
        """Ctrl-C."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(30)
