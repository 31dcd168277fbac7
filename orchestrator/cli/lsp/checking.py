"""Diagnostics while somebody types: a moment after the last key, and only of what is there now."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from functools import partial
from pathlib import Path
from typing import Final

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from orchestrator.cli.lsp.answers import diagnostic
from orchestrator.cli.lsp.desk import files_beside
from orchestrator.cli.lsp.positions import Ruler
from orchestrator.documents.assist.spot import concerns_us
from orchestrator.documents.catalogue import Offer
from orchestrator.documents.check import Checked, check_text
from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.files import NO_FILES
from orchestrator.documents.secrets import Secrets

PAUSE_S: Final = 0.15
"""So long after the last key nobody is typing."""


class Checking:
    """Checks each open document in its turn and remembers what was found."""

    def __init__(
        self,
        server: LanguageServer,
        offer: Offer,
        executor: Executor,
        path_of: Callable[[str], str],
    ) -> None:
        self._server = server
        self._offer = offer
        self._executor = executor
        self._path_of = path_of
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._found: dict[str, tuple[Diagnostic, ...]] = {}
        self._included: dict[str, set[str]] = {}
        """Addresses of the files that a document included when it was last checked."""

    def found_in(self, uri: str) -> tuple[Diagnostic, ...]:
        """What was found in a document when it was last checked."""
        return self._found.get(uri, ())

    def begin(self, uri: str, pause_s: float = PAUSE_S) -> None:
        """Check a document soon, and those that include it."""
        for each in {uri, *(other for other, files in self._included.items() if uri in files)}:
            self._begin(each, pause_s)

    def _begin(self, uri: str, pause_s: float) -> None:
        """Check a document soon; a check of what it was before is given up."""
        self._give_up(uri)
        self._tasks[uri] = asyncio.get_running_loop().create_task(
            self._check(uri, pause_s), name=f"check {uri}"
        )

    def forget(self, uri: str) -> None:
        """Take back what was said of a document that was closed."""
        self._give_up(uri)
        self._found.pop(uri, None)
        for each in {uri, *self._included.pop(uri, ())}:
            self._publish(each, None, [])

    async def now(self, uri: str) -> tuple[Diagnostic, ...]:
        """Wait for the check of what the document is now, where one is under way."""
        task = self._tasks.get(uri)
        if task is not None:
            await asyncio.wait([task])
        return self.found_in(uri)

    def _give_up(self, uri: str) -> None:
        task = self._tasks.pop(uri, None)
        if task is not None:
            task.cancel()

    async def _check(self, uri: str, pause_s: float) -> None:
        await asyncio.sleep(pause_s)
        document = self._server.workspace.get_text_document(uri)
        text, version, file = document.source, document.version, self._path_of(uri)
        if not concerns_us(text):
            if not any(uri in files for files in self._included.values()):
                self._tell(uri, version, file, text, Checked(file=file, kind=None, diagnostics=()))
            return
        beside = files_beside(uri, self._server.workspace)
        secrets = Secrets(Path(file).parent) if beside is not NO_FILES else None
        work = partial(check_text, text, file, self._offer, files=beside, secrets=secrets)
        checked = await asyncio.get_running_loop().run_in_executor(self._executor, work)
        self._tell(uri, version, file, text, checked)

    def _tell(self, uri: str, version: int | None, file: str, text: str, checked: Checked) -> None:
        """Publish by file: what an included file has wrong is shown there."""
        own = tuple(each for each in checked.diagnostics if each.file == file)
        self._found[uri] = own
        ruler = self._ruler(text)
        self._publish(uri, version, [diagnostic(each, ruler) for each in own])
        included = {name: Path(name).resolve().as_uri() for name in checked.texts}
        for name, address in included.items():
            there = self._ruler(checked.texts[name])
            found = [each for each in checked.diagnostics if each.file == name]
            self._publish(address, None, [diagnostic(each, there) for each in found])
        for gone in self._included.get(uri, set()) - set(included.values()):
            self._publish(gone, None, [])
        self._included[uri] = set(included.values())

    def _ruler(self, text: str) -> Ruler:
        return Ruler(text, self._server.workspace.position_encoding)

    def _publish(self, uri: str, version: int | None, found: list[types.Diagnostic]) -> None:
        self._server.text_document_publish_diagnostics(
            types.PublishDiagnosticsParams(uri=uri, version=version, diagnostics=found)
        )
