"""A laboratory with a running experiment, and a page on it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page

from tests.browser.laboratory import EXPERIMENT, Laboratory, laboratory


@pytest.fixture
async def lab() -> AsyncIterator[Laboratory]:
    async with laboratory() as lab:
        yield lab


@pytest.fixture
async def experiment_page(lab: Laboratory, page: Page) -> Page:
    """The experiment's page, live."""
    await page.goto(f"{lab.url}/experiments/{EXPERIMENT}")
    await page.get_by_text("Live", exact=True).wait_for()
    return page


@pytest.fixture(scope="session")
def profile_text(canonical_profile: Path) -> str:
    """A profile that can be submitted."""
    return canonical_profile.read_text(encoding="utf-8")
