"""Text becomes plain data with places: strict YAML, bounded in depth, size and aliases."""

from __future__ import annotations

from orchestrator.documents.decode import decode, printable
from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.places import Document
from orchestrator.documents.quick import GaveUp, read_quickly


def load(content: bytes | str, file: str) -> tuple[Document | None, list[Diagnostic]]:
    """Read one document. Whatever is wrong with it becomes a diagnostic, never an exception."""
    text = (
        decode(content, file)
        if isinstance(content, bytes)
        else printable(content.removeprefix("\ufeff"), file)
    )
    if isinstance(text, Diagnostic):
        return None, [text]
    try:
        data, places = read_quickly(text)
    except GaveUp:
        # PyYAML takes 10 ms to import, and most documents do without.
        from orchestrator.documents.thorough import read_thoroughly

        return read_thoroughly(text, file)
    return Document(file, text, data, places), []
