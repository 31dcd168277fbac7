"""Which pages there are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from orchestrator.documents.load import load
from tools.reference.markdown import page
from tools.reference.offers import automation_page, job_page, units_page
from tools.reference.schemas import schema_page


def pages(root: Path) -> dict[str, str]:
    """Every page by its name within docs/reference/."""
    written = _schema_pages(root) | _offer_pages(root) | {"units.md": units_page()}
    return {"index.md": _index(written)} | written


def _schema_pages(root: Path) -> dict[str, str]:
    """One a schema; the folders below schemas/ become folders here."""
    found = {}
    for path in sorted((root / "schemas").rglob("*.schema.json")):
        where = path.relative_to(root).as_posix()
        name = where.removeprefix("schemas/").removesuffix(".schema.json")
        found[f"{name}.md"] = schema_page(json.loads(path.read_text()), where)
    return found


def _offer_pages(root: Path) -> dict[str, str]:
    jobs, automations = _declared(root, "jobs"), _declared(root, "automations")
    found = {
        f"jobs/{job['name']}.md": job_page(job, list(automations.values()), where)
        for where, job in jobs.items()
    }
    for where, automation in automations.items():
        found[f"automations/{automation['name']}.md"] = automation_page(automation, where)
    return found


def _declared(root: Path, folder: str) -> dict[str, Any]:
    """Documents of contrib/<folder> by their path in the repository."""
    found = {}
    for path in sorted((root / "contrib" / folder).glob("*.yaml")):
        where = path.relative_to(root).as_posix()
        document, problems = load(path.read_bytes(), where)
        if document is None or problems:
            raise ValueError(f"{where} cannot be read; see axenic check {where}")
        found[where] = document.data
    return found


def _index(written: dict[str, str]) -> str:
    sections: list[list[str]] = []
    for folder in sorted({name.rpartition("/")[0] for name in written}):
        names = [name for name in written if name.rpartition("/")[0] == folder]
        title = folder.capitalize() or "Documents"
        sections += [[f"## {title}"], [f"- [{_title(written[name])}]({name})" for name in names]]
    return page("Reference", *sections)


def _title(text: str) -> str:
    return text.split("\n", 1)[0].removeprefix("# ")
