"""Axenic's language server: what an editor asks is answered by `documents/assist`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final, TypeVar

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams
from pygls.lsp.server import LanguageServer
from pygls.uris import to_fs_path

from orchestrator import __version__
from orchestrator.cli.lsp.answers import completion, location, quick_fix, span_of, symbol
from orchestrator.cli.lsp.checking import Checking
from orchestrator.cli.lsp.desk import files_beside
from orchestrator.cli.lsp.positions import Ruler
from orchestrator.documents.assist.complete import complete
from orchestrator.documents.assist.define import define
from orchestrator.documents.assist.explain import explain_place
from orchestrator.documents.assist.knowledge import Knowledge
from orchestrator.documents.assist.mend import CannotRename, renamable, rename
from orchestrator.documents.assist.outline import outline
from orchestrator.documents.assist.spot import concerns_us
from orchestrator.documents.catalogue import load_offer
from orchestrator.documents.diagnostic import Span
from orchestrator.documents.files import Files
from orchestrator.documents.layout.format import format_text

P = TypeVar("P")
T = TypeVar("T")
THREADS: Final = 2
"""One for a long check, one for what is asked meanwhile."""


class NotOurs(Exception):
    """The document is YAML of something else."""


def serve() -> None:
    """Talk with one editor over standard input and output until it says goodbye."""
    with ThreadPoolExecutor(THREADS, thread_name_prefix="assist") as executor:
        _make(executor).start_io()


def _make(executor: ThreadPoolExecutor) -> LanguageServer:
    # Whole texts: then lines are counted by us alone, as others see line ends where we see none.
    server = LanguageServer(
        "axenic", __version__, text_document_sync_kind=types.TextDocumentSyncKind.Full
    )
    knowledge = Knowledge(load_offer())
    checking = Checking(server, knowledge.offer, executor, path_of)
    _follow_documents(server, checking)
    _Answers(server, knowledge, checking, executor).register()
    return server


def path_of(uri: str) -> str:
    """Give a document's path, or its address where it lies in no folder."""
    return to_fs_path(uri) or uri


def _follow_documents(server: LanguageServer, checking: Checking) -> None:
    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    async def opened(params: types.DidOpenTextDocumentParams) -> None:
        checking.begin(params.text_document.uri, 0.0)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    async def changed(params: types.DidChangeTextDocumentParams) -> None:
        checking.begin(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    async def saved(params: types.DidSaveTextDocumentParams) -> None:
        del params
        for uri in server.workspace.text_documents:  # one may include another
            checking.begin(uri, 0.0)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    async def closed(params: types.DidCloseTextDocumentParams) -> None:
        checking.forget(params.text_document.uri)


class _Answers:
    """One method a question; each works on the text as it was when it was asked."""

    def __init__(
        self,
        server: LanguageServer,
        knowledge: Knowledge,
        checking: Checking,
        executor: ThreadPoolExecutor,
    ) -> None:
        self._server = server
        self._knowledge = knowledge
        self._checking = checking
        self._executor = executor

    def register(self) -> None:
        """Tell the server what can be asked."""
        triggers = types.CompletionOptions(trigger_characters=[" ", ".", "{", "|", "'", '"', "["])
        fixes = types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.QuickFix])
        renames = types.RenameOptions(prepare_provider=True)
        for name, answer, options in (
            (types.TEXT_DOCUMENT_COMPLETION, self.completion, triggers),
            (types.TEXT_DOCUMENT_HOVER, self.hover, None),
            (types.TEXT_DOCUMENT_DEFINITION, self.definition, None),
            (types.TEXT_DOCUMENT_DOCUMENT_SYMBOL, self.symbols, None),
            (types.TEXT_DOCUMENT_CODE_ACTION, self.fixes, fixes),
            (types.TEXT_DOCUMENT_FORMATTING, self.formatting, None),
            (types.TEXT_DOCUMENT_PREPARE_RENAME, self.prepare_rename, None),
            (types.TEXT_DOCUMENT_RENAME, self.rename, renames),
        ):
            # pygls writes onto what it registers, which a method does not allow.
            self._server.feature(name, options)(partial(_unless_foreign, answer))

    async def completion(self, params: types.CompletionParams) -> types.CompletionList:
        """What may be written here."""
        text, file, files, ruler = self._document(params.text_document.uri)
        line, column = ruler.place(params.position)
        choices = await self._apart(
            partial(complete, text, file, line, column, self._knowledge, files)
        )
        return completion(choices, ruler)

    async def hover(self, params: types.HoverParams) -> types.Hover | None:
        """What this is."""
        uri = params.text_document.uri
        text, file, files, ruler = self._document(uri)
        found = self._checking.found_in(uri)
        line, column = ruler.place(params.position)
        said = await self._apart(
            partial(explain_place, text, file, line, column, self._knowledge, found, files)
        )
        if said is None:
            return None
        content = types.MarkupContent(kind=types.MarkupKind.Markdown, value=said.text)
        return types.Hover(contents=content, range=ruler.range(said.span))

    async def definition(self, params: types.DefinitionParams) -> types.Location | None:
        """Where this comes from."""
        uri = params.text_document.uri
        text, file, files, ruler = self._document(uri)
        line, column = ruler.place(params.position)
        target = await self._apart(
            partial(define, text, file, line, column, self._knowledge, files)
        )
        if target is None:
            return None
        if target.file is not None:
            return location(target.file, target.span)
        return types.Location(uri=uri, range=ruler.range(target.span))

    async def symbols(self, params: types.DocumentSymbolParams) -> list[types.DocumentSymbol]:
        """What is in the document."""
        text, file, _, ruler = self._document(params.text_document.uri)
        entries = await self._apart(partial(outline, text, file))
        return [symbol(each, ruler) for each in entries]

    async def fixes(self, params: types.CodeActionParams) -> list[types.CodeAction]:
        """What to write instead."""
        uri = params.text_document.uri
        found = await self._checking.now(uri)
        text, _, _, ruler = self._document(uri)
        start, end = ruler.place(params.range.start), ruler.place(params.range.end)
        actions = (
            quick_fix(each, uri, text, ruler)
            for each in found
            if _touches(span_of(each), start, end)
        )
        return [each for each in actions if each is not None]

    async def formatting(
        self, params: types.DocumentFormattingParams
    ) -> list[types.TextEdit] | None:
        """The document laid out; nothing where it cannot be read."""
        text, file, _, ruler = self._document(params.text_document.uri)
        formatted = await self._apart(partial(format_text, text, file))
        if formatted.diagnostics or formatted.text == text:
            return None
        return [types.TextEdit(range=ruler.whole(), new_text=formatted.text)]

    async def prepare_rename(
        self, params: types.PrepareRenameParams
    ) -> types.PrepareRenamePlaceholder | None:
        """Whether this can be renamed."""
        text, file, files, ruler = self._document(params.text_document.uri)
        line, column = ruler.place(params.position)
        try:
            name, span = await self._apart(
                partial(renamable, text, file, line, column, self._knowledge, files)
            )
        except CannotRename:
            return None
        return types.PrepareRenamePlaceholder(range=ruler.range(span), placeholder=name)

    async def rename(self, params: types.RenameParams) -> types.WorkspaceEdit:
        """This name everywhere."""
        uri = params.text_document.uri
        text, file, files, ruler = self._document(uri)
        line, column = ruler.place(params.position)
        try:
            edits = await self._apart(
                partial(rename, text, file, line, column, params.new_name, self._knowledge, files)
            )
        except CannotRename as error:
            raise JsonRpcInvalidParams(str(error)) from error
        changes = [types.TextEdit(range=ruler.range(e.span), new_text=e.text) for e in edits]
        return types.WorkspaceEdit(changes={uri: changes})

    def _document(self, uri: str) -> tuple[str, str, Files, Ruler]:
        workspace = self._server.workspace
        text = workspace.get_text_document(uri).source
        if not concerns_us(text):
            raise NotOurs
        files = files_beside(uri, workspace)
        return text, path_of(uri), files, Ruler(text, workspace.position_encoding)

    async def _apart(self, work: Callable[[], T]) -> T:
        """Work in another thread, so that the editor is heard meanwhile."""
        return await asyncio.get_running_loop().run_in_executor(self._executor, work)


async def _unless_foreign(answer: Callable[[P], Awaitable[T]], params: P) -> T | None:
    """Say nothing about YAML that is none of the family: editors send whatever is open."""
    try:
        return await answer(params)
    except NotOurs:
        return None


def _touches(span: Span, start: tuple[int, int], end: tuple[int, int]) -> bool:
    return (span.line, span.column) <= end and start <= (span.end_line, span.end_column)
