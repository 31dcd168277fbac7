"""A vessel that waits for others before a phase says so on an open page (SEMANTICS rule 9)."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.browser.laboratory import Laboratory
from tests.browser.laboratory_past import come_to_a_door

pytestmark = pytest.mark.browser


async def test_a_page_tells_for_whom_a_vessel_waits(lab: Laboratory, experiment_page: Page) -> None:
    vessel = experiment_page.get_by_label("Vessel control")
    await expect(vessel).not_to_contain_text("waits")
    await come_to_a_door(lab, "harvest", "control", ["warmed"])
    await expect(vessel).to_contain_text("waits for warmed at harvest")
    await experiment_page.wait_for_timeout(600)  # until what was told is fetched anew
    await expect(vessel).to_contain_text("waits for warmed at harvest")
    await come_to_a_door(lab, "harvest", "warmed", [])
    await expect(vessel).to_contain_text("waits at harvest")
