"""GitLab's code quality report, which a merge request shows beside the lines it is about."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from orchestrator.documents.check import Checked
from orchestrator.documents.diagnostic import Diagnostic

_SEVERITIES = {"error": "major", "warning": "minor"}


def as_code_quality(results: Iterable[Checked]) -> str:
    """Write the list of issues that GitLab reads.

    A fingerprint is of what is wrong and in which file, not in which line, so that a problem which
    only moved is not a new one; equal ones are counted.
    """
    seen: Counter[tuple[str, str, str]] = Counter()
    issues = [_issue(found, seen) for each in results for found in each.diagnostics]
    return json.dumps(issues, ensure_ascii=False, indent=2) + "\n"


def _issue(found: Diagnostic, seen: Counter[tuple[str, str, str]]) -> dict[str, Any]:
    what = (found.file, found.code, found.message)
    seen[what] += 1
    return {
        "description": found.sentence,
        "check_name": found.code,
        "fingerprint": sha256(repr((*what, seen[what])).encode()).hexdigest(),
        "severity": _SEVERITIES[found.severity],
        "location": {
            "path": found.file.removeprefix("./"),
            "lines": {"begin": found.line, "end": found.end_line},
        },
    }
