"""What an item is called in the ledger: its name, or what it does (SEMANTICS rule 2)."""

from __future__ import annotations

from orchestrator.model.canonical import canonical_json, content_of, digest
from orchestrator.model.key import RESERVED_ITEMS
from orchestrator.model.plan import ItemPlan, RulePlan
from orchestrator.model.profile import Source
from orchestrator.planning.scope import Scope

HASH_LENGTH = 10


class Identities:
    """Of one list: hands out names, and ordinals among items that do the same."""

    def __init__(self) -> None:
        self._seen: dict[str, int] = {}

    def of(self, scope: Scope, name: str | None, content: ItemPlan | RulePlan, at: Source) -> str:
        """Name an item. One without a name keeps its identity for as long as its content stays."""
        if name is not None:
            if name in RESERVED_ITEMS:
                message = f"'{name}' is what the phase's own parts are called; choose another name"
                scope.complain(at, "reserved-name", message)
            return name
        data = content_of(content)
        data.pop("item", None)
        hashed = digest(canonical_json(data))[:HASH_LENGTH]
        number = self._seen.get(hashed, 0)
        self._seen[hashed] = number + 1
        return f"{data.get('kind', 'rule')}-{hashed}" + (f".{number}" if number else "")
