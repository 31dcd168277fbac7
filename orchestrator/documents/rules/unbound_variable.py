"""A variable that is not known where it stands.

`vars.NAME` is a variable of the sequence that the step belongs to, the value of a `repeat` with
`for_each` around it, or the answer to a question with `variable:` in the same list of steps. A
sequence knows nothing of the variables of who calls it, and conditions of rules and phases know
none at all. A call can only give what its sequence declares.

Mend the name, declare it under the sequence's `variables:`, or give the value along with the call.
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Draft, Mention
from orchestrator.documents.suggest import closest, listed
from orchestrator.documents.variables import VARS, known_at


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Report `vars.NAME`, and what a call gives, without a declaration that reaches there."""
    for mention in draft.mentions("vars"):
        known = _known(draft, mention)
        if mention.name not in known:
            meant = closest(mention.name, known)
            yield draft.error(
                mention.span, "unbound-variable", _message(mention, known), _written(mention, meant)
            )


def _known(draft: Draft, mention: Mention) -> list[str]:
    if mention.sequence is None:
        return [each.name for each in known_at(draft, mention.path)]
    sequence = draft.sequences.get(mention.sequence)
    return [] if sequence is None else list(sequence.variables)


def _message(mention: Mention, known: list[str]) -> str:
    if mention.sequence is not None:
        takes = f"it takes {listed(known)}" if known else "it takes none"
        return f"the sequence '{mention.sequence}' has no variable '{mention.name}'; {takes}"
    here = f"known here are {listed(known)}" if known else "no variable is known here"
    return f"there is no variable '{mention.name}'; {here}"


def _written(mention: Mention, meant: str | None) -> str | None:
    return meant if meant is None or mention.sequence is not None else f"{VARS}.{meant}"
