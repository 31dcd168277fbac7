"""What to write instead, where a diagnostic knows it; and one name for another, everywhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from orchestrator.documents.assist.knowledge import Knowledge
from orchestrator.documents.assist.locate import (
    Read,
    covers,
    declaration_at,
    declarations,
    mention_at,
    read_for_help,
    variable_span,
    variables_in,
    variables_meant,
)
from orchestrator.documents.decode import lines_of
from orchestrator.documents.diagnostic import Diagnostic, Span
from orchestrator.documents.domains import compared_with_phase
from orchestrator.documents.draft import NameKind
from orchestrator.documents.files import NO_FILES, Files
from orchestrator.documents.places import Path
from orchestrator.documents.variables import procedure_at

_WORD: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,39}")
_LABEL: Final = re.compile(r"[^@:#/\x00-\x1f\"'\\]{1,60}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A piece of the text and what it becomes."""

    span: Span
    text: str


class CannotRename(ValueError):
    """The name at that place, or the new one, is not such that it could be changed; says why."""


def mend(diagnostic: Diagnostic, text: str) -> Edit | None:
    """Give the edit that carries a suggestion out in its text."""
    suggestion = diagnostic.suggestion
    if suggestion is None:
        return None
    if diagnostic.code == "missing-key" and ": " in suggestion:
        return Edit(span=Span(1, 1, 1, 1), text=f"{suggestion}\n")
    span = Span(diagnostic.line, diagnostic.column, diagnostic.end_line, diagnostic.end_column)
    return Edit(span=_of_quoted(span, suggestion, text) or span, text=suggestion)


def _of_quoted(span: Span, suggestion: str, text: str) -> Span | None:
    """Find the text that a suggestion puts in quotes; of YAML's syntax only a sign is marked."""
    lines, inner = lines_of(text), suggestion[1:-1]
    if span.line > len(lines) or suggestion[:1] != '"':
        return None
    for start in (span.column - 1, span.column - 2):
        if start >= 0 and lines[span.line - 1].startswith(inner, start):
            return Span(span.line, start + 1, span.line, start + len(inner) + 1)
    return None


def renamable(
    text: str, file: str, line: int, column: int, knowledge: Knowledge, files: Files = NO_FILES
) -> tuple[str, Span]:
    """Give the name at a place and its span, if it can be renamed.

    Raises:
        CannotRename: nothing there can.
    """
    read = read_for_help(text, file, knowledge, files)
    variable = _variable_at(read, line, column)
    if variable is not None:
        return variable[1:]
    _, name, span = _chosen(read, line, column)
    return name, span


def rename(
    text: str,
    file: str,
    line: int,
    column: int,
    new: str,
    knowledge: Knowledge,
    files: Files = NO_FILES,
) -> tuple[Edit, ...]:
    """Give an input, vessel, bottle, phase, sequence or variable another name, everywhere.

    Raises:
        CannotRename: the place holds no such name, or the new one cannot be taken.
    """
    read = read_for_help(text, file, knowledge, files)
    if not read.is_exact:
        raise CannotRename("the document cannot be read as it is; mend it first")
    variable = _variable_at(read, line, column)
    if variable is not None:
        kind, (root, name, _) = "variable", variable
        taken = {each.name for owner, each in variables_in(read.draft) if owner == root}
        found = _variable_spans(read, root, name)
    else:
        kind, name, _ = _chosen(read, line, column)
        taken = {known for each, known, _ in declarations(read.document) if each == kind}
        found = _spans_of(read, kind, name)
    pattern = _LABEL if kind == "phase" else _WORD
    if pattern.fullmatch(new) is None or new.strip() != new:
        raise CannotRename(f"'{new}' cannot be the name of a {kind}")
    if new in taken:
        raise CannotRename(f"there is a {kind} '{new}' already")
    spans = sorted(set(found))
    other = next((span.file for span in spans if span.file), None)
    if other is not None:
        raise CannotRename(f"'{name}' stands in {other} too, which others may include as well")
    return tuple(Edit(span=span, text=new) for span in spans)


def _chosen(read: Read, line: int, column: int) -> tuple[NameKind, str, Span]:
    declared = declaration_at(read, line, column)
    if declared is not None:
        return declared
    found = mention_at(read, line, column)
    if found is not None:
        mention, span = found
        known = {(kind, name) for kind, name, _ in declarations(read.document)}
        for name in (mention.name, mention.vessel):
            kind: NameKind = "vessel" if name == mention.vessel else mention.kind
            if name is not None and (kind, name) in known:
                return kind, name, _inner(read, span, name)
    kinds = "inputs, vessels, bottles, phases, sequences and variables"
    raise CannotRename(f"only {kinds} can be renamed")


def _variable_at(read: Read, line: int, column: int) -> tuple[Path, str, Span] | None:
    """Find a variable that is declared, read or given at a place, with whose it is."""
    for owner, each in variables_in(read.draft):
        span = variable_span(read.document, each.path)
        if covers(span, line, column):
            return owner, each.name, _inner(read, span, each.name)
    found = mention_at(read, line, column)
    paths = variables_meant(read.draft, found[0]) if found and found[0].kind == "vars" else []
    root = procedure_at(paths[0]) if paths else None
    if found is None or root is None:
        return None
    return root, found[0].name, _inner(read, found[1], found[0].name)


def _variable_spans(read: Read, root: Path, name: str) -> Iterator[Span]:
    """Find a name of one procedure; what is of the same name there is renamed with it."""
    for owner, each in variables_in(read.draft):
        if (owner, each.name) == (root, name):
            yield _inner(read, variable_span(read.document, each.path), name)
    for mention in read.draft.mentions("vars"):
        paths = variables_meant(read.draft, mention) if mention.name == name else []
        if paths and procedure_at(paths[0]) == root:
            yield _inner(read, mention.span, name)


def _spans_of(read: Read, kind: NameKind, name: str) -> Iterator[Span]:
    for declared, known, span in declarations(read.document):
        if (declared, known) == (kind, name):
            yield _inner(read, span, name)
    for mention in read.mentions:
        if (mention.kind, mention.name) == (kind, name) or (
            kind == "vessel" and mention.vessel == name
        ):
            written = read.document.written(mention.span)
            if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", written):
                yield _inner(read, mention.span, name)
    if kind == "phase":
        yield from _compared(read, name)


def _inner(read: Read, span: Span, name: str) -> Span:
    """Find the name itself in what mentions it, such as `inputs.name` or `"name"`."""
    written = read.document.written(span)
    found = re.search(rf"(?<!\w){re.escape(name)}(?!\w)", written)
    if found is None or span.line != span.end_line:
        return span
    start = span.column + found.start()
    return Span(span.line, start, span.line, start + len(name), span.file)


def _compared(read: Read, name: str) -> Iterator[Span]:
    """Find the texts that expressions compare the current phase with."""
    for asked in read.draft.expressions:
        if name not in compared_with_phase(asked.tree) or asked.span.line != asked.span.end_line:
            continue
        written = read.document.written(asked.span)
        for found in re.finditer(rf"(['\"]){re.escape(name)}\1", written):
            start = asked.span.column + found.start() + 1
            line = asked.span.line
            yield Span(line, start, line, start + len(name), asked.span.file)
