"""Notes are pinned to charts, and what moved in the dark is told, on the experiment's page."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.browser.laboratory import EXPERIMENT, Laboratory

pytestmark = pytest.mark.browser

PINS = "(charts) => charts.map((chart) => chart.pins.map((pin) => pin.label))"
THERE = ["Moved the incubator next door", "warmed: A little foam at the wall; none in the tube"]


async def test_people_pin_notes_to_every_chart_and_say_what_moved_in_the_dark(
    lab: Laboratory, experiment_page: Page
) -> None:
    page = experiment_page
    charts = page.locator("axenic-chart")
    plot = charts.first.locator(".plot")
    await expect(charts.locator("canvas")).to_have_count(2)
    await plot.locator(".u-over").click(position={"x": 200, "y": 80})
    await page.get_by_label("What you saw or did").fill("Bubbles")
    await page.get_by_label("About").select_option("control")
    await page.get_by_role("button", name="Save").last.click()
    new = "control: Bubbles"
    await expect(page.locator("axenic-note")).to_have_count(0)
    await page.wait_for_function(
        "() => { const charts = [...document.querySelector('axenic-experiment').shadowRoot"
        ".querySelectorAll('axenic-chart')]; return charts.every((c) => c.pins.length === 3); }"
    )
    assert await charts.evaluate_all(PINS) == [[*THERE, new], [*THERE, new]]
    kept = (await lab.store.notes(EXPERIMENT))[-1]
    assert (kept.actor, kept.vessel, kept.text) == ("local", "control", "Bubbles")

    await plot.focus()
    at = charts.first.locator(".at")
    for _ in range(60):
        await plot.press("ArrowLeft")
        if new in await at.inner_text():
            break
    await expect(at).to_contain_text(f"· {new}")
    await plot.press("Enter")
    await expect(page.get_by_role("heading", name="Change the note")).to_be_visible()
    await page.get_by_role("button", name="Delete").click()
    await expect(page.locator("axenic-note")).to_have_count(0)
    assert [each.text for each in await lab.store.notes(EXPERIMENT)] == [
        "Moved the incubator next door",
        "A little foam at the wall; none in the tube",
    ]

    dose = page.get_by_role("article", name="Did feed_pump move 1\u202fmL of feed")
    await dose.get_by_label("Volume that moved, in mL").fill("0.4")
    await dose.get_by_label("How do you know?").fill("weighed the bottle")
    await dose.get_by_role("button", name="Save").click()
    await expect(dose).to_have_count(0)
    assert [each[0] for each in lab.office.asked] == ["resolve"]
    assert lab.office.asked[0][3:] == (0.4, "local", "weighed the bottle")
