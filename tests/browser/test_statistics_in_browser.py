"""The page of statistics: counted by profile and vessel, attempts with their steps."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.browser.laboratory import Laboratory
from tests.browser.laboratory_attempts import live_through

pytestmark = pytest.mark.browser


async def test_rates_lengths_and_steps_are_seen(lab: Laboratory, page: Page) -> None:
    await live_through(lab)
    await page.goto(f"{lab.url}/statistics")
    await page.get_by_text("Live", exact=True).wait_for()
    rates = page.get_by_role("region", name="Success rates")
    growth = rates.get_by_role("listitem").filter(has_text="Growth curve")
    await expect(growth).to_contain_text("100\u202f%")
    await expect(growth.get_by_label("3 completed, 1 cancelled")).to_be_visible()
    await growth.get_by_role("button", name="Growth curve").click()
    lengths = page.get_by_role("region", name="Duration against estimate of Growth curve")
    await expect(lengths.get_by_role("listitem")).to_have_count(3)
    beyond = "1 d 6 h, 150\u202f% of the estimate (15 h to 1 d 1 h, by 2 earlier runs)"
    await expect(lengths.get_by_label(beyond)).to_be_visible()
    attempts = page.get_by_role("region", name="Attempts of Growth curve")
    await expect(attempts.get_by_role("button", name="Steps of")).to_have_count(4)
    await rates.get_by_role("tab", name="By vessel").click()
    left = rates.get_by_role("listitem").filter(has_text="bench-8/left")
    await expect(left.get_by_label("1 completed, 2 failed, 1 cancelled")).to_be_visible()
    await page.get_by_role("button", name="Steps of Heat-adapted turbidostat").click()
    steps = page.get_by_role("row").filter(has_text="aerate: set")
    await expect(steps.filter(has_text="begun 41 s after its grace").first).to_be_visible()
    await expect(page.get_by_role("row").filter(has_text="Phase inoculate")).to_have_count(2)
    await page.get_by_label("Begun within").select_option("7 days")
    await expect(rates.get_by_role("listitem")).to_have_count(2)
