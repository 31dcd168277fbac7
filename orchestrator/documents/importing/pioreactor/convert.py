"""A Pioreactor document becomes one of ours, or it is said where and why it does not."""

from __future__ import annotations

from dataclasses import dataclass

from orchestrator.documents.catalogue import Offer, load_offer
from orchestrator.documents.check import check_text
from orchestrator.documents.diagnostic import Diagnostic, Span, has_errors, in_order
from orchestrator.documents.draft import Cursor, Draft
from orchestrator.documents.importing.pioreactor.descriptors import (
    automation_lines,
    chart_lines,
    job_lines,
)
from orchestrator.documents.importing.pioreactor.options import Options
from orchestrator.documents.importing.pioreactor.profile import profile_lines
from orchestrator.documents.importing.pioreactor.report import at_place, error
from orchestrator.documents.importing.pioreactor.write import Line, explained, render
from orchestrator.documents.load import load
from orchestrator.documents.places import Document

_KINDS = {
    "experiment_profile_name": "profile",
    "chart_key": "chart",
    "job_name": "job",
    "automation_name": "automation",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What came of it."""

    file: str
    text: str
    """Ours; where there are errors, as much of it as could be kept."""
    diagnostics: tuple[Diagnostic, ...]
    source: str = ""
    """Theirs, for excerpts."""

    @property
    def is_good(self) -> bool:
        """Whether nothing was lost: then the text passes `axenic check`."""
        return not has_errors(self.diagnostics)


def import_pioreactor(
    content: bytes | str, file: str, options: Options | None = None, offer: Offer | None = None
) -> Imported:
    """Read one of Pioreactor's documents and write ours. No content makes this raise."""
    offer = offer or load_offer()
    document, problems = load(content, file)
    if document is None:
        text = content if isinstance(content, str) else content.decode("utf-8", "replace")
        return Imported(file=file, text="", diagnostics=in_order(problems), source=text)
    draft = Draft(document, offer.catalogue, offer.charts, problems=problems)
    lines = _convert(Cursor(draft, document.data), options or Options())
    text = render(explained(lines, draft.problems, _beginnings(document)))
    found = draft.problems
    if lines:
        found = [*found, *_judged(render(lines), lines, file, offer)]
    return Imported(file=file, text=text, diagnostics=in_order(found), source=document.text)


def _convert(root: Cursor, options: Options) -> list[Line]:
    keys = root.data if isinstance(root.data, dict) else {}
    kind = next((kind for key, kind in _KINDS.items() if key in keys), None)
    match kind:
        case "profile":
            return profile_lines(root, options)
        case "chart":
            return chart_lines(root)
        case "job":
            return job_lines(root)
        case "automation":
            return automation_lines(root, options)
    message = (
        "this is none of Pioreactor's profiles, nor a descriptor of a job, automation or chart"
    )
    error(root, "import-shape", message)
    return []


def _beginnings(document: Document) -> list[int]:
    """List the lines in which the elements of lists begin: one action, one setting."""
    places = document.places.values
    return [span.line for path, span in places.items() if path and isinstance(path[-1], int)]


def _judged(text: str, lines: list[Line], file: str, offer: Offer) -> list[Diagnostic]:
    """Check what was written, and say what is wrong with it where it comes from."""
    places: list[Span] = []
    latest = Span(1, 1, 1, 2)
    for line in lines:
        latest = line.source or latest
        places.append(latest)
    return [
        at_place(each, file, places[min(each.line, len(places)) - 1])
        for each in check_text(text, file, offer).diagnostics
    ]
