"""The page of each check: what it finds, why that matters, what to do, and an example."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from orchestrator.resources import resource

_COMMENT = re.compile(r"^<!--.*-->\n+", re.MULTILINE)
_CODE = re.compile(r"[a-z][a-z0-9-]{0,60}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of `docs/checks/`, which `tools.checks` writes."""

    code: str
    summary: str
    """One sentence."""
    prose: str
    """All of it, down to the example."""
    severity: Literal["error", "warning"]
    text: str
    """The whole page, as Markdown, without the note on how it was made."""


def find_page(code: str) -> Page | None:
    """Read the page of a code; None where there is none."""
    path = _folder() / f"{code}.md"
    if _CODE.fullmatch(code) is None or not path.is_file():
        return None
    return parse_page(code, path.read_text("utf-8"))


def parse_page(code: str, text: str) -> Page:
    """Take a page apart."""
    body = _COMMENT.sub("", text.partition("\n\n")[2])
    prose = body.partition("\n## ")[0].strip()
    return Page(
        code=code,
        summary=prose.partition("\n\n")[0].replace("\n", " "),
        prose=prose,
        severity="warning" if "*Warning.*" in prose else "error",
        text=_COMMENT.sub("", text),
    )


def known_codes() -> list[str]:
    """List every code that has a page."""
    return sorted(path.stem for path in _folder().glob("*.md") if path.stem != "index")


def _folder() -> Path:
    return resource("docs", "checks")
