"""How long an editor waits for `axenic lsp`, over its pipes, in a profile that is being typed."""

from __future__ import annotations

import itertools
import json
import subprocess
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from tools.bench.commands import commands
from tools.bench.figure import Figure
from tools.bench.made_profile import LINES, profile_text
from tools.bench.processes import end, environment
from tools.bench.size import Size

_QUESTIONS = (
    ("completion of a key", "completion", "      - ", ""),
    ("completion in an expression", "completion", '      - log: "{{ temperature.', ' }}"'),
    ("hover", "hover", "      - wait", ": 2 min"),
)


def measure(size: Size) -> list[Figure]:
    """Each question after each keystroke; and the check after the last one."""
    times = size.of(2, 20, 50)
    with TemporaryDirectory() as made:
        folder = Path(made)
        process = subprocess.Popen(
            (*commands(folder).axenic, "lsp"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment(),
        )
        try:
            return _measured(_Pipes(process), (folder / "profile.yaml").as_uri(), times)
        finally:
            end(process)


def _measured(pipes: _Pipes, uri: str, times: int) -> list[Figure]:
    hello: dict[str, Any] = {"processId": None, "rootUri": None, "capabilities": {}}
    pipes.ask("initialize", hello)
    pipes.tell("initialized", {})
    text = profile_text()
    document = {"uri": uri, "languageId": "yaml", "version": 0, "text": text}
    pipes.tell("textDocument/didOpen", {"textDocument": document})
    pipes.until_checked(0)
    versions = itertools.count(1)
    asked = [
        _figure(what, [_once(pipes, uri, text, next(versions), *rest) for _ in range(times)])
        for what, *rest in _QUESTIONS
    ]
    checks = []
    for _ in range(times):
        version = next(versions)
        begin = time.perf_counter()
        _change(pipes, uri, text, version)
        pipes.until_checked(version)
        checks.append(time.perf_counter() - begin)
    return [*asked, _figure("diagnostics, 150 ms of waiting for the next key included", checks)]


def _once(
    pipes: _Pipes, uri: str, text: str, version: int, method: str, before: str, after: str
) -> float:
    """Type a line in the middle of the schedule, and ask about the place where it breaks off."""
    lines = text.split("\n")
    number = next(n for n, line in enumerate(lines) if "name: step 2" in line) - 1
    lines.insert(number, before + after)
    _change(pipes, uri, "\n".join(lines), version)
    position = {"line": number, "character": len(before)}
    begin = time.perf_counter()
    pipes.ask(f"textDocument/{method}", {"textDocument": {"uri": uri}, "position": position})
    return time.perf_counter() - begin


def _change(pipes: _Pipes, uri: str, text: str, version: int) -> None:
    document = {"uri": uri, "version": version}
    changes = [{"text": text}]
    pipes.tell("textDocument/didChange", {"textDocument": document, "contentChanges": changes})


def _figure(what: str, took_s: list[float]) -> Figure:
    return Figure(
        what=f"axenic lsp, {LINES} lines: {what}",
        ours=1e3 * median(took_s),
        unit="ms",
        note=f"slowest of {len(took_s)}: {1e3 * max(took_s):.0f} ms",
    )


class _Pipes:
    """The least of an editor: one question at a time."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._into, self._out = process.stdin, process.stdout
        self._numbers = itertools.count(1)

    def tell(self, method: str, params: Any, **more: Any) -> None:
        """Say something."""
        message = {"jsonrpc": "2.0", "method": method, "params": params, **more}
        body = json.dumps(message).encode()
        self._into.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self._into.flush()

    def ask(self, method: str, params: Any) -> Any:
        """Ask, and wait for the answer."""
        number = next(self._numbers)
        self.tell(method, params, id=number)
        while (message := self._next()).get("id") != number:
            pass
        return message["result"]

    def until_checked(self, version: int) -> None:
        """Wait for the diagnostics of a version."""
        while True:
            message = self._next()
            if (
                message.get("method") == "textDocument/publishDiagnostics"
                and message["params"].get("version") == version
            ):
                return

    def _next(self) -> Any:
        length = 0
        while line := self._out.readline().strip():
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        return json.loads(self._out.read(length))
