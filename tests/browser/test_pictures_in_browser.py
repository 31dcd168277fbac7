"""The pictures of each vessel on the experiment's page: the newest, and all as a time-lapse."""

from __future__ import annotations

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.laboratory import Laboratory
from tests.browser.laboratory_ledger import VESSELS
from tests.browser.laboratory_pictures import bring_picture, take_picture

pytestmark = pytest.mark.browser


async def seen(image: Locator) -> tuple[str, int]:
    """Which one, and how wide it really is: nothing if it did not come."""
    return await image.evaluate("(image) => [image.getAttribute('src'), image.naturalWidth]")


async def test_pictures_are_gone_through_played_and_followed(
    lab: Laboratory, experiment_page: Page
) -> None:
    page = experiment_page
    vessel = VESSELS[-1]
    card = page.get_by_role("article", name=f"Pictures of {vessel}")
    image = card.locator("img")
    await expect(card.get_by_text("25 of 25")).to_be_visible()
    await expect(card.get_by_text("Before the first sample")).to_be_visible()
    await expect(card.get_by_text("1 more is still on bench-2")).to_be_visible()
    await expect(image).to_have_js_property("complete", True)
    newest, width = await seen(image)
    assert width == 120

    slider = card.get_by_label(f"Picture of {vessel}")
    await slider.focus()
    await slider.press("Home")
    await expect(card.get_by_text("1 of 25")).to_be_visible()
    first, _ = await seen(image)
    assert first != newest
    await card.get_by_role("button", name="Play").click()
    await expect(card.get_by_text("25 of 25")).to_be_visible()
    await expect(card.get_by_role("button", name="Play")).to_be_visible()

    assert lab.gallery is not None
    await take_picture(lab, vessel, lab.process_s(), 0.9, "Just now")
    await bring_picture(lab, lab.gallery, 0.9)
    await expect(card.get_by_text("Just now")).to_be_visible()
    await expect(card.get_by_text("26 of 26")).to_be_visible()
