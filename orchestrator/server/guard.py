"""Keeps other web sites' pages from using this server through a visitor's browser."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from orchestrator.server.hosts import is_ours, is_same_origin
from orchestrator.server.keys import NONCE
from orchestrator.server.problems import Problem, kind_of

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


def guard(also_called: Collection[str] = ()) -> Middleware:
    """Let through what names this host, and writes that come from its own pages or from programs.

    A page that a rebound DNS name points here names that other host; a page of another site that
    posts here says so in `Origin`.
    """
    names = frozenset(name.lower() for name in also_called)

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        request[NONCE] = secrets.token_urlsafe(16)
        host = request.headers.get("Host", "")
        if not is_ours(host, names):
            raise Problem(
                421,
                f"this server is not called '{host}'; use localhost, or add the name to those "
                "that the leader listens to",
                kind=kind_of("unknown-host"),
            )
        if request.method not in SAFE_METHODS and not _is_same_origin(request, host):
            raise Problem(
                403, "pages of other sites may not write here", kind=kind_of("other-origin")
            )
        return await handler(request)

    return check


def _is_same_origin(request: web.Request, host: str) -> bool:
    headers = request.headers
    return is_same_origin(host, headers.get("Origin"), headers.get("Sec-Fetch-Site", "none"))


async def add_security_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Say to browsers what this answer may do; for the signal `on_response_prepare`."""
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Cache-Control", "no-store")
    if response.content_type == "text/html":
        response.headers["Content-Security-Policy"] = _PAGE_POLICY(request.get(NONCE, ""))
    else:
        response.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"


_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
# Lit writes style sheets through the object model, CodeMirror a <style> that carries the nonce.
_PAGE_POLICY: Final[Callable[[str], str]] = (
    "default-src 'none'; script-src 'self' 'nonce-{0}'; style-src 'self' 'nonce-{0}'; "
    "img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
).format
