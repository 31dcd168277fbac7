"""What a newcomer sees two minutes after `make demo` has set everything up."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import Page, expect

from tests.support.cluster import eventually, short_folder
from tests.support.demo import Demo
from tests.support.pixels import look

pytestmark = [
    pytest.mark.processes,
    pytest.mark.broker,
    pytest.mark.browser,
    pytest.mark.timeout(170),
]
WITHIN_S = 120.0


async def test_the_demo_shows_live_moving_curves_of_both_vessels_within_two_minutes(
    page: Page,
) -> None:
    with short_folder() as data:
        demo = Demo(data)
        try:
            async with asyncio.timeout(WITHIN_S):
                found = await asyncio.to_thread(
                    lambda: eventually(demo.experiment, within_s=60, what="the experiment is there")
                )
                await page.goto(f"http://127.0.0.1:{demo.port}/experiments/{found['id']}")
                await page.get_by_text("Live", exact=True).wait_for()
                await expect(page.locator("axenic-chart canvas")).to_have_count(2)
                for chart in (0, 1):
                    await _drawn(page, chart)
                before = [each["sum"] for each in await look(page, 1)]
                while [each["sum"] for each in await look(page, 1)] == before:
                    await asyncio.sleep(0.5)
        finally:
            await asyncio.to_thread(demo.interrupt)
        await asyncio.to_thread(
            lambda: eventually(lambda: not demo.family(), within_s=5, what="nothing is left")
        )


async def _drawn(page: Page, chart: int) -> None:
    """Wait until the curves of both vessels are on a chart."""
    while not all(each["count"] > 100 for each in await look(page, chart)):
        await asyncio.sleep(0.5)
