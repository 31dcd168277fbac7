"""A page that lost the leader catches up without a gap and without telling anything twice."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.browser.laboratory import Laboratory

pytestmark = pytest.mark.browser

_STEPS = """
(chart) => chart.lines.map(({ buffer: { at } }) => {
  const late = at.filter((moment) => moment > at[at.length - 1] - 3000);
  return Math.max(...late.slice(1).map((moment, n) => moment - late[n]));
})
"""


async def test_after_an_outage_curves_have_no_gap_and_events_are_told_once(
    lab: Laboratory, experiment_page: Page
) -> None:
    await experiment_page.get_by_role("button", name="6 h", exact=True).click()
    await lab.unplug()
    await expect(experiment_page.get_by_text("Reconnecting")).to_be_visible()
    await experiment_page.wait_for_timeout(2500)
    await lab.action("control", lab.process_s(), "outage", "note", "Made in the outage", "done")
    await lab.plug()
    await experiment_page.get_by_text("Live", exact=True).wait_for()
    rows = experiment_page.locator("axenic-timetable li", has_text="Made in the outage")
    await expect(rows).to_have_count(1)
    await experiment_page.wait_for_timeout(1000)
    await expect(rows).to_have_count(1)
    for step_s in await experiment_page.locator("axenic-chart").first.evaluate(_STEPS):
        assert step_s < 100.0


async def test_a_page_says_since_when_the_leader_is_gone(
    lab: Laboratory, experiment_page: Page
) -> None:
    await lab.unplug()
    await expect(experiment_page.get_by_text("Offline since")).to_be_visible()
    await lab.plug()
    await experiment_page.get_by_text("Live", exact=True).wait_for()
