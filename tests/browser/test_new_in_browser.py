"""A profile is checked as it is written, and started only when it is good."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import FilePayload, Page, expect

from tests.browser.laboratory import Laboratory

pytestmark = pytest.mark.browser


@pytest.fixture
def good(canonical_profile: Path) -> str:
    return canonical_profile.read_text(encoding="utf-8")


@pytest.fixture
def misspelt(good: str) -> str:
    wrong = good.replace("stirring:    {target", "stiring:    {target")
    assert wrong != good
    return wrong


async def upload(page: Page, url: str, text: str) -> None:
    await page.goto(f"{url}/new")
    chosen = FilePayload(name="mine.yaml", mimeType="text/yaml", buffer=text.encode())
    await page.get_by_label("Open a file").set_input_files(chosen)


async def test_a_wrong_profile_shows_its_place_and_a_suggestion_and_cannot_start(
    lab: Laboratory, page: Page, misspelt: str
) -> None:
    await upload(page, lab.url, misspelt)
    finding = page.get_by_role("list", name="Findings").get_by_role("listitem").first
    await expect(finding).to_contain_text("20:3")
    await expect(finding).to_contain_text("there is no job 'stiring'")
    await expect(finding).to_contain_text("Did you mean stirring?")
    await expect(page.get_by_role("button", name="Start experiment")).to_be_disabled()
    await expect(page.locator(".cm-lintRange-error")).to_have_count(1)


async def test_a_suggestion_is_applied_and_the_experiment_starts(
    lab: Laboratory, page: Page, misspelt: str
) -> None:
    await upload(page, lab.url, misspelt)
    await page.get_by_role("button", name="Apply stirring").click()
    start = page.get_by_role("button", name="Start experiment")
    await expect(start).to_be_enabled()
    await page.get_by_label("Density to hold").fill("0.6")
    await page.get_by_label("control").select_option("bench-3")
    await expect(start).to_be_enabled()
    await start.click()
    await page.wait_for_url("**/experiments/e0001")
    experiment = await lab.store.experiment("e0001")
    assert experiment is not None
    assert experiment.file_name == "mine.yaml"
    assert experiment.inputs == {"target_od600": 0.6}
    assert {vessel: str(at) for vessel, at in experiment.bindings.items()} == {"control": "bench-3"}


async def test_a_refusal_loses_nothing(lab: Laboratory, page: Page, good: str) -> None:
    await upload(page, lab.url, good)
    await page.get_by_label("Final temperature").fill("41")
    start = page.get_by_role("button", name="Start experiment")
    await expect(start).to_be_enabled()
    lab.office.raises = TimeoutError("the disk is slow today")
    await start.click()
    await expect(page.get_by_role("alert")).to_contain_text("the disk is slow today")
    await expect(page.get_by_label("Final temperature")).to_have_value("41")
    await expect(page.locator(".cm-content")).to_contain_text("Heat-adapted turbidostat")
    await expect(start).to_be_enabled()


async def test_a_shipped_profile_shows_what_it_will_do(lab: Laboratory, page: Page) -> None:
    await page.goto(f"{lab.url}/new")
    chosen = page.get_by_label("Begin with a profile that comes with Axenic")
    await chosen.select_option(label="Heat-adapted turbidostat")
    await expect(page.get_by_role("heading", name="If it began now")).to_be_visible()
    await expect(page.locator("axenic-preview li").first).to_contain_text("stirring.target")
