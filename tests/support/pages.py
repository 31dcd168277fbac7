"""What a page of the documentation holds: fenced blocks with their marks, links and headings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_FENCE = re.compile(r"^( *)```(\w*)\s*$")
_MARK = re.compile(r"^<!-- (.+?) -->$")
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_CODE = re.compile(r"`[^`]*`")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One fenced block."""

    page: str
    line: int
    language: str
    marks: tuple[str, ...]
    """HTML comments right above it: `run`, `file: NAME`, `frame`, `says: CODE, CODE`."""
    text: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"

    def mark(self, name: str) -> str | None:
        """What stands behind a mark's colon; None without the mark."""
        for each in self.marks:
            word, _, rest = each.partition(":")
            if word == name:
                return rest.strip()
        return None


def written_pages(checkout: Path) -> list[Path]:
    """The pages that people write; what is generated has tests of its own."""
    docs = checkout / "docs"
    pages = [*checkout.glob("*.md"), *docs.rglob("*.md")]
    generated = {docs / "reference", docs / "checks"}
    return sorted(page for page in pages if generated.isdisjoint(page.parents))


def blocks_of(page: Path, name: str) -> list[Block]:
    """The fenced blocks of a page, in order."""
    found: list[Block] = []
    marks: list[str] = []
    lines = enumerate(page.read_text(encoding="utf-8").splitlines(), start=1)
    for number, line in lines:
        if fence := _FENCE.match(line):
            body = "".join(f"{each}\n" for each in _until_fence(lines, fence[1]))
            found.append(
                Block(page=name, line=number, language=fence[2], marks=tuple(marks), text=body)
            )
        mark = _MARK.match(line)
        marks = [*marks, mark[1]] if mark else []
    return found


def _until_fence(lines: Iterator[tuple[int, str]], indent: str) -> Iterator[str]:
    for _, line in lines:
        if line.startswith(f"{indent}```"):
            return
        yield line.removeprefix(indent)


def links_of(page: Path) -> list[str]:
    """Where a page's links and pictures lead, code left out."""
    return [target for line in _prose(page) for target in _LINK.findall(_CODE.sub("", line))]


def anchors_of(page: Path) -> set[str]:
    """What stands behind # in links to a page's headings, as GitHub makes it of them."""
    headings = [line.lstrip("#").strip() for line in _prose(page) if line.startswith("#")]
    return {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings}


def _prose(page: Path) -> Iterator[str]:
    inside = False
    for line in page.read_text(encoding="utf-8").splitlines():
        if line.lstrip().startswith("```"):
            inside = not inside
        elif not inside:
            yield line
