"""Merges `packages:` into a profile: maps merge, lists append, a clash is told with both places.

A package is a fragment of a profile, usually a file of its own. What the profile says comes first,
then its packages in their order, each with the packages that it has itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from orchestrator.documents.diagnostic import Diagnostic, Span
from orchestrator.documents.places import Document, Path, Places

KEY: Final = "packages"


def merge_packages(document: Document) -> tuple[Document, list[Diagnostic]]:
    """Answer the document with its packages in it; what is no package is left for the schema."""
    if not isinstance(document.data, dict) or KEY not in document.data:
        return document, []
    merger = _Merger(document)
    data = merger.whole(document.data, ())
    return replace(document, data=data, places=merger.places()), merger.problems


class _Merger:
    """Merges, and remembers what moved where."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._moves: dict[Path, Path] = {}
        self._origins: dict[Path, Path] = {}
        self.problems: list[Diagnostic] = []

    def whole(self, fragment: dict[str, Any], path: Path) -> dict[str, Any]:
        """Merge a fragment with its own packages."""
        merged = {key: each for key, each in fragment.items() if key != KEY}
        left, packages = _apart(fragment.get(KEY))
        for step, package in packages:
            place = (*path, KEY, step)
            if isinstance(package, dict):
                package = self.whole(package, place)
                self._into(merged, path, package, place)
        return {**merged, KEY: left} if left is not None else merged

    def places(self) -> Places:
        """Give every place under the path that leads there now."""
        old = self._document.places
        return Places(
            {self._moved(path): span for path, span in old.values.items()},
            {self._moved(path): span for path, span in old.keys.items()},
        )

    def _into(self, base: dict[str, Any], to: Path, more: dict[str, Any], come: Path) -> None:
        for key, each in more.items():
            target, source = (*to, key), (*come, key)
            if key not in base:
                base[key] = each
                self._move(source, target)
            elif isinstance(base[key], dict) and isinstance(each, dict):
                base[key] = dict(base[key])
                self._into(base[key], target, each, source)
            elif isinstance(base[key], list) and isinstance(each, list):
                first = len(base[key])
                base[key] = [*base[key], *each]
                for number in range(len(each)):
                    self._move((*source, number), (*target, first + number))
            elif base[key] != each:
                self._clash(key, target, source)

    def _move(self, source: Path, target: Path) -> None:
        self._moves[source] = target
        self._origins[target] = source

    def _moved(self, path: Path) -> Path:
        """Follow the moves: what went into a package may have gone on with it."""
        for length in range(len(path), 0, -1):
            target = self._moves.get(path[:length])
            if target is not None:
                return self._moved((*target, *path[length:]))
        return path

    def _origin(self, path: Path) -> Path:
        """Find where something that was merged stood when it was read."""
        for length in range(len(path), 0, -1):
            source = self._origins.get(path[:length])
            if source is not None:
                return self._origin((*source, *path[length:]))
        return path

    def _clash(self, key: str, target: Path, source: Path) -> None:
        first = self._span(target)
        file = first.file or self._document.file
        message = (
            f"'{key}' is set here and at {file}:{first.line}:{first.column};"
            " a package cannot change what stands elsewhere"
        )
        problem = Diagnostic.at(self._document.file, self._span(source), "package-clash", message)
        self.problems.append(problem)

    def _span(self, path: Path) -> Span:
        return self._document.places.of_key(self._origin(path))


def _apart(packages: Any) -> tuple[Any, list[tuple[str | int, Any]]]:
    """Part what is no package, which the schema will refuse, from what is one."""
    if not isinstance(packages, (dict, list)):
        return packages, []
    steps = list(_steps(packages))
    if all(isinstance(each, dict) for _, each in steps):
        return None, steps
    return packages, steps


def _steps(packages: dict[str, Any] | list[Any]) -> Iterator[tuple[str | int, Any]]:
    return iter(packages.items()) if isinstance(packages, dict) else iter(enumerate(packages))
