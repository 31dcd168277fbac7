"""`ro-crate-metadata.json`: what is in a bundle, as RO-Crate 1.1 has it (JSON-LD, schema.org)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import quote

from orchestrator.server.api.export_text import wall
from orchestrator.server.crate.archive import Part
from orchestrator.server.views.provenance import Provenance

METADATA: Final = "ro-crate-metadata.json"
SPEC: Final = "https://w3id.org/ro/crate/1.1"
_RESULTS: Final = ("data/", "report.html")
_PROFILE: Final = "profile/"


def crate(
    provenance: Provenance,
    parts: Sequence[Part],
    *,
    description: str,
    tags: Sequence[str],
    started_wall_s: float | None,
    ended_wall_s: float | None,
    state: str,
    at_wall_s: float,
) -> dict[str, Any]:
    """The whole graph."""
    people = list(
        dict.fromkeys(
            [provenance.actor, *(each.actor for each in provenance.revisions if each.actor)]
        )
    )
    software = _software(provenance)
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": provenance.name,
        "description": description or f"The experiment {provenance.experiment} in a bioreactor.",
        "identifier": provenance.experiment,
        "datePublished": wall(at_wall_s),
        "dateCreated": wall(provenance.created_wall_s),
        "keywords": ", ".join(tags),
        "license": {"@id": "#license"},
        "author": [{"@id": _person(name)} for name in people],
        "hasPart": [{"@id": each.path} for each in parts],
        "mentions": {"@id": "#experiment"},
    }
    action = {
        "@id": "#experiment",
        "@type": "CreateAction",
        "name": provenance.name,
        "agent": {"@id": _person(provenance.actor)},
        "object": [{"@id": each.path} for each in parts if each.path.startswith(_PROFILE)],
        "result": [{"@id": each.path} for each in parts if each.path.startswith(_RESULTS)],
        "instrument": [{"@id": each["@id"]} for each in software],
        "description": f"It is {state}.",
    }
    if started_wall_s is not None:
        action["startTime"] = wall(started_wall_s)
    if ended_wall_s is not None:
        action["endTime"] = wall(ended_wall_s)
    return {
        "@context": f"{SPEC}/context",
        "@graph": [
            {
                "@id": METADATA,
                "@type": "CreativeWork",
                "conformsTo": {"@id": SPEC},
                "about": {"@id": "./"},
            },
            root,
            action,
            *[_file(each) for each in parts],
            *software,
            *[{"@id": _person(name), "@type": "Person", "name": name} for name in people],
            {
                "@id": "#license",
                "@type": "CreativeWork",
                "name": "No licence was chosen",
                "description": "Ask the authors before you share these data.",
            },
        ],
    }


def _file(part: Part) -> dict[str, Any]:
    return {
        "@id": part.path,
        "@type": "File",
        "name": part.title,
        "encodingFormat": part.media_type,
        "contentSize": str(part.size_bytes),
        "sha256": part.sha256,
    }


def _software(provenance: Provenance) -> list[dict[str, Any]]:
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for attempt in provenance.attempts:
        if attempt.leader is not None:
            found["Axenic", attempt.leader.version] = {}
        for worker in attempt.workers.values():
            if worker.version:
                found["Axenic", worker.version] = {}
            found |= {each: {} for each in worker.plugins.items()}
    return [
        {
            "@id": f"#software-{number}",
            "@type": "SoftwareApplication",
            "name": name,
            "softwareVersion": version or "unknown",
        }
        for number, (name, version) in enumerate(found, start=1)
    ]


def _person(name: str) -> str:
    """Names hold anything, identifiers do not."""
    return f"#person-{quote(name, safe='')}"
