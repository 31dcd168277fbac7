"""Errors as RFC 9457 problem documents; on pages, as a page."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

import msgspec
from aiohttp import web
from aiohttp.typedefs import Handler

from orchestrator.model.arrangement import ArrangementRefused
from orchestrator.model.experiment import TransitionRefused
from orchestrator.ports.configuration import DocumentRefused
from orchestrator.ports.entries import ChangedMeanwhile, TooManyOpen
from orchestrator.ports.library import LibraryRefused, LibraryUnusable, NameRefused, NotKept
from orchestrator.ports.maintenance import MaintenanceRuns
from orchestrator.ports.office import NoAnswer, ProfileRefused, RequestRefused
from orchestrator.ports.store import NotFound, StoreBusy, StoreFull, StoreUnusable
from orchestrator.server.crate.opened import NoBundle
from orchestrator.server.render import error_page

MEDIA_TYPE: Final = "application/problem+json"
_LOG = logging.getLogger(__name__)


class Problem(Exception):
    """Something that the caller is told; raise it anywhere below a request."""

    def __init__(
        self,
        status: int,
        detail: str = "",
        *,
        kind: str = "about:blank",
        title: str = "",
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.kind = kind
        self.title = title or HTTPStatus(status).phrase
        self.detail = detail
        self.headers = headers or {}
        self.more = more

    def document(self) -> dict[str, Any]:
        """Its members, as they are sent."""
        about = {"type": self.kind, "title": self.title, "status": self.status}
        return {**about, "detail": self.detail, **self.more}


class ProblemDocument(msgspec.Struct, kw_only=True):
    """RFC 9457; members beside these depend on the problem."""

    type: str
    title: str
    status: int
    detail: str


_STATUS_OF: Final[Mapping[type[Exception], tuple[int, str]]] = {
    NotFound: (404, "not-found"),
    TransitionRefused: (409, "not-in-this-state"),
    ArrangementRefused: (409, "not-in-this-order"),
    TooManyOpen: (409, "too-many-open"),
    ChangedMeanwhile: (412, "changed-meanwhile"),
    RequestRefused: (409, "refused"),
    MaintenanceRuns: (409, "under-way"),
    LibraryRefused: (409, "refused"),
    NotKept: (404, "not-found"),
    NameRefused: (422, "no-name"),
    NoBundle: (422, "no-bundle"),
    LibraryUnusable: (503, "library-unusable"),
    StoreUnusable: (503, "store-unusable"),
    StoreBusy: (503, "busy"),
    NoAnswer: (504, "no-answer"),
    TimeoutError: (504, "took-too-long"),
    StoreFull: (507, "disk-full"),
}
_RETRY_AFTER_S: Final = {503: "1", 507: "60"}


@web.middleware
async def tell_problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn whatever goes wrong below into an answer that says so."""
    try:
        return await handler(request)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        return _answer(request, _of_http(error))
    except Exception as error:
        return _answer(request, problem_of(request, error))


def problem_of(request: web.Request, error: Exception) -> Problem:
    """What to tell of an error; one that nobody expected is logged, not told."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, ProfileRefused):
        return refused_profile(error)
    if isinstance(error, DocumentRefused):
        return refused_document(error)
    for kind, (status, name) in _STATUS_OF.items():
        if isinstance(error, kind):
            wait = _RETRY_AFTER_S.get(status)
            detail = str(error) or "it took too long"
            headers = {"Retry-After": wait} if wait else {}
            return Problem(status, detail, kind=kind_of(name), headers=headers)
    _LOG.error("%s %s failed", request.method, request.path, exc_info=error)
    return Problem(500, "something went wrong here; the leader's log says what")


def status_of(error: Exception) -> int:
    """The status that a caller is told of an error."""
    if isinstance(error, Problem):
        return error.status
    if isinstance(error, ProfileRefused | DocumentRefused):
        return 422
    return next((said for kind, (said, _) in _STATUS_OF.items() if isinstance(error, kind)), 500)


def refused_profile(error: ProfileRefused) -> Problem:
    """Everything that is wrong with it, each at its place."""
    return Problem(
        422,
        str(error),
        kind=kind_of("profile-refused"),
        title="The profile was refused",
        diagnostics=[msgspec.to_builtins(each) for each in error.diagnostics],
    )


def refused_document(error: DocumentRefused) -> Problem:
    """The same of a document of another kind."""
    return Problem(
        422,
        str(error),
        kind=kind_of("document-refused"),
        title="The document was refused",
        diagnostics=[msgspec.to_builtins(each) for each in error.diagnostics],
    )


def kind_of(name: str) -> str:
    """The `type` of one of our own problems."""
    return f"urn:axenic:problem:{name}"


def _of_http(error: web.HTTPException) -> Problem:
    allowed = error.headers.get("Allow")
    headers = {"Allow": allowed} if allowed else {}
    return Problem(error.status, _DETAILS.get(error.status, error.reason), headers=headers)


_DETAILS: Final = {
    404: "there is nothing at this address",
    405: "this address does not take that method",
    413: "the request is larger than 2 MiB",
}


def _answer(request: web.Request, problem: Problem) -> web.Response:
    if not request.path.startswith("/api"):
        return error_page(request, problem.status, problem.title, problem.detail, problem.headers)
    return web.Response(
        status=problem.status,
        body=msgspec.json.encode(problem.document()),
        content_type=MEDIA_TYPE,
        headers=problem.headers,
    )
