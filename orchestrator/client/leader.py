"""A leader, and what can be asked of it as a whole."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from orchestrator.client.experiment import Experiment
from orchestrator.client.http import DEFAULT_URL, LIMIT_S, Http

Scalar = float | bool | str


class Leader:
    """The one at an address, asked as somebody."""

    def __init__(
        self,
        url: str | None = None,
        *,
        actor: str | None = None,
        role: str | None = None,
        limit_s: float = LIMIT_S,
    ) -> None:
        """`AXENIC_LEADER`, `AXENIC_ACTOR` and `AXENIC_ROLE` say what is not said here."""
        where = url or os.environ.get("AXENIC_LEADER") or DEFAULT_URL
        self._http = Http(where, actor, role or os.environ.get("AXENIC_ROLE") or "user", limit_s)

    def __repr__(self) -> str:
        return f"<Leader at {self._http.url}>"

    def submit(
        self,
        profile: str | os.PathLike[str],
        *,
        inputs: Mapping[str, Scalar] | None = None,
        on: Mapping[str, str] | None = None,
        name: str | None = None,
        **terms: Any,
    ) -> Experiment:
        """Queue the profile in a file, with all that it includes.

        `on` is vessel → reactor, `tag:…` or `pool:…`; `terms` are further fields of the API:
        `tags`, `labels`, `hold`, `not_before_wall_s`, `every`, …

        Raises:
            Refused: it is wrong; `problem["diagnostics"]` says all that is.
        """
        body = {
            **_with_included(Path(profile)),
            "inputs": dict(inputs or {}),
            "bindings": dict(on or {}),
            "name": name,
            **terms,
        }
        return Experiment(self._http, self._http.post("/experiments", body))

    def submit_text(self, text: str, **more: Any) -> Experiment:
        """Queue a profile that is no file; `more` are fields of the API."""
        return Experiment(self._http, self._http.post("/experiments", {"text": text, **more}))

    def experiment(self, name: str) -> Experiment:
        """The one of this id."""
        return Experiment(self._http, self._http.get(f"/experiments/{quote(name, safe='')}"))

    def experiments(self, *states: str) -> Iterator[Experiment]:
        """All in these states, or all, newest first."""
        found = self._http.items("/experiments", state=list(states))
        return (Experiment(self._http, each) for each in found)

    def queue(self) -> list[dict[str, Any]]:
        """What waits, in the order of turns, each with the reason."""
        entries: list[dict[str, Any]] = self._http.get("/queue")["entries"]
        return entries

    def workers(self) -> list[dict[str, Any]]:
        """All workers, and what they do."""
        return list(self._http.items("/workers"))

    def check(self, profile: str | os.PathLike[str], **inputs: Scalar) -> dict[str, Any]:
        """All that is to be said of a profile; nothing is kept and nothing runs."""
        body = {**_with_included(Path(profile)), "inputs": inputs}
        found: dict[str, Any] = self._http.post("/profiles/check", body)
        return found


def _with_included(profile: Path) -> dict[str, Any]:
    """A leader reads nobody's files, so all of them are sent."""
    text = profile.read_text(encoding="utf-8")
    files: Mapping[str, str] = {}
    if "!include" in text or "packages:" in text:
        from orchestrator.documents.files import Folder
        from orchestrator.documents.include import include
        from orchestrator.documents.load import load

        document, _ = load(text.encode(), str(profile))
        if document is not None:
            files = include(document, Folder(profile.parent)).files
    return {"text": text, "file": profile.name, "files": dict(files)}
