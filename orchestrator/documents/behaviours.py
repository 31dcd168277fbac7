"""What automations wholly in YAML do, built when a profile follows them and not before.

Most profiles follow none, and all documents are read before the first profile is checked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from orchestrator.documents.build.reactions import build_rules
from orchestrator.documents.build.schedule import build_schedule
from orchestrator.documents.draft import Cursor, Draft
from orchestrator.documents.places import Document
from orchestrator.documents.schema import kind_of
from orchestrator.model.catalogue import AutomationDeclaration, Behaviour, Catalogue

Key = tuple[str, str]


class Behaviours(Mapping[Key, Behaviour]):
    """By (job, name), each built once; the documents themselves are tested to be right."""

    def __init__(self, documents: Iterable[Document], catalogue: Catalogue) -> None:
        self._documents = {
            (each.data["job"], each.data["name"]): each
            for each in documents
            if kind_of(each) == "automation/1" and behaves(each)
        }
        self._catalogue = catalogue
        self._built: dict[Key, Behaviour] = {}

    def __getitem__(self, key: Key) -> Behaviour:
        if key not in self._built:
            document = self._documents[key]
            draft = Draft(document, self._catalogue, {})
            self._built[key] = build_behaviour(draft, self._catalogue.automations[key])
        return self._built[key]

    def __iter__(self) -> Iterator[Key]:
        return iter(self._documents)

    def __len__(self) -> int:
        return len(self._documents)


def behaves(document: Document) -> bool:
    """Tell whether an automation is wholly in YAML."""
    return "schedule" in document.data or "rules" in document.data


def build_behaviour(draft: Draft, automation: AutomationDeclaration) -> Behaviour:
    """Build schedule and rules; what they mention is noted in the draft, for the rules to judge."""
    draft.automation = automation
    root = Cursor(draft, draft.document.data)
    return Behaviour(
        schedule=build_schedule(root.get("schedule")), rules=build_rules(root.get("rules"))
    )
