"""The library's page: write, be told of others, look back, restore."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from orchestrator.library.open_library import open_library
from orchestrator.ports.library import Edit
from tests.browser.test_layout_in_browser import OVERLAPS
from tests.server.office import NOW_S
from tests.support.served import served

pytestmark = pytest.mark.browser


async def test_two_people_write_one_document_and_nothing_is_lost(
    page: Page, tmp_path: Path
) -> None:
    library = open_library(tmp_path / "library")
    library.save("growth.yaml", "name: a\n", Edit(by="ada", at_wall_s=NOW_S, message="Begin"))
    with served(library) as leader:
        await page.goto(f"{leader.url}/library")
        await page.get_by_role("link", name="growth.yaml").click()
        editor = page.get_by_label("growth.yaml, YAML")
        await expect(editor).to_contain_text("name: a")
        await expect(page.get_by_role("listitem").filter(has_text="Begin")).to_be_visible()
        await expect(page.get_by_role("button", name="Save")).to_be_disabled()
        theirs = Edit(by="bob", at_wall_s=NOW_S, message="Faster", whatever=True)
        library.save("growth.yaml", "name: b\n", theirs)
        await editor.click()
        await page.keyboard.press("Control+End")
        await page.keyboard.type("volume: 15 mL")
        await page.get_by_label("What changes, and why").fill("Say how much")
        await page.get_by_role("button", name="Save").click()
        await expect(page.get_by_text("Somebody else saved meanwhile")).to_be_visible()
        await expect(page.get_by_label("Difference")).to_contain_text("-name: b")
        assert library.read("growth.yaml").text == "name: b\n"
        await page.get_by_role("button", name="Save mine in its place").click()
        await expect(page.get_by_role("status").filter(has_text="Saved.")).to_be_visible()
        assert library.read("growth.yaml").text == "name: a\nvolume: 15 mL"
        assert library.history("growth.yaml")[0].message == "Say how much"
        begun = page.get_by_role("listitem").filter(has_text="Begin")
        await begun.get_by_role("button", name="Restore").click()
        await page.get_by_role("dialog").get_by_role("button", name="Restore").click()
        await expect(page.get_by_role("status").filter(has_text="Restored.")).to_be_visible()
        assert library.read("growth.yaml").text == "name: a\n"
        await page.get_by_role("link", name="Use it").click()
        await expect(page.get_by_label("Profile, YAML")).to_contain_text("name: a")


async def test_a_new_document_is_begun_and_a_strange_name_refused(
    page: Page, tmp_path: Path
) -> None:
    library = open_library(tmp_path / "library")
    with served(library) as leader:
        await page.goto(f"{leader.url}/library")
        await expect(page.get_by_text("It is empty.")).to_be_visible()
        for name in ("../up.yaml", "parts/a.yaml"):
            await page.get_by_label("New document").fill(name)
            await page.get_by_role("button", name="Begin").click()
            if not name.startswith(".."):  # what was refused is not saved
                await page.get_by_role("button", name="Leave it").click()
            await page.get_by_label(f"{name}, YAML").click()
            await page.keyboard.type("name: a")
            await page.get_by_role("button", name="Save").click()
            if name.startswith(".."):
                refused = page.get_by_role("alert").filter(has_text="leads out of the library")
                await expect(refused.first).to_be_visible()
        await expect(page.get_by_role("link", name="parts/a.yaml")).to_be_visible()
        assert [each.path for each in library.entries()] == ["parts/a.yaml"]


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (1440, "dark")])
async def test_it_fits_and_can_be_used_by_everybody(
    browser: Browser, checkout: Path, tmp_path: Path, width: int, scheme: Any
) -> None:
    library = open_library(tmp_path / "library")
    for number in (1, 2):
        edit = Edit(by="ada", at_wall_s=NOW_S, message=f"Change {number}", whatever=True)
        library.save("growth/a-rather-long-name.yaml", f"name: {number}\n", edit)
    axe = (checkout / "web" / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")
    context = await browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme
    )
    page = await context.new_page()
    with served(library) as leader:
        await page.goto(f"{leader.url}/library?path=growth/a-rather-long-name.yaml")
        await page.get_by_role("button", name="Difference to now").last.click()
        await expect(page.get_by_label("Difference", exact=True)).to_contain_text("-name: 1")
        assert await page.evaluate("document.documentElement.scrollWidth") <= width
        assert await page.evaluate(OVERLAPS) == []
        await page.evaluate(axe)
        found = await page.evaluate("axe.run().then(({ violations }) => violations)")
        assert [(each["id"], each["nodes"][0]["html"][:200]) for each in found] == []
    await context.close()
