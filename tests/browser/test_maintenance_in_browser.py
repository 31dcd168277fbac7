"""The page of maintenance: how its steps fared, a run begun there and followed to its end."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import Page, expect

from tests.browser.laboratory import Laboratory
from tests.browser.laboratory_upkeep import was_kept

pytestmark = pytest.mark.browser


async def test_a_run_is_begun_and_followed_and_a_full_disk_is_seen(
    lab: Laboratory, page: Page
) -> None:
    await was_kept(lab.store, lab.clock.now().wall_s)
    lab.office.free_mib = 150
    task = asyncio.create_task(lab.caretaker.run())
    try:
        await page.add_init_script(
            "localStorage.setItem('axenic.who',"
            " JSON.stringify({name: 'root', role: 'administrator'}))"
        )
        await page.goto(f"{lab.url}/maintenance")
        await page.get_by_text("Live", exact=True).wait_for()
        stands = page.get_by_role("region", name="How it stands")
        await expect(stands).to_contain_text("by the schedule 30 3 * * *")
        await expect(stands).to_contain_text("150 MiB")
        await expect(stands).to_contain_text("below 200 MiB nothing new is started")
        steps = page.get_by_role("region", name="Steps").get_by_role("listitem")
        await expect(steps.filter(has_text="sync")).to_contain_text("75\u202f%: 3 of 4")
        await page.get_by_role("button", name="Run all now").click()
        newest = page.locator("axenic-maintenance-run").first
        await expect(newest).to_contain_text("by root")
        await expect(newest).to_contain_text("42\u202f% done")
        await expect(page.get_by_role("button", name="Run all now")).to_have_count(0)
        lab.upkeep.go_on.set()
        await expect(newest).to_contain_text("rsync failed: no route to nas")
        await expect(newest.get_by_role("listitem").last).to_contain_text("failed")
        await expect(steps.filter(has_text="sync")).to_contain_text("60\u202f%: 3 of 5")
        await expect(page.get_by_role("button", name="Run all now")).to_be_visible()
    finally:
        task.cancel()
        await asyncio.wait([task])
