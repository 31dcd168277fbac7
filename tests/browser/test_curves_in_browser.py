"""Curves are drawn, and move."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.browser.laboratory import Laboratory
from tests.support.pixels import look

pytestmark = pytest.mark.browser


async def test_both_vessels_curves_are_drawn_in_every_chart(experiment_page: Page) -> None:
    await expect(experiment_page.locator("axenic-chart canvas")).to_have_count(2)
    for chart in (0, 1):
        for vessel in await look(experiment_page, chart):
            assert vessel["count"] > 300


async def test_curves_move_as_readings_come(experiment_page: Page) -> None:
    await experiment_page.get_by_role("button", name="1 h", exact=True).click()
    await experiment_page.wait_for_timeout(500)
    before = await look(experiment_page)
    await experiment_page.wait_for_timeout(1500)
    after = await look(experiment_page)
    assert [each["sum"] for each in after] != [each["sum"] for each in before]
    assert all(each["count"] > 300 for each in after)


async def test_live_values_stand_on_the_cards(lab: Laboratory, experiment_page: Page) -> None:
    card = experiment_page.get_by_role("article", name="Vessel warmed")
    await expect(card).to_contain_text("36.")
    await expect(card).to_contain_text("°C")
    await expect(card).to_contain_text("h⁻¹")
    await expect(card).to_contain_text("hold")
    await expect(card).to_contain_text("on bench-2, connected")


async def test_the_axis_shows_the_clock_when_asked_to(experiment_page: Page) -> None:
    clock = experiment_page.get_by_role("button", name="Clock", exact=True)
    await clock.click()
    await expect(clock).to_have_attribute("aria-pressed", "true")
    await experiment_page.wait_for_timeout(600)
    begins = await experiment_page.locator("axenic-chart").first.evaluate(
        "(chart) => chart.lines[0].buffer.at[0]"
    )
    assert begins > 1_700_000_000
    assert all(each["count"] > 300 for each in await look(experiment_page))
