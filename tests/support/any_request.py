"""Requests of every kind that a description allows, and many that it does not, by Schemathesis.

The description is held to the letter: only a status that an operation names counts as described,
not its `default`.
"""

from __future__ import annotations

import copy
import os
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

EXAMPLES = int(os.environ.get("AXENIC_REQUESTS", "3"))
"""So many requests to each operation as described, and as many that are not."""
ANSWER_LIMIT_S = 20.0
CHECKS = [
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


@dataclass(frozen=True, kw_only=True)
class AnyRequest:
    """Asks a server for everything, and remembers what was wrong with the answers."""

    url: str
    described: Mapping[str, Any]
    callers: Mapping[str, Mapping[str, str]]
    """Who asks → the headers that say so; each sends every request, in this order."""
    known: Mapping[str, Collection[str]] = field(default_factory=dict)
    """Part of a path → what it may be, so that most requests meet something that is there."""
    texts: Mapping[str, Collection[str]] = field(default_factory=dict)
    """Field of a body → texts that mean something."""
    leave_out: Collection[str] = ()
    wrong: dict[str, str] = field(default_factory=dict)
    """Operation, status and who asked → what nobody described, or the internal error."""
    answered: dict[str, set[int]] = field(default_factory=dict)
    """Operation → every status that it answered with."""

    def ask_everything(self) -> None:
        """The same requests each time."""
        schema = schemathesis.openapi.from_dict(_to_the_letter(self.described))
        with requests.Session() as session:
            for found in schema.get_all_operations():
                operation = found.ok()
                raw = operation.definition.raw
                if raw["operationId"] in self.leave_out:
                    continue
                for mode in _modes(raw):
                    cases = operation.as_strategy(generation_mode=mode)
                    self._ask(raw["operationId"], cases, session)

    def told(self) -> str:
        """What was wrong, for people."""
        return "\n".join(f"{name}: {trouble}" for name, trouble in self.wrong.items())

    def _ask(self, name: str, cases: st.SearchStrategy[Case], session: requests.Session) -> None:
        @settings(
            max_examples=EXAMPLES,
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=cases, choices=st.lists(st.integers(0, 999), min_size=8, max_size=8))
        def ask(case: Case, choices: list[int]) -> None:
            self._make_likely(case, iter(choices))
            for caller, headers in self.callers.items():
                self._send(name, case, session, caller, headers)

        ask()

    def _send(
        self,
        name: str,
        case: Case,
        session: requests.Session,
        caller: str,
        headers: Mapping[str, str],
    ) -> None:
        case.headers.update(headers)
        response = case.call(base_url=self.url, session=session, timeout=ANSWER_LIMIT_S)
        self.answered.setdefault(name, set()).add(response.status_code)
        if trouble := _trouble(case, response):
            sent = f"{case.method} {response.request.url} {case.body!r:.300}"
            key = f"{name} {response.status_code} {caller}"
            self.wrong.setdefault(key, f"{trouble}\n  {sent}")

    def _make_likely(self, case: Case, choices: Iterator[int]) -> None:
        """Three of four times, what is named is there."""
        for held, meant in ((case.path_parameters, self.known), (case.body, self.texts)):
            if not isinstance(held, dict):
                continue
            for name in sorted(held.keys() & meant.keys()):
                choice, values = next(choices, 0), sorted(meant[name])
                if choice % 4:
                    held[name] = values[choice % len(values)]


def _to_the_letter(described: Mapping[str, Any]) -> dict[str, Any]:
    strict = copy.deepcopy(dict(described))
    for methods in strict["paths"].values():
        for operation in methods.values():
            operation["responses"].pop("default", None)
    return strict


def _modes(operation: Mapping[str, Any]) -> list[GenerationMode]:
    """Any text may stand in a path: what takes no more than that takes everything."""
    takes = [each for each in operation.get("parameters", []) if each["in"] != "path"]
    if takes or "requestBody" in operation:
        return [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]
    return [GenerationMode.POSITIVE]


def _trouble(case: Case, response: Any) -> str:
    if response.status_code >= 500:
        return f"{response.status_code}: {response.text:.500}"
    try:
        case.validate_response(response, checks=CHECKS)
    except FailureGroup as failures:
        return "; ".join(f"{each.title}: {each.message:.400}" for each in failures.exceptions)
    return ""
