"""The table of the API's families names only routes that exist, and says what is missing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from orchestrator.server.app import ROUTES
from orchestrator.server.unit_openapi import unit_openapi

_ROUTE = re.compile(r"`(GET|POST|PUT|PATCH|DELETE) (/\S+)`")
FAMILIES = 30


@pytest.fixture
def page(checkout: Path) -> str:
    return (checkout / "docs" / "guide" / "api.md").read_text(encoding="utf-8")


def _existing() -> set[tuple[str, str]]:
    ours = {(route.method, route.path) for route in ROUTES}
    units = {
        (method.upper(), path)
        for path, methods in unit_openapi()["paths"].items()
        for method in methods
    }
    return ours | units


def test_every_route_that_the_page_names_exists(page: str) -> None:
    named = set(_ROUTE.findall(page))
    assert named - _existing() == set()
    assert len(named) > 60


def test_each_family_has_a_route_or_says_what_is_missing(page: str) -> None:
    rows = [line for line in page.splitlines() if line.startswith("| ")][2:]
    assert len(rows) >= FAMILIES
    for row in rows:
        family, ours, missing = (cell.strip() for cell in row.strip("|").split("|"))
        assert family
        assert _ROUTE.search(ours) or len(missing) > 1, f"{family}: neither here nor missing"


def test_the_page_takes_no_words_for_routes(page: str) -> None:
    """A path in the table stands with its method: otherwise nobody checks it."""
    table = [line for line in page.splitlines() if line.startswith("| ")]
    bare = [word for line in table for word in re.findall(r"`(/[^`\s]+)`", line)]
    assert bare == []
