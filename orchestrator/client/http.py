"""Requests to a leader's `/api`, one after the other, with the standard library alone."""

from __future__ import annotations

import getpass
import http.client
import json
import os
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import IO, Any, Final
from urllib.parse import urlencode, urlsplit

DEFAULT_URL: Final = "http://127.0.0.1:8420"
LIMIT_S: Final = 30.0
PIECE_BYTES: Final = 256 * 1024


class ClientError(Exception):
    """Whatever went wrong between here and the leader."""


class Unreachable(ClientError):
    """Nobody answers there, or the answer broke off."""


class Refused(ClientError):
    """The leader says why it does not do that; `problem` is its whole answer."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        title, detail = str(problem.get("title", "refused")), str(problem.get("detail", ""))
        super().__init__(f"{title}: {detail}" if detail else title)
        self.status = status
        self.problem = problem


class Http:
    """Where a leader is, and as whom it is asked."""

    def __init__(self, url: str, actor: str | None, role: str, limit_s: float) -> None:
        self.url = url.rstrip("/")
        if not urlsplit(self.url).scheme.startswith("http") or not urlsplit(self.url).netloc:
            raise ClientError(f"{url} is no address of a leader; one is {DEFAULT_URL}")
        self._limit_s = limit_s
        self._who = {
            "X-Axenic-Actor": actor or os.environ.get("AXENIC_ACTOR") or getpass.getuser(),
            "X-Axenic-Role": role,
        }
        # A proxy of the surroundings is none for a leader on the loopback.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def get(self, path: str, **query: Any) -> Any:
        """The JSON at a path; parameters that are None are left out, lists repeated."""
        with self.opened(path, **query) as answer:
            return self._read(answer)

    def post(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Send JSON, done once however often it is sent."""
        headers = {"Content-Type": "application/json", "Idempotency-Key": uuid.uuid4().hex}
        content = json.dumps(body or {}).encode()
        request = urllib.request.Request(
            f"{self.url}/api{path}", content, {**self._who, **headers}, method="POST"
        )
        with self._answered(request) as answer:
            return self._read(answer)

    def items(self, path: str, **query: Any) -> Iterator[Any]:
        """The items of a list, page after page."""
        cursor: str | None = None
        while True:
            page = self.get(path, cursor=cursor, **query)
            yield from page["items"]
            cursor = page["next"]
            if cursor is None:
                return

    def pieces(self, path: str, **query: Any) -> Iterator[bytes]:
        """A file as it comes."""
        with self.opened(path, **query) as answer:
            while piece := answer.read(PIECE_BYTES):
                yield piece

    def _read(self, answer: IO[bytes]) -> Any:
        try:
            return json.load(answer)
        except ValueError as error:
            raise Unreachable(f"what answers at {self.url} is no leader: {error}") from error

    @contextmanager
    def opened(self, path: str, **query: Any) -> Iterator[IO[bytes]]:
        """The answer at a path, to be read."""
        asked = urlencode({k: _text(v) for k, v in query.items() if v is not None}, doseq=True)
        address = f"{self.url}/api{path}" + (f"?{asked}" if asked else "")
        with self._answered(urllib.request.Request(address, headers=self._who)) as answer:
            yield answer

    @contextmanager
    def _answered(self, request: urllib.request.Request) -> Iterator[IO[bytes]]:
        try:
            with self._opener.open(request, timeout=self._limit_s) as answer:
                yield answer
        except urllib.error.HTTPError as error:
            with error:
                raise Refused(error.code, _problem(error)) from None
        except (OSError, http.client.HTTPException) as error:
            raise Unreachable(f"no leader answers at {self.url}: {error}") from error


def _text(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return list(value) if isinstance(value, list | tuple) else value


def _problem(error: urllib.error.HTTPError) -> Mapping[str, Any]:
    try:
        found = json.load(error)
    except ValueError:
        found = None
    return found if isinstance(found, dict) else {"title": f"{error.code} {error.reason}"}
