"""What `documents/assist` found, in the protocol's words."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from lsprotocol import types

from orchestrator.cli.lsp.positions import Ruler
from orchestrator.documents.assist.complete import Choice, ChoiceKind
from orchestrator.documents.assist.mend import mend
from orchestrator.documents.assist.outline import Entry
from orchestrator.documents.diagnostic import Diagnostic, Span
from orchestrator.resources import resource

_KINDS: Final[dict[ChoiceKind, types.CompletionItemKind]] = {
    "key": types.CompletionItemKind.Property,
    "value": types.CompletionItemKind.Value,
    "name": types.CompletionItemKind.Reference,
    "signal": types.CompletionItemKind.Variable,
    "function": types.CompletionItemKind.Function,
    "word": types.CompletionItemKind.Keyword,
}


def diagnostic(found: Diagnostic, ruler: Ruler) -> types.Diagnostic:
    """Write a diagnostic, with the page of its check."""
    page = resource("docs", "checks", f"{found.code}.md")
    warning = found.severity == "warning"
    return types.Diagnostic(
        range=ruler.range(span_of(found)),
        message=found.sentence,
        severity=types.DiagnosticSeverity.Warning if warning else types.DiagnosticSeverity.Error,
        code=found.code,
        code_description=types.CodeDescription(href=page.as_uri()) if page.is_file() else None,
        source="axenic",
    )


def completion(choices: Iterable[Choice], ruler: Ruler) -> types.CompletionList:
    """Write what may stand somewhere, in its order."""
    items = [
        types.CompletionItem(
            label=each.label,
            kind=_KINDS[each.kind],
            documentation=each.about or None,
            sort_text=f"{number:04}",
            text_edit=types.TextEdit(range=ruler.range(each.span), new_text=each.insert),
        )
        for number, each in enumerate(choices)
    ]
    return types.CompletionList(is_incomplete=False, items=items)


def symbol(entry: Entry, ruler: Ruler) -> types.DocumentSymbol:
    """Write a line of the outline."""
    section = types.SymbolKind.Array if entry.is_list_item else types.SymbolKind.Field
    return types.DocumentSymbol(
        name=entry.name,
        detail=entry.detail or None,
        kind=section,
        range=ruler.range(entry.whole),
        selection_range=ruler.range(entry.at),
        children=[symbol(each, ruler) for each in entry.children],
    )


def quick_fix(found: Diagnostic, uri: str, text: str, ruler: Ruler) -> types.CodeAction | None:
    """Offer to write what a diagnostic suggests."""
    edit = mend(found, text)
    if edit is None:
        return None
    change = types.TextEdit(range=ruler.range(edit.span), new_text=edit.text)
    return types.CodeAction(
        title=f"Write {edit.text.strip()}",
        kind=types.CodeActionKind.QuickFix,
        diagnostics=[diagnostic(found, ruler)],
        is_preferred=True,
        edit=types.WorkspaceEdit(changes={uri: [change]}),
    )


def location(file: Path, span: Span) -> types.Location:
    """Point at the beginning of another file; what is pointed at there is a whole document."""
    start = types.Position(line=span.line - 1, character=span.column - 1)
    return types.Location(uri=file.resolve().as_uri(), range=types.Range(start=start, end=start))


def span_of(found: Diagnostic) -> Span:
    """Where a diagnostic stands."""
    return Span(found.line, found.column, found.end_line, found.end_column)
