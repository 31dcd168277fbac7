"""Every page fits a phone and a desk, by light and by dark, and can be used by everybody."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page

from tests.browser.laboratory import EXPERIMENT, Laboratory
from tests.browser.laboratory_attempts import live_through
from tests.browser.laboratory_upkeep import was_kept

pytestmark = pytest.mark.browser

PAGES = (
    "/",
    f"/experiments/{EXPERIMENT}",
    "/queue",
    "/new",
    "/workers",
    "/calibration",
    "/statistics",
    "/alerts",
    "/maintenance",
    f"/audit?experiment={EXPERIMENT}",
)
# Pairs of things that say or do something and lie on each other, through all shadow roots.
OVERLAPS = """
() => {
  const found = [];
  const walk = (root) => {
    for (const element of root.querySelectorAll('*')) {
      if (element.shadowRoot) walk(element.shadowRoot);
      if (element.closest('.cm-editor, .skip, .visually-hidden, .uplot, option')) continue;
      const says = [...element.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
      if (!says && !element.matches('button, input, select, canvas')) continue;
      if (getComputedStyle(element).opacity === '0') continue;
      const range = document.createRange();
      range.selectNodeContents(element);
      const whole = element.matches('button, input, select, canvas, .button');
      const boxes = whole ? [element.getBoundingClientRect()] : [...range.getClientRects()];
      for (const box of boxes) if (box.width && box.height) found.push({ element, box });
    }
  };
  walk(document.body);
  const within = (one, other) => {
    for (let at = one; at; at = at.parentNode ?? at.host) if (at === other) return true;
    return false;
  };
  const laid = [];
  found.forEach((one, n) => found.slice(n + 1).forEach((other) => {
    if (within(one.element, other.element) || within(other.element, one.element)) return;
    const wide = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left);
    const high = Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top);
    if (wide > 1.5 && high > 4) {
      laid.push([one, other].map(({ element }) => element.textContent.trim().slice(0, 40)));
    }
  }));
  return laid;
}
"""


async def opened(page: Page, url: str) -> None:
    await page.goto(url)
    if url.endswith("/new"):
        await page.get_by_label("Begin with a profile").select_option(index=1)
        await page.get_by_role("heading", name="Inputs").wait_for()
    elif "/audit" in url:
        await page.get_by_text("nobody saw what came of it").wait_for()
    else:
        await page.get_by_text("Live", exact=True).wait_for()
    if url.endswith("/statistics"):
        await page.get_by_role("button", name="Steps of Heat").click()
        await page.get_by_text("begun 41 s after its grace").first.wait_for()
    if url.endswith("/calibration"):
        await page.get_by_role("button", name="History (2) of photodiode").click()
        await page.get_by_role("button", name="Compare of photodiode").first.click()
    await page.wait_for_timeout(400)


@pytest.mark.parametrize("width", [360, 768, 1440])
async def test_nothing_overlaps_or_sticks_out(
    lab: Laboratory, browser: Browser, width: int
) -> None:
    context = await browser.new_context(viewport={"width": width, "height": 800})
    page = await context.new_page()
    await live_through(lab)
    await was_kept(lab.store, lab.clock.now().wall_s)
    for path in PAGES:
        await opened(page, lab.url + path)
        wide = await page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{path} is {wide} px wide"
        assert await page.evaluate(OVERLAPS) == [], path
    await context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing(
    lab: Laboratory, browser: Browser, checkout: Path, scheme: Any
) -> None:
    axe = checkout / "web" / "node_modules" / "axe-core" / "axe.min.js"
    assert axe.is_file(), "make web fetches it"
    context = await browser.new_context(color_scheme=scheme)
    page = await context.new_page()
    await live_through(lab)
    await was_kept(lab.store, lab.clock.now().wall_s)
    for path in PAGES:
        await opened(page, lab.url + path)
        await page.evaluate(axe.read_text(encoding="utf-8"))
        found = await page.evaluate("axe.run().then(({ violations }) => violations)")
        told = [f"{each['id']}: {[n['html'][:120] for n in each['nodes']]}" for each in found]
        assert told == [], path
    await context.close()


async def test_pages_have_their_content_without_scripts(lab: Laboratory, browser: Browser) -> None:
    context = await browser.new_context(java_script_enabled=False)
    page = await context.new_page()
    await page.goto(f"{lab.url}/experiments/{EXPERIMENT}")
    text = await page.locator("main").inner_text()
    for word in ("Heat-adapted turbidostat", "warmed", "hold", "Tube number", "od600"):
        assert word in text
    await context.close()
