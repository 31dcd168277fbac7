"""The queue's page: order by keys, checks before a start, who one is, what one may do."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from orchestrator.ports.entries import Terms
from orchestrator.ports.office import Submission
from tests.browser.laboratory import Laboratory

pytestmark = pytest.mark.browser


@pytest.fixture
async def queue_page(lab: Laboratory, page: Page, profile_text: str) -> Page:
    """Three of one's own that wait, and one of somebody else's."""
    for actor, name in (("local", "One"), ("bob", "Bobs"), ("local", "Two"), ("local", "Three")):
        terms = Terms(hold="later" if name == "Two" else None)
        await lab.office.submit(
            Submission(text=profile_text, file_name="p.yaml", actor=actor, name=name, terms=terms)
        )
    await page.goto(f"{lab.url}/queue")
    await page.get_by_text("Live", exact=True).wait_for()
    return page


async def order(page: Page) -> list[str]:
    return await page.get_by_role("heading", level=3).all_inner_texts()


async def test_an_entry_is_moved_by_keys_and_keeps_the_focus(queue_page: Page) -> None:
    page = queue_page
    assert await order(page) == ["One", "Bobs", "Two", "Three"]
    handle = page.get_by_role("button", name="Move One down")
    await handle.focus()
    await handle.press("ArrowDown")
    await expect(page.locator(".said")).to_have_text("One has turn 3 of 4")
    assert await order(page) == ["Two", "Bobs", "One", "Three"], "Bob's keeps its turn"
    await expect(handle).to_be_focused()
    await handle.press("ArrowDown")
    await expect(page.locator(".said")).to_have_text("One has turn 4 of 4")
    await handle.press("ArrowDown")
    await expect(page.locator(".said")).to_have_text("One can go no further")
    up = page.get_by_role("button", name="Move One up")
    await up.click()
    await expect(page.locator(".said")).to_have_text("One has turn 3 of 4")


async def test_nobody_moves_or_cancels_what_is_anothers(queue_page: Page) -> None:
    page = queue_page
    bobs = page.get_by_role("listitem").filter(has_text="Bobs")
    names = await bobs.get_by_role("button").all_inner_texts()
    assert names == ["Checks", "Copy"]
    await page.get_by_role("button", name="change").click()
    await page.get_by_label("Your name").fill("root")
    await page.get_by_label("As what").select_option("administrator")
    await page.get_by_role("button", name="That is me").click()
    await expect(page.get_by_text("You are root, as an administrator")).to_be_visible()
    await page.get_by_role("button", name="Move Bobs up").click()
    await expect(page.locator(".said")).to_have_text("Bobs has turn 1 of 4")


async def test_checks_are_shown_with_their_results_and_can_be_accepted(
    queue_page: Page, lab: Laboratory
) -> None:
    page = queue_page
    one = page.get_by_role("listitem").filter(has_text="One").first
    await one.get_by_role("button", name="Checks").click()
    checks = page.get_by_role("list", name="Checks before the start of One")
    await expect(checks.get_by_role("listitem")).to_have_count(3)
    await expect(checks.get_by_text("feed (5000 mL) is through after 210.0 h")).to_be_visible()
    await checks.get_by_role("button", name="Start in spite of it").click()
    await expect(one.get_by_role("button", name="Checks")).to_be_visible()
    changes = [asked[2] for asked in lab.office.asked if asked[0] == "change"]
    assert changes == [{"accepted": ("media",)}]


async def test_a_held_one_is_released_and_one_is_cancelled(
    queue_page: Page, lab: Laboratory
) -> None:
    page = queue_page
    two = page.get_by_role("listitem").filter(has_text="Two")
    await two.get_by_role("button", name="Release").click()
    await expect(page.locator(".said")).to_have_text("Two may start")
    await expect(two.get_by_role("button", name="Hold")).to_be_visible()
    await two.get_by_role("button", name="Cancel").click()
    await page.get_by_role("dialog").get_by_role("button", name="Cancel it").click()
    await expect(page.get_by_role("heading", name="Two")).to_have_count(0)
    assert lab.office.asked[-1][0] == "cancel"


async def test_an_administrator_holds_the_queue_with_a_note(queue_page: Page) -> None:
    page = queue_page
    await page.evaluate(
        """localStorage.setItem("axenic.who", '{"name": "root", "role": "administrator"}')"""
    )
    await page.reload()
    await page.get_by_label("Why the queue is to be held").fill("new pumps")
    await page.get_by_role("button", name="Hold the queue").click()
    await expect(page.get_by_text("Held by root: new pumps.")).to_be_visible()
    await page.get_by_role("button", name="Release the queue").click()
    await expect(page.get_by_text("Held by root")).to_have_count(0)


async def test_without_scripts_the_queue_is_a_table(queue_page: Page, lab: Laboratory) -> None:
    browser = queue_page.context.browser
    assert browser is not None
    context = await browser.new_context(java_script_enabled=False)
    page = await context.new_page()
    await page.goto(f"{lab.url}/queue")
    rows = await page.get_by_role("row").all_inner_texts()
    assert [row.split("\t")[1] for row in rows[1:]] == ["One", "Bobs", "Two", "Three"]
    await context.close()
