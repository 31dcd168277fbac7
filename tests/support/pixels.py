"""What a chart really shows: its pixels."""

from __future__ import annotations

from typing import Any

from playwright.async_api import Page

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
    """For each vessel the `count` of pixels in its colour, and a `sum` of where they are."""
    seen: list[dict[str, Any]] = (
        await page.locator("axenic-chart").nth(chart).locator("canvas").evaluate(_LOOK)
    )
    return seen
