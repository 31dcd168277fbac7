"""SARIF 2.1.0, which code hosts and editors read: every problem with its rule and its region."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from orchestrator import __version__
from orchestrator.documents.check import Checked
from orchestrator.documents.diagnostic import Diagnostic, Site
from orchestrator.documents.pages import Page, find_page


def as_sarif(results: Iterable[Checked]) -> str:
    """Write one run, with a description of each rule that had something to say."""
    found = [diagnostic for each in results for diagnostic in each.diagnostics]
    codes = sorted({diagnostic.code for diagnostic in found})
    driver = {
        "name": "Axenic",
        "version": __version__,
        "rules": [_rule(code, find_page(code)) for code in codes],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(each, codes.index(each.code)) for each in found],
    }
    document = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _rule(code: str, page: Page | None) -> dict[str, Any]:
    if page is None:
        return {"id": code}
    return {
        "id": code,
        "shortDescription": {"text": page.summary},
        "fullDescription": {"text": page.prose},
        "help": {"text": page.prose, "markdown": page.text},
        "defaultConfiguration": {"level": page.severity},
    }


def _result(diagnostic: Diagnostic, index: int) -> dict[str, Any]:
    region = {
        "startLine": diagnostic.line,
        "startColumn": diagnostic.column,
        "endLine": diagnostic.end_line,
        "endColumn": diagnostic.end_column,
    }
    place = {"artifactLocation": {"uri": _uri(diagnostic.file)}, "region": region}
    result = {
        "ruleId": diagnostic.code,
        "ruleIndex": index,
        "level": diagnostic.severity,
        "message": {"text": diagnostic.sentence},
        "locations": [{"physicalLocation": place}],
    }
    if diagnostic.included_from:
        result["relatedLocations"] = [_included(each) for each in diagnostic.included_from]
    return result


def _included(site: Site) -> dict[str, Any]:
    region = {"startLine": site.line, "startColumn": site.column}
    place = {"artifactLocation": {"uri": _uri(site.file)}, "region": region}
    return {"physicalLocation": place, "message": {"text": f"{site.how} from here"}}


def _uri(file: str) -> str:
    """Give a path as SARIF wants it: relative ones stay so, to whatever was checked out."""
    path = Path(file)
    if path.is_absolute():
        return path.as_uri()
    return quote(path.as_posix().encode("utf-8", "surrogateescape"))
