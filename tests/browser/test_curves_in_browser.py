"""Curves are drawn, and move."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.browser.laboratory import Laboratory

pytestmark = pytest.mark.browser

# Counts pixels below the lanes of phases that are of a vessel's colour, be it thinned by a line's
# edge: what they lack of white points where the colour does. Sums up where they are, too, so that a
# picture that moved has another sum.
_LOOK = """
(canvas) => {
  const style = getComputedStyle(canvas);
  const lacks = (rgb) => rgb.map((part) => 255 - part);
  const long = (lack) => Math.hypot(...lack);
  const wanted = ['--vessel-1', '--vessel-2'].map((name) => {
    const hex = style.getPropertyValue(name).trim();
    return lacks([1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)));
  });
  const top = Math.round(60 * devicePixelRatio);
  const { width, height } = canvas;
  const { data } = canvas.getContext('2d').getImageData(0, top, width, height - top);
  return wanted.map((colour) => {
    let count = 0;
    let sum = 0;
    for (let n = 0; n < data.length; n += 4) {
      const lack = lacks([data[n], data[n + 1], data[n + 2]]);
      if (data[n + 3] < 20 || long(lack) < long(colour) / 4) continue;
      const along = lack.reduce((all, part, at) => all + part * colour[at], 0);
      if (along / (long(lack) * long(colour)) < 0.98) continue;
      count += 1;
      sum = (sum * 31 + n) % 1000000007;
    }
    return { count, sum };
  });
}
"""


async def look(page: Page, chart: int = 0) -> list[dict[str, Any]]:
    seen: list[dict[str, Any]] = (
        await page.locator("axenic-chart").nth(chart).locator("canvas").evaluate(_LOOK)
    )
    return seen


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
