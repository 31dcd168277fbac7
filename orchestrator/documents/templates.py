"""Profiles to begin with: a template asks a few questions, and its answers make a profile.

A template is a profile with `«key»` where an answer belongs. On top stand, after `#:`, what it is
for and its questions: `#: key | question | answer to take if there is none`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from orchestrator.documents.check import check_text
from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.resources import resource

_SUFFIX: Final = ".yaml.in"
_BLANK: Final = re.compile("«([a-z_]+)»")
_PLAIN: Final = re.compile(r"[\w°µ/][\w°µ/.+ -]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a template wants to know."""

    key: str
    text: str
    default: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A profile with blanks."""

    name: str
    description: str
    questions: tuple[Question, ...]
    body: str

    def fill(self, answers: Mapping[str, str]) -> str:
        """Write the profile; what is not answered is as the template proposes."""
        values = {each.key: each.default for each in self.questions} | dict(answers)
        return _BLANK.sub(lambda blank: _written(values[blank[1]]), self.body)

    def problems_with(self, answers: Mapping[str, str]) -> tuple[Diagnostic, ...]:
        """Check the profile that answers make."""
        return check_text(self.fill(answers), "the new profile").diagnostics


def templates() -> dict[str, Template]:
    """Read all that are shipped, by name."""
    found = sorted(resource("contrib", "templates").glob(f"*{_SUFFIX}"))
    return {
        path.name.removesuffix(_SUFFIX): parse_template(
            path.name.removesuffix(_SUFFIX), path.read_text("utf-8")
        )
        for path in found
    }


def parse_template(name: str, text: str) -> Template:
    """Take a template apart."""
    lines = text.splitlines(keepends=True)
    said = [line[2:].strip() for line in lines if line.startswith("#:")]
    questions = [Question(key=k, text=t, default=d) for k, t, d in map(_question, said[1:])]
    body = "".join(line for line in lines if not line.startswith("#:"))
    return Template(name=name, description=said[0], questions=tuple(questions), body=body)


def _question(line: str) -> tuple[str, str, str]:
    key, text, default = (part.strip() for part in line.split("|"))
    return key, text, default


def _written(answer: str) -> str:
    """Write an answer so that YAML reads just that."""
    if _PLAIN.fullmatch(answer) and answer == answer.strip():
        return answer
    return '"' + answer.replace("\\", "\\\\").replace('"', '\\"') + '"'
