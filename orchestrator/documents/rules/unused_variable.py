"""A variable that nothing reads.

A value that a call gives, a `for_each` goes through or a person answers is meant to be used. One
that no expression reads is often a name that was mistyped, or a value that was written out where
the variable was meant.

Use it, as in `"{{ vars.name }}"`, or take it out. A question need not have a `variable:`; the
answer is recorded anyway.
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Draft, Variable
from orchestrator.documents.places import Path
from orchestrator.documents.variables import declared_in, procedure_at


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Warn of variables that are declared, but not read where they are known."""
    read = [(each.name, each.path) for each in draft.mentions("vars") if each.sequence is None]
    roots = dict.fromkeys(procedure_at((*path, 0)) for path in draft.lists)
    for root in roots:
        for each in declared_in(draft, root) if root is not None else ():
            if not any(_reads(each, name, path) for name, path in read):
                span = draft.document.places.of_value(each.path)
                if each.path[-1] != "variable":
                    span = draft.document.places.of_key(each.path)
                message = f"nothing reads the variable '{each.name}'"
                yield draft.warning(span, "unused-variable", message)


def _reads(declared: Variable, name: str, path: Path) -> bool:
    return name == declared.name and path[: len(declared.scope)] == declared.scope
