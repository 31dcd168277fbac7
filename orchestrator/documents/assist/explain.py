"""What is said about the thing at a place: in Markdown, for people who point at it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from orchestrator.documents.assist.knowledge import Knowledge
from orchestrator.documents.assist.locate import (
    Read,
    covers,
    declaration_at,
    key_at,
    mention_at,
    read_for_help,
    value_at,
    variables_meant,
)
from orchestrator.documents.assist.names import about_declared, about_mentioned
from orchestrator.documents.assist.spot import expression_at
from orchestrator.documents.diagnostic import Diagnostic, Span
from orchestrator.documents.files import NO_FILES, Files
from orchestrator.documents.pages import find_page
from orchestrator.documents.places import Path
from orchestrator.model.expression.functions import FUNCTIONS


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Markdown, and what it is about."""

    text: str
    span: Span


def explain_place(
    text: str,
    file: str,
    line: int,
    column: int,
    knowledge: Knowledge,
    diagnostics: Iterable[Diagnostic] = (),
    files: Files = NO_FILES,
) -> Explanation | None:
    """Explain what stands at a place, and the problems there, with the pages of their checks."""
    read = read_for_help(text, file, knowledge, files)
    about = _about(read, text, line, column, knowledge)
    problems = list(_about_problems(diagnostics, line, column))
    if about is None and not problems:
        return None
    said = [about.text] if about is not None else []
    span = about.span if about is not None else Span(line, column, line, column + 1)
    return Explanation(text="\n\n---\n\n".join([*said, *problems]), span=span)


def _about(
    read: Read, text: str, line: int, column: int, knowledge: Knowledge
) -> Explanation | None:
    function = _about_function(text, line, column)
    if function is not None:
        return function
    mentioned = mention_at(read, line, column)
    if mentioned is not None:
        mention, span = mentioned
        owner = mention.sequence
        for path in variables_meant(read.draft, mention) if mention.kind == "vars" else ():
            owner = str(path[1]) if path[2:3] == ("variables",) else owner
        said = about_mentioned(mention.kind, mention.name, read.draft, mention.job, owner)
        if said:
            noun = "variable" if mention.kind == "vars" else mention.kind
            return _titled(f"{noun} `{mention.name}`", said, span)
    declared = declaration_at(read, line, column)
    if declared is not None:
        kind, name, span = declared
        return _titled(f"{kind} `{name}`", about_declared(kind, name, read.document.data), span)
    key = key_at(read.document, line, column)
    if key is not None:
        return _about_key(read, *key, knowledge)
    value = value_at(read.document, line, column)
    if value is not None and value[0] and not isinstance(value[0][-1], int):
        return _about_key(read, *value, knowledge)
    return None


def _about_function(text: str, line: int, column: int) -> Explanation | None:
    inside = expression_at(text, line, column)
    if inside is None or inside.compared_with is not None:
        return None
    word = inside.whole
    if word not in FUNCTIONS:
        return None
    known = FUNCTIONS[word]
    count = f"{known.arguments_min}"
    if known.arguments_max != known.arguments_min:
        count += f" to {known.arguments_max}"
    plural = "" if count == "1" else "s"
    said = f"{known.description.capitalize()}. Takes {count} number{plural}."
    return _titled(f"function `{word}`", said, inside.span)


def _about_key(read: Read, path: Path, span: Span, knowledge: Knowledge) -> Explanation | None:
    shapes = knowledge.shapes_at(read.document, path)
    described = [each for each in shapes if each.get("description")]
    if not described and not shapes:
        return None
    name = next((step for step in reversed(path) if isinstance(step, str)), "")
    shape = described[0] if described else shapes[0]
    said = [str(shape.get("description", "")), *_facts(shape)]
    text = "\n\n".join(filter(None, said))
    return _titled(f"`{name}`", text, span) if text else None


def _facts(shape: Mapping[str, Any]) -> Iterator[str]:
    if "enum" in shape:
        yield "One of " + ", ".join(f"`{each}`" for each in shape["enum"]) + "."
    if "default" in shape and "default" not in str(shape.get("description", "")):
        yield f"Default `{shape['default']}`."
    if shape.get("examples") and len(shape["examples"]) <= 5:
        yield "For example " + ", ".join(f"`{each}`" for each in shape["examples"]) + "."


def _about_problems(diagnostics: Iterable[Diagnostic], line: int, column: int) -> Iterator[str]:
    for each in diagnostics:
        span = Span(each.line, each.column, each.end_line, each.end_column)
        page = find_page(each.code) if covers(span, line, column) else None
        if page is not None:
            yield f"**{page.code}**\n\n{page.prose}"


def _titled(title: str, said: str, span: Span) -> Explanation:
    return Explanation(text=f"**{title}**\n\n{said}" if said else f"**{title}**", span=span)
