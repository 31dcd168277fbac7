"""What both libraries do alike."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from orchestrator.ports.library import FILE_BYTES_MAX, Entry, LibraryRefused, blob_of, refuse_name

INCLUDED_MAX: Final = 500


def content_of(path: str, text: str) -> bytes:
    """What a document of that name will hold: the text of a person.

    Raises:
        NameRefused: it is no name for one.
        LibraryRefused: it is too large for one.
    """
    refuse_name(path)
    content = _bytes(text)
    if len(content) > FILE_BYTES_MAX:
        raise LibraryRefused(f"{path} is over {FILE_BYTES_MAX >> 20} MiB, too large for a document")
    return content


def beside_in(
    path: str, entries: Sequence[Entry], text_of: Callable[[Entry], str]
) -> dict[str, str]:
    """What a profile at `path` may include, by paths from its folder."""
    folder = posixpath.dirname(path)
    start = f"{folder}/" if folder else ""
    near = [each for each in entries if each.path.startswith(start) and each.path != path]
    return {each.path.removeprefix(start): text_of(each) for each in near[:INCLUDED_MAX]}


def found_in(entries: Sequence[Entry], text: str, files: Mapping[str, str]) -> str | None:
    """The path at which just this content stands, with all that it includes."""
    blob = blob_of_text(text)
    by_path = {each.path: each.blob for each in entries}
    included = {name: blob_of_text(each) for name, each in files.items()}
    for entry in entries:
        folder = posixpath.dirname(entry.path)
        if entry.blob == blob and all(
            by_path.get(posixpath.join(folder, name)) == each for name, each in included.items()
        ):
            return entry.path
    return None


def blob_of_text(text: str) -> str:
    """The hash by which git would know it."""
    return blob_of(_bytes(text))


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
