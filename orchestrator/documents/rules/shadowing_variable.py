"""A variable that hides another one of the same name.

Within a `repeat` with `for_each` its `variable` is what `vars.NAME` means; a variable of the same
name around it cannot be read there, and comes back afterwards. In a sequence the answer to a
question takes the place of what the call gave under that name.

Where both are meant, give one of them another name.
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Draft, Variable
from orchestrator.documents.variables import declared_in, procedure_at


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Warn of variables within the reach of another one of their name."""
    places = draft.document.places
    for root in dict.fromkeys(procedure_at((*path, 0)) for path in draft.lists):
        declared = [] if root is None else declared_in(draft, root)
        for each in declared:
            hidden = next((other for other in declared if _hides(each, other)), None)
            if hidden is not None:
                line = places.of_key(hidden.path).line
                message = f"'{each.name}' hides the variable of this name in line {line}"
                yield draft.warning(places.of_value(each.path), "shadowing-variable", message)


def _hides(each: Variable, other: Variable) -> bool:
    if each.name != other.name or each.path == other.path:
        return False
    if each.scope == other.scope:
        return each.path[-1] == "variable" and other.path[-2] == "variables"
    return each.scope[: len(other.scope)] == other.scope
