"""What stands at a place of a document: a name, a key, a value."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from orchestrator.documents.assist.knowledge import Knowledge
from orchestrator.documents.assist.names import phases_in, variables_of
from orchestrator.documents.assist.sketch import sketch
from orchestrator.documents.diagnostic import Span, has_errors
from orchestrator.documents.draft import Draft, Mention, NameKind, Variable
from orchestrator.documents.files import Files
from orchestrator.documents.load import load
from orchestrator.documents.places import Document, Path
from orchestrator.documents.variables import declared_in, known_at, procedure_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A document with the names that it mentions."""

    document: Document
    draft: Draft
    is_exact: bool
    """Whether the strict reader took it; else it is a sketch."""

    @property
    def mentions(self) -> list[Mention]:
        """All names, in the order in which they were met."""
        return self.draft.names


def read_for_help(text: str, file: str, knowledge: Knowledge, files: Files) -> Read:
    """Read a text strictly if possible, and else as well as can be. No text makes this raise."""
    document, problems = load(text, file)
    is_exact = document is not None and not has_errors(problems)
    if document is None or not isinstance(document.data, dict):
        document = sketch(text, file)
    document = knowledge.whole(document, files)
    return Read(document=document, draft=knowledge.draft_of(document), is_exact=is_exact)


def covers(span: Span, line: int, column: int) -> bool:
    """Tell whether a place of the document itself lies in a span, or right behind it."""
    start, end = (span.line, span.column), (span.end_line, span.end_column)
    return not span.file and start <= (line, column) <= end


def mention_at(read: Read, line: int, column: int) -> tuple[Mention, Span] | None:
    """Find the name at a place; of several, the shortest and most telling."""
    found = [(each, span) for each in read.mentions if covers(span := each.span, line, column)]
    return min(found, key=lambda pair: _length(pair[1]), default=None)


def declaration_at(read: Read, line: int, column: int) -> tuple[NameKind, str, Span] | None:
    """Find the declared name that a place points at: an input, a vessel, a phase and the like."""
    for kind, name, span in declarations(read.document):
        if covers(span, line, column):
            return kind, name, span
    return None


def declarations(document: Document) -> Iterator[tuple[NameKind, str, Span]]:
    """Yield every name that a document declares, with where it does."""
    data = document.data if isinstance(document.data, dict) else {}
    kinds: tuple[tuple[str, NameKind], ...] = (
        ("inputs", "input"),
        ("vessels", "vessel"),
        ("media", "medium"),
        ("sequences", "sequence"),
        ("variables", "variable"),
    )
    for section, kind in kinds:
        found = data.get(section)
        for name in found if isinstance(found, dict) else ():
            yield kind, name, document.places.of_key((section, name))
    for path, name, _ in phases_in(data):
        yield "phase", name, document.places.of_value((*path, "name"))


def variables_meant(draft: Draft, mention: Mention) -> list[Path]:
    """List where the variable is declared that is read as `vars.NAME`, or given by a call."""
    if mention.sequence is None:
        known = known_at(draft, mention.path)
        return [each.path for each in known if each.name == mention.name]
    declared = variables_of(mention.sequence, draft.document.data)
    path = ("sequences", mention.sequence, "variables", mention.name)
    return [path] if mention.name in declared else []


def variables_in(draft: Draft) -> Iterator[tuple[Path, Variable]]:
    """Yield the variables of each sequence and each list of steps, with whose they are."""
    roots = (procedure_at(path) for path in draft.lists)
    for root in dict.fromkeys(each for each in roots if each is not None):
        for each in declared_in(draft, root):
            yield root, each


def variable_span(document: Document, path: Path) -> Span:
    """Find the name itself where a variable is declared: a key, or the value of `variable:`."""
    is_key = len(path) == 4 and path[0] == "sequences" and path[2] == "variables"
    return document.places.of_key(path) if is_key else document.places.of_value(path)


def key_at(document: Document, line: int, column: int) -> tuple[Path, Span] | None:
    """Find the key at a place."""
    for path, span in document.places.keys.items():
        if covers(span, line, column):
            return path, span
    return None


def value_at(document: Document, line: int, column: int) -> tuple[Path, Span] | None:
    """Find the innermost value at a place."""
    found = [(p, s) for p, s in document.places.values.items() if covers(s, line, column)]
    return max(found, key=lambda pair: len(pair[0]), default=None)


def _length(span: Span) -> tuple[int, int]:
    return span.end_line - span.line, span.end_column - span.column
