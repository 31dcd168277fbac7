"""What happens once: liquid is pumped in, or in and out for a while."""

from __future__ import annotations

from orchestrator.documents.draft import Cursor
from orchestrator.documents.importing.pioreactor.actions import Action
from orchestrator.documents.importing.pioreactor.jobs import value_of
from orchestrator.documents.importing.pioreactor.names import ADDING, CIRCULATING
from orchestrator.documents.importing.pioreactor.report import choose, error
from orchestrator.documents.importing.pioreactor.translate import Scope
from orchestrator.documents.importing.pioreactor.write import Line, mapping

_SILENT = frozenset({"ml", "source_of_event", "duty_cycle"})
"""Options of a dose that say how much, or nothing that matters here."""


def dose(action: Action, scope: Scope) -> list[Line]:
    """Turn `add_media` and its like into a dose."""
    options = action.where.get("options")
    for name, each in options.items() if options is not None else ():
        if name not in _SILENT:
            message = f"a dose is a volume here, so '{name}' cannot be kept; write ml"
            each.complain("import-lost", message, None, each.key_span)
            return []
    return _act(action, scope, ("dose", "ml", "mL"), ("volume", ADDING[scope.job]))


def circulate(action: Action, scope: Scope) -> list[Line]:
    """Turn `circulate_media` and its like into circulation."""
    return _act(action, scope, ("circulate", "duration", "s"), ("duration", CIRCULATING[scope.job]))


def _act(
    action: Action, scope: Scope, step: tuple[str, str, str], ours: tuple[str, str]
) -> list[Line]:
    """Write `step: amount`, with the medium where it is not the feed."""
    name, option, unit = step
    key, medium = ours
    if action.kind != "start":
        choose(action.where, f"a {name} ends by itself, so this is left out")
        return []
    options = action.where.get("options")
    given = options.get(option) if options is not None else None
    if given is None:
        message = f"a {name} says how much here: options: {{{option}: …}}"
        error(action.where, "import-lost", message)
        return []
    amount = _amount(given, unit, scope)
    if amount is None:
        return []
    what = amount if medium == "feed" else mapping({key: amount, "medium": medium})
    return [Line(0, f"- {name}: {what}", action.where.span)]


def _amount(given: Cursor, unit: str, scope: Scope) -> str | None:
    spoken = value_of(given, scope)
    if spoken is None:
        return None
    try:
        return f"{float(spoken.text):g} {unit}"
    except ValueError:
        return f'"{{{{ {spoken.text} }}}}"'
