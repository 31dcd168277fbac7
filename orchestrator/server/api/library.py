"""`/api/library`: a laboratory's own profiles, with their past where git is there."""

from __future__ import annotations

import asyncio
import posixpath
from typing import Any, Final

from aiohttp import web
from msgspec.structs import replace as replace_fields

from orchestrator.model.text_difference import text_difference
from orchestrator.ports import library as kept_in
from orchestrator.ports.check import Bundle, Check
from orchestrator.ports.library import ChangedSince, Kept, Library, NotKept
from orchestrator.server.api.profiles import AT_ONCE
from orchestrator.server.keeping import IF_MATCH, changed_since, edit_of, history_of
from orchestrator.server.problems import Problem, kind_of
from orchestrator.server.routing import Call, NoQuery, Routes
from orchestrator.server.services import Services
from orchestrator.server.signature import refuse_forged
from orchestrator.server.views.common import Listing, PageQuery, page_at, view
from orchestrator.server.views.library import (
    CommitQuery,
    ComparedQuery,
    HistoryQuery,
    LibraryCommit,
    LibraryFile,
    LibraryStanding,
    LibraryText,
    NewText,
    PullResult,
    Removal,
    Restoration,
    TextDifference,
)

routes = Routes("library")
FILE: Final = "/api/library/files/{path}"
WEBHOOK_BYTES_MAX: Final = 1024 * 1024
PROFILE: Final = "axenic: profile/1"
KNOWN: Final = web.AppKey("library_files", dict[tuple[str, str], LibraryFile])
"""Documents by path and content, so that each is looked at once."""


@routes.get("/api/library", problems=(404,))
async def get_library(call: Call[NoQuery, None]) -> LibraryStanding:
    """Tell what the library is: in git or not, from where it is pulled, and how far it is."""
    standing = await asyncio.to_thread(library_of(call.services).standing)
    return view(standing, LibraryStanding)


@routes.get("/api/library/files", problems=(404,))
async def list_library(call: Call[PageQuery, None]) -> Listing[LibraryFile]:
    """List its documents, by path."""
    files = await library_files(call.request, call.services)
    return page_at(files, call.query, lambda each: each)


@routes.get(FILE, etag="blob", problems=(404, 422))
async def get_library_file(call: Call[CommitQuery, None]) -> LibraryText:
    """Read a document, as it is or as it was at a commit.

    A path's slashes are written `%2F`: `/api/library/files/growth%2Fbatch.yaml`.
    """
    return await _read(call, call.query.commit)


@routes.put(FILE, etag="blob", problems=(404, 409, 412, 422))
async def save_library_file(call: Call[NoQuery, NewText]) -> LibraryText:
    """Keep a document as whoever asks wrote it; with git, that is a commit of theirs.

    `If-Match` takes the `ETag` that was read; without it the document has to be a new one. Where
    somebody else was faster nothing is changed, and the problem brings the `difference` between
    what the document says now and what was sent, and the `blob` that it has now.
    """
    asked = call.body
    await _save(call, asked.text, asked.message)
    return await _read(call, None)


@routes.post(FILE + "/remove", problems=(404, 409, 412, 428))
async def remove_library_file(call: Call[NoQuery, Removal]) -> Listing[LibraryFile]:
    """Take a document away; with git, its past stays, and it can be restored."""
    library, path = library_of(call.services), call.named("path")
    edit = edit_of(call, call.body.message)
    if edit.expected is None and not edit.whatever:
        raise Problem(428, f"send {IF_MATCH} with the ETag that you read", kind=kind_of("no-etag"))
    try:
        await asyncio.to_thread(library.remove, path, edit)
    except ChangedSince as error:
        raise changed_since(error, "") from error
    return Listing(items=await library_files(call.request, call.services))


@routes.get(FILE + "/history", problems=(404, 409, 422))
async def list_file_history(call: Call[HistoryQuery, None]) -> Listing[LibraryCommit]:
    """List the commits that changed a document, newest first."""
    return await _history(call, call.named("path"))


@routes.get("/api/library/history", problems=(404, 409))
async def list_library_history(call: Call[HistoryQuery, None]) -> Listing[LibraryCommit]:
    """List all commits, newest first."""
    return await _history(call, None)


@routes.get(FILE + "/difference", problems=(404, 422))
async def compare_versions(call: Call[ComparedQuery, None]) -> TextDifference:
    """Compare a document at two commits, or at one with what it says now."""
    library, path, query = library_of(call.services), call.named("path"), call.query

    def compare() -> TextDifference:
        old, new = (_text_at(library, path, each) for each in (query.old, query.new))
        if old is None and new is None:
            raise NotKept(f"there is no {path} in either")
        names = (f"{path} {query.old[:12]}", f"{path} {query.new[:12] if query.new else 'now'}")
        difference = text_difference(old or "", new or "", *names)
        return TextDifference(old=query.old, new=query.new, difference=difference)

    return await asyncio.to_thread(compare)


@routes.post(FILE + "/restore", etag="blob", problems=(404, 409, 412, 422))
async def restore_library_file(call: Call[NoQuery, Restoration]) -> LibraryText:
    """Let a document say again what it said at a commit, as a new commit.

    `If-Match` as for saving; a document that was taken away comes back without it.
    """
    library, path, asked = library_of(call.services), call.named("path"), call.body
    kept = await asyncio.to_thread(library.read, path, asked.commit)
    message = asked.message or f"Restore {path} of {asked.commit[:12]}"
    await _save(call, kept.text, message)
    return await _read(call, None)


@routes.post("/api/library/pull", problems=(404, 409))
async def pull_library(call: Call[NoQuery, None]) -> PullResult:
    """Take over what the remote has, if that only adds to what is here."""
    library_of(call.services)
    return view(await call.services.office.pull_library(by=call.actor), PullResult)


@routes.post(
    "/api/library/webhook", problems=(403, 404, 409, 413), text_length_max=WEBHOOK_BYTES_MAX
)
async def pull_by_webhook(call: Call[NoQuery, None]) -> PullResult:
    """Do the same, at the wish of the remote's host, which proves that it knows the secret.

    The signature is `X-Hub-Signature-256` or `X-Gitea-Signature`; `X-Gitlab-Token` and
    `Authorization: Bearer` hold the secret itself. What the body says does not matter.
    """
    body = await call.request.read()
    if len(body) > WEBHOOK_BYTES_MAX:
        raise Problem(413, f"a webhook takes at most {WEBHOOK_BYTES_MAX >> 20} MiB")
    refuse_forged(call.request, body, call.services.webhook_secret)
    library_of(call.services)
    return view(await call.services.office.pull_library(by="webhook"), PullResult)


def library_of(services: Services) -> Library:
    """The leader's.

    Raises:
        Problem: it keeps none.
    """
    if services.library is None:
        raise Problem(404, "this leader keeps no library", kind=kind_of("not-found"))
    return services.library


async def library_files(request: web.Request, services: Services) -> list[LibraryFile]:
    """All documents with what they are about."""
    library, known = library_of(services), request.app[KNOWN]

    def look() -> list[LibraryFile]:
        entries = library.entries()
        for each in entries:
            if (each.path, each.blob) not in known:
                known[each.path, each.blob] = _described(services.check, library, each)
        for gone in known.keys() - {(each.path, each.blob) for each in entries}:
            known.pop(gone, None)
        return [known[each.path, each.blob] for each in entries]

    async with request.app[AT_ONCE]:
        return await asyncio.to_thread(look)


def _described(check: Check, library: Library, entry: kept_in.Entry) -> LibraryFile:
    name = posixpath.basename(entry.path)
    try:
        text = library.read(entry.path).text
    except NotKept:  # it was taken away in this moment
        text = ""
    plain = LibraryFile(
        path=entry.path,
        blob=entry.blob,
        size_bytes=entry.size_bytes,
        is_profile=PROFILE in text,
        name=name,
        description="",
        tags=[],
    )
    if not plain.is_profile:
        return plain
    profile = check(text, name, {}, Bundle(library.beside(entry.path))).profile
    if profile is None:
        return plain
    tags = list(profile.tags)
    return replace_fields(plain, name=profile.name, description=profile.description, tags=tags)


async def _read(call: Call[Any, Any], commit: str | None) -> LibraryText:
    library, path, check = library_of(call.services), call.named("path"), call.services.check

    def read() -> LibraryText:
        kept = library.read(path, commit)
        name = posixpath.basename(path)
        files: dict[str, str] = {}
        if "!include" in kept.text:
            beside = Bundle(library.beside(path, commit))
            files = dict(check(kept.text, name, {}, beside).files)
        return LibraryText(
            path=path, file=name, text=kept.text, files=files, blob=kept.blob, commit=kept.commit
        )

    async with call.request.app[AT_ONCE]:
        return await asyncio.to_thread(read)


async def _save(call: Call[Any, Any], text: str, message: str) -> None:
    library, path = library_of(call.services), call.named("path")
    try:
        await asyncio.to_thread(library.save, path, text, edit_of(call, message))
    except ChangedSince as error:
        raise changed_since(error, text) from error


async def _history(call: Call[HistoryQuery, None], path: str | None) -> Listing[LibraryCommit]:
    library = library_of(call.services)
    return await history_of(
        call.query, lambda limit, after: library.history(path, limit=limit, after=after)
    )


def _text_at(library: Library, path: str, commit: str | None) -> str | None:
    """What it said then; None if it was not there, though the commit was."""
    kept_in.refuse_name(path)
    if commit is not None:
        library.entries(commit)
    try:
        kept: Kept = library.read(path, commit)
    except NotKept:
        return None
    return kept.text
