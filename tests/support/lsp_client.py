"""A small editor: speaks the Language Server Protocol with a real process over its pipes."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

ANSWER_LIMIT_S = 30.0
END_LIMIT_S = 10.0


class Refused(Exception):
    """The server answered with an error."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(error["message"])
        self.code: int = error["code"]


class Editor:
    """Sends requests and notifications; keeps the newest diagnostics of each document."""

    def __init__(self, process: asyncio.subprocess.Process, settings: dict[str, Any]) -> None:
        self._process = process
        self._settings = settings
        self._numbers = itertools.count(1)
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._news = asyncio.Condition()
        self.diagnostics: dict[str, dict[str, Any]] = {}
        """The last `publishDiagnostics` of each address."""
        self.published = 0
        self.shown: list[str] = []
        self.capabilities: dict[str, Any] = {}

    async def request(self, method: str, params: Any = None) -> Any:
        """Ask and await the answer."""
        return await asyncio.wait_for(self.ask(method, params)[1], ANSWER_LIMIT_S)

    def ask(self, method: str, params: Any = None) -> tuple[int, asyncio.Future[Any]]:
        """Ask without awaiting."""
        number = next(self._numbers)
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._answers[number] = future
        self.send({"id": number, "method": method, "params": params})
        return number, future

    def notify(self, method: str, params: Any = None) -> None:
        """Tell, without an answer."""
        self.send({"method": method, "params": params})

    def send(self, message: dict[str, Any]) -> None:
        """Write one message."""
        assert self._process.stdin is not None
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))

    def open(self, uri: str, text: str, version: int = 1) -> None:
        """Show a document."""
        document = {"uri": uri, "languageId": "yaml", "version": version, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": document})

    def change(self, uri: str, text: str, version: int) -> None:
        """Type: the whole document as it is now; what was said of it before is forgotten."""
        self.diagnostics.pop(uri, None)
        self.notify(
            "textDocument/didChange",
            {"textDocument": {"uri": uri, "version": version}, "contentChanges": [{"text": text}]},
        )

    def close(self, uri: str) -> None:
        """Close a document."""
        self.notify("textDocument/didClose", {"textDocument": {"uri": uri}})

    async def at(self, what: str, uri: str, line: int, character: int, **more: Any) -> Any:
        """Ask about a place, counted from 0 as the protocol does."""
        position = {"line": line, "character": character}
        return await self.request(
            f"textDocument/{what}", {"textDocument": {"uri": uri}, "position": position, **more}
        )

    async def told(self, uri: str, version: int | None = None) -> list[dict[str, Any]]:
        """Await diagnostics of a document, or of one version of it."""

        def is_there() -> bool:
            found = self.diagnostics.get(uri)
            return found is not None and (version is None or found.get("version") == version)

        async with self._news:
            await asyncio.wait_for(self._news.wait_for(is_there), ANSWER_LIMIT_S)
        found: list[dict[str, Any]] = self.diagnostics[uri]["diagnostics"]
        return found

    async def listen(self) -> None:
        """Take what the server says, until it ends."""
        assert self._process.stdout is not None
        with suppress(asyncio.IncompleteReadError):
            await self._listen(self._process.stdout)

    async def _listen(self, stream: asyncio.StreamReader) -> None:
        while True:
            header = await stream.readuntil(b"\r\n\r\n")
            (length,) = (
                int(line.partition(b":")[2])
                for line in header.lower().split(b"\r\n")
                if line.startswith(b"content-length:")
            )
            await self._take(json.loads(await stream.readexactly(length)))

    async def _take(self, message: dict[str, Any]) -> None:
        if "method" not in message:
            future = self._answers.pop(message["id"], None)
            if future is not None and not future.done():
                if "error" in message:
                    future.set_exception(Refused(message["error"]))
                else:
                    future.set_result(message.get("result"))
            return
        if message["method"] == "textDocument/publishDiagnostics":
            async with self._news:
                self.diagnostics[message["params"]["uri"]] = message["params"]
                self.published += 1
                self._news.notify_all()
        elif message["method"] == "window/showMessage":
            self.shown.append(message["params"]["message"])
        if "id" in message:
            result: Any = None
            if message["method"] == "workspace/configuration":
                items = message["params"]["items"]
                result = [self._settings.get(each.get("section")) for each in items]
            self.send({"id": message["id"], "result": result})


@asynccontextmanager
async def editor(
    command: Sequence[str],
    *,
    root: Path,
    settings: dict[str, Any] | None = None,
    capabilities: dict[str, Any] | None = None,
) -> AsyncIterator[Editor]:
    """Start a server and say hello; say goodbye and see it end by itself."""
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        cwd=root,
    )
    one = Editor(process, settings or {})
    listening = asyncio.create_task(one.listen(), name="listen to the server")
    try:
        hello = {
            "processId": os.getpid(),
            "rootUri": root.as_uri(),
            "capabilities": capabilities or {},
        }
        one.capabilities = (await one.request("initialize", hello))["capabilities"]
        one.notify("initialized", {})
        yield one
        await one.request("shutdown")
        one.notify("exit")
        assert await asyncio.wait_for(process.wait(), END_LIMIT_S) == 0
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        if process.stdin is not None:
            process.stdin.close()
        await listening
