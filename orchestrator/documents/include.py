"""Puts `!include FILE` and its relatives in the place where they stand, positions and all.

Every file is read once. What came from a file keeps its place in that file, so that whatever is
said of it later points there. Files, values and steps are counted, so that neither circles nor
files that include each other a thousand times can hold anybody up.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import field, replace
from typing import Any, Final

from orchestrator.documents.diagnostic import Diagnostic, Site, Span
from orchestrator.documents.files import (
    SECRETS,
    Files,
    NotReadable,
    NotThere,
    Outside,
)
from orchestrator.documents.load import load
from orchestrator.documents.places import Document, Path, Places, Tag
from orchestrator.documents.secrets import SECRET, Secrets
from orchestrator.documents.suggest import closest
from orchestrator.model.lazy_dataclass import dataclass

INCLUDES_MAX: Final = 500
DEPTH_MAX: Final = 20
PIECES_MAX: Final = 50_000
"""Values that a document may hold with all that it includes."""
SIZE_MAX_BYTES: Final = 4 * 1024 * 1024
"""Of all included files together."""


@dataclass(slots=True)
class Whole:
    """A document with everything that it includes."""

    document: Document
    problems: list[Diagnostic] = field(default_factory=list)
    sites: dict[str, Site] = field(default_factory=dict)
    """Where each included file was included first, by the name under which it is shown."""
    texts: dict[str, str] = field(default_factory=dict)
    """Their texts, by the names under which they are shown."""
    files: dict[str, str] = field(default_factory=dict)
    """The same by their paths from the document's folder: what has to travel with it."""
    holes: list[Span] = field(default_factory=list)
    """Places where nothing could be put; what is said of them has been said."""
    hidden: list[str] = field(default_factory=list)
    """Values of secrets, which no output may hold."""
    secret_places: list[Span] = field(default_factory=list)
    given_up: bool = False
    """There was too much to include; what is missing is no fault of the rest."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """What is put in the place of a tag."""

    data: Any
    places: Places


class _TooMuch(Exception):
    """Bounds are exceeded; nothing more is included."""


def include(document: Document, files: Files, secrets: Secrets | None = None) -> Whole:
    """Include whatever a document wants included; `secrets` only where the kind may hold them."""
    whole = Whole(document)
    if document.places.tags:
        _Includer(whole, files, secrets).run()
    return whole


def told_where(found: Diagnostic, sites: Mapping[str, Site]) -> Diagnostic:
    """Add from where the file was included that a diagnostic points into."""
    chain: list[Site] = []
    file = found.file
    while file in sites and len(chain) <= DEPTH_MAX:
        chain.append(sites[file])
        file = sites[file].file
    return replace(found, included_from=tuple(chain)) if chain else found


class _Includer:
    """Goes through a document's tags, and those of what they bring in."""

    def __init__(self, whole: Whole, files: Files, secrets: Secrets | None) -> None:
        self._whole = whole
        self._files = files
        self._secrets = secrets
        self._pieces: dict[str, _Piece | None] = {}
        self._parts: dict[str, Document] = {}
        self._way = [posixpath.basename(whole.document.file)]
        self._includes = 0
        self._values = len(whole.document.places.values)
        self._size_bytes = 0

    def run(self) -> None:
        """Fill the document in, and give it its parts."""
        root = self._whole.document
        try:
            data = self._filled(root, "")
        except _TooMuch:
            data = root.data
            self._whole.given_up = True
        self._whole.document = replace(root, data=data, parts=self._parts)

    def _filled(self, document: Document, name: str) -> Any:
        """Put everything into a document's data and places; answer the data."""
        data = document.data
        for path, tag in list(document.places.tags.items()):
            piece = self._piece(document, name, tag)
            if piece is None:
                self._whole.holes += [tag.span, *filter(None, [document.places.keys.get(path)])]
                continue
            self._count_values(document, tag, len(piece.places.values))
            if not path:
                data = piece.data
            elif not _put(document.data, path, piece.data):
                continue  # it stands below a key that is there twice
            _graft(document.places, path, piece.places)
        return data

    def _piece(self, document: Document, name: str, tag: Tag) -> _Piece | None:
        self._includes += 1
        if self._includes > INCLUDES_MAX:
            message = f"more than {INCLUDES_MAX} files are included here in all"
            self._report(document, tag, "too-many-includes", message)
            raise _TooMuch
        if tag.name == SECRET:
            return self._secret(document, tag)
        if tag.name == "!include":
            return self._file(document, tag, self._named(document, name, tag))
        return self._folder(document, name, tag)

    def _file(self, document: Document, tag: Tag, name: str | None) -> _Piece | None:
        if name is None:
            return None
        if name in self._way:
            way = " → ".join([*self._way[self._way.index(name) :], name])
            self._report(document, tag, "include-circle", f"{way} includes itself")
            return None
        if posixpath.basename(name) == SECRETS:
            message = f"{SECRETS} is never included; name one of its secrets with !secret"
            self._report(document, tag, "include-outside", message)
            return None
        if len(self._way) >= DEPTH_MAX:
            message = f"files include each other more than {DEPTH_MAX} deep"
            self._report(document, tag, "too-many-includes", message)
            raise _TooMuch
        if name not in self._pieces:
            self._pieces[name] = self._read(document, tag, name)
        return self._pieces[name]

    def _folder(self, document: Document, name: str, tag: Tag) -> _Piece | None:
        folder = self._named(document, name, tag)
        names = None if folder is None else self._listed(document, tag, folder)
        if names is None:
            return None
        places = Places({(): tag.span})
        data: Any = {} if tag.name == "!include_dir_named" else []
        for each in names:
            self._includes += 1
            piece = self._file(document, tag, each)
            stem = _stem(each)
            key: str | int = stem if isinstance(data, dict) else len(data)
            if piece is None:
                self._whole.holes.append(tag.span)
                continue
            if isinstance(data, dict):
                data[stem] = piece.data
            else:
                data.append(piece.data)
            places.keys[(key,)] = tag.span
            _graft(places, (key,), piece.places)
        return _Piece(data, places)

    def _read(self, document: Document, tag: Tag, name: str) -> _Piece | None:
        try:
            content = self._files.read(name)
        except (NotThere, NotReadable, Outside) as refusal:
            self._refused(document, tag, name, refusal)
            return None
        self._size_bytes += len(content)
        if self._size_bytes > SIZE_MAX_BYTES:
            message = "what is included has more than 4 MiB in all"
            self._report(document, tag, "too-large", message)
            raise _TooMuch
        shown = self._shown(name)
        text = content.decode("utf-8", "replace")
        self._whole.texts[shown] = self._whole.files[name] = text
        self._whole.sites[shown] = Site(
            file=document.file, line=tag.span.line, column=tag.span.column
        )
        part, problems = load(content, shown)
        self._whole.problems += problems
        if part is None:
            return None
        part = replace(part, name=name, places=_in_file(part.places, shown))
        self._parts[shown] = part
        self._way.append(name)
        data = self._filled(part, name)
        self._way.pop()
        return _Piece(data, part.places)

    def _listed(self, document: Document, tag: Tag, folder: str) -> list[str] | None:
        try:
            return self._files.within(folder)
        except (NotThere, NotReadable, Outside) as refusal:
            self._refused(document, tag, folder, refusal)
            return None

    def _named(self, document: Document, name: str, tag: Tag) -> str | None:
        """Resolve what a tag names, from the file that it stands in."""
        wanted = tag.argument
        if not wanted:
            self._report(document, tag, "unknown-include", f"{tag.name} needs a name behind it")
            return None
        found = posixpath.normpath(posixpath.join(posixpath.dirname(name), wanted))
        found = "" if found == "." else found
        if wanted.startswith(("/", "~")) or "\\" in wanted or found.split("/")[0] == "..":
            self._refused(document, tag, found, Outside())
            return None
        return found

    def _refused(self, document: Document, tag: Tag, name: str, refusal: Exception) -> None:
        if isinstance(refusal, Outside):
            message = "only what lies in the document's own folder, or below, can be included"
            self._report(document, tag, "include-outside", message)
        elif isinstance(refusal, NotThere):
            message = f"'{name}' cannot be included: {refusal}"
            meant = _meant(name, refusal.near, document.name)
            self._report(document, tag, "unknown-include", message, meant)
        else:
            self._report(document, tag, "unreadable", f"'{name}' {refusal}")

    def _secret(self, document: Document, tag: Tag) -> _Piece | None:
        if self._secrets is None:
            message = "a secret cannot stand here: what is written in this document travels"
            self._report(document, tag, "misplaced-secret", message)
            return None
        found = self._secrets.find(tag.argument)
        if found is None:
            message, meant = self._secrets.why_not(tag.argument)
            self._report(document, tag, "unknown-secret", message, meant)
            return None
        self._whole.hidden.append(str(found))
        self._whole.secret_places.append(tag.span)
        return _Piece(found, Places({(): tag.span}))

    def _shown(self, name: str) -> str:
        return posixpath.join(posixpath.dirname(self._whole.document.file), name)

    def _count_values(self, document: Document, tag: Tag, count: int) -> None:
        self._values += count
        if self._values > PIECES_MAX:
            message = f"with what is included, the document has more than {PIECES_MAX} pieces"
            self._report(document, tag, "too-large", message)
            raise _TooMuch

    def _report(
        self, document: Document, tag: Tag, code: str, message: str, suggestion: str | None = None
    ) -> None:
        problem = Diagnostic.at(document.file, tag.span, code, message, suggestion=suggestion)
        self._whole.problems.append(problem)


def _meant(name: str, near: list[str], within: str) -> str | None:
    """Guess which of the names that there are was meant, as the including file would write it."""
    by_stem = {_stem(each): each for each in near if each != within}
    stem = closest(_stem(name), by_stem)
    if stem is None:
        return None
    return posixpath.relpath(by_stem[stem], posixpath.dirname(within) or ".")


def _stem(name: str) -> str:
    return posixpath.splitext(posixpath.basename(name))[0]


def _in_file(places: Places, file: str) -> Places:
    """Say of every place in which file it is."""
    return Places(
        {path: _of(span, file) for path, span in places.values.items()},
        {path: _of(span, file) for path, span in places.keys.items()},
        {path: replace(tag, span=_of(tag.span, file)) for path, tag in places.tags.items()},
    )


def _of(span: Span, file: str) -> Span:
    return Span(span.line, span.column, span.end_line, span.end_column, file)


def _put(data: Any, path: Path, value: Any) -> bool:
    """Set what a path leads to; False if it leads nowhere."""
    for step in path[:-1]:
        data = data.get(step) if isinstance(data, dict) else data[step]
        if data is None:
            return False
    data[path[-1]] = value
    return True


def _graft(places: Places, path: Path, inner: Places) -> None:
    """Take over the places of what was put at a path."""
    for below, span in inner.values.items():
        places.values[(*path, *below)] = span
    for below, span in inner.keys.items():
        places.keys[(*path, *below)] = span
