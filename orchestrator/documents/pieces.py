"""A document has so many pieces and no more, which is seen before it is taken apart."""

from __future__ import annotations

import re
from itertools import islice
from typing import Final

from orchestrator.documents.diagnostic import Diagnostic, Span

PIECES_MAX: Final = 20_000
"""Keys, values, and beginnings and ends of lists and mappings: some 5,000 lines of a profile.

So many take PyYAML's reader less than a second.
"""
SIGNS_MAX: Final = 50_000
"""That begin a piece. Some stand in comments and texts, so that more are allowed than pieces."""
_SIGNS: Final = (",", "- ", ": ", "-\n", ":\n")
_SIGN: Final = re.compile(r",|[-:](?=[ \n])")


def too_many_pieces(text: str, file: str) -> Diagnostic | None:
    """Refuse what has too many signs that begin a piece; to read so many would take seconds.

    Signs within texts are counted too, but nobody writes prose of so many commas into a profile.
    """
    if len(text) <= SIGNS_MAX or sum(map(text.count, _SIGNS)) <= SIGNS_MAX:
        return None
    (sign,) = islice(_SIGN.finditer(text), SIGNS_MAX, SIGNS_MAX + 1)
    line = text.count("\n", 0, sign.start()) + 1
    column = sign.start() - text.rfind("\n", 0, sign.start())
    return too_large(file, Span(line, column, line, column + 1))


def too_large(file: str, span: Span) -> Diagnostic:
    """Say where a document gets to have too many pieces."""
    message = (
        f"the document has more than {PIECES_MAX} pieces; let it include some from other files"
    )
    return Diagnostic.at(file, span, "too-large", message)
