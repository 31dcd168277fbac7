"""A check's page: the prose of its rule, and the sample that the golden tests hold it to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Final

from orchestrator.documents.pages import parse_page
from tools.checks.prose import PROSE
from tools.reference.markdown import page, table

SAMPLES: Final = Path("tests", "documents", "err")
_CODE: Final = re.compile(r"^[\w./]+:\d+:\d+: .* \[([a-z0-9-]+)\]$", re.MULTILINE)
_INCLUDED: Final = re.compile(r"!include (parts/[\w/.]+)")
_INTRODUCTION: Final = (
    "`axenic check` finds all problems of a document in one pass. Each has a code, which stays the"
    " same from version to version; `axenic check --explain CODE` prints its page in the terminal.",
    "Lines end with LF, CR LF or CR. Columns count characters (Unicode code points) from 1: a tab"
    " is one, an emoji is one, and a byte order mark is none. The end of a range is the first"
    " column behind it. Editors that count UTF-16 code units, as the language server protocol does,"
    " differ on lines with characters beyond U+FFFF; SARIF says which way it is"
    " (`columnKind: unicodeCodePoints`).",
    "Errors keep a document from being used. Warnings do not, unless `--strict` is given.",
)
_WARNING: Final = "*Warning.* The document can be used as it is."
_BOTH: Final = "An error where it is certain; a warning where it depends on what is chosen."


@dataclass(frozen=True, slots=True)
class Sample:
    """A document that is wrong, and what is said of it."""

    name: str
    text: str
    said: str
    parts: tuple[tuple[str, str], ...] = ()
    """Files that it includes, by name, with their texts."""

    def severities_of(self, code: str) -> set[str]:
        """Tell whether a problem is reported as an error, a warning or both here."""
        lines = [line for line in self.said.splitlines() if line.endswith(f" [{code}]")]
        return {"warning" if ": warning: " in line else "error" for line in lines}


def pages(root: Path) -> dict[str, str]:
    """Write every page, by the name of its file."""
    samples = _samples(root)
    prose = {**PROSE, **_of_rules(root)}
    written = {code: check_page(code, text, samples) for code, text in prose.items()}
    found = {f"{code}.md": text for code, text in written.items()}
    return {**found, "index.md": _index(written)}


def check_page(code: str, prose: str, samples: list[Sample]) -> str:
    """Write one page."""
    sections = [prose.strip().split("\n"), *_severity(code, samples)]
    sample = _sample_of(code, samples)
    if sample is not None:
        sections += [
            ["## Example"],
            _yaml(sample.text),
            *(each for name, text in sample.parts for each in ([f"`{name}`:"], _yaml(text))),
            ["```text", *sample.said.rstrip("\n").split("\n"), "```"],
        ]
    return page(code, *sections)


def codes_in(samples: list[Sample]) -> set[str]:
    """List the codes that the samples are reported with."""
    return {code for sample in samples for code in _CODE.findall(sample.said)}


def _of_rules(root: Path) -> dict[str, str]:
    """Take the docstring of each rule, under the code that the rule goes by."""
    folder = root / "orchestrator" / "documents" / "rules"
    found = {}
    for path in sorted(folder.glob("*.py")):
        code = path.stem.replace("_", "-")
        if path.stem == "__init__" or code in _SHARED:
            continue
        module = import_module(f"orchestrator.documents.rules.{path.stem}")
        found[code] = module.__doc__ or ""
    return found


_SHARED: Final = frozenset({"input-range"})
"""Rules that report under another one's code."""


def _yaml(text: str) -> list[str]:
    return ["```yaml", *text.rstrip("\n").split("\n"), "```"]


def _samples(root: Path) -> list[Sample]:
    return [
        Sample(
            path.stem,
            path.read_bytes().decode("utf-8"),
            path.with_suffix(".out").read_text(encoding="utf-8"),
            tuple(_parts(path)),
        )
        for path in sorted((root / SAMPLES).glob("*.yaml"))
        if path.name != "secrets.yaml"
    ]


def _parts(sample: Path) -> Iterator[tuple[str, str]]:
    text = sample.read_bytes().decode("utf-8")
    for name in dict.fromkeys(_INCLUDED.findall(text)):
        if (sample.parent / name).is_file():
            yield name, (sample.parent / name).read_text(encoding="utf-8")


def _sample_of(code: str, samples: list[Sample]) -> Sample | None:
    """Find the sample of a code: the one of its name, else the shortest that is reported so."""
    named = [each for each in samples if each.name == code.replace("-", "_")]
    found = [each for each in samples if f" [{code}]\n" in each.said]
    return min(named or found, key=lambda each: len(each.said), default=None)


def _severity(code: str, samples: list[Sample]) -> list[list[str]]:
    found: set[str] = {word for sample in samples for word in sample.severities_of(code)}
    if found == {"warning"}:
        return [[_WARNING]]
    return [[_BOTH]] if len(found) == 2 else []


def _index(written: dict[str, str]) -> str:
    rows = [
        (f"[{code}]({code}.md)", parse_page(code, text).summary)
        for code, text in sorted(written.items())
    ]
    return page("Checks", *([line] for line in _INTRODUCTION), table(("code", "meaning"), rows))
