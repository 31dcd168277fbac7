"""A pump is compared in the browser, on a real leader and a real worker, to its end."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.support.cluster import Cluster, eventually, running_cluster

pytestmark = [
    pytest.mark.processes,
    pytest.mark.browser,
    pytest.mark.broker,
    pytest.mark.timeout(120),
]
TRUE_ML_S = 0.09
"""6 mL/min by the hardware description, and a tenth less in truth."""


@pytest.fixture
async def cluster(folder: Path) -> AsyncIterator[Cluster]:
    with running_cluster(folder, ["unit1"], speed=10.0) as cluster:
        cluster.bench("unit1", "miscalibrate", pump="feed_pump", error_factor=0.9)
        yield cluster


async def run_and_weigh(page: Page, seconds: float) -> None:
    """One comparison: the pump runs, and the balance is right."""
    await expect(page.get_by_text(f"It will run for {seconds:g} s")).to_be_visible()
    await page.get_by_role("button", name="Run it", exact=True).click()
    shown = page.get_by_label("How much did the balance show, in g?")
    await shown.fill(str(seconds * TRUE_ML_S))
    await page.get_by_role("button", name="Save").click()


def lose_the_worker(cluster: Cluster) -> None:
    """It is killed, missed, and there again."""
    cluster.kill("worker unit1")
    eventually(
        lambda: cluster.get("/workers")["items"][0]["state"] == "lost",
        within_s=20,
        what="the leader misses its worker",
    )
    cluster.start("worker unit1")
    cluster.until_ready()


async def test_a_pump_is_compared_to_its_end_though_page_and_worker_are_lost_in_the_middle(
    cluster: Cluster, page: Page
) -> None:
    await page.goto(f"http://127.0.0.1:{cluster.port}/calibration")
    await page.get_by_role("button", name="Compare of feed_pump").click()
    await page.get_by_label("Run it for").fill("2, 8, 20")
    await page.get_by_role("button", name="Begin").click()
    await run_and_weigh(page, 2.0)
    await expect(page.get_by_text("Comparison 2 of 3")).to_be_visible()

    await asyncio.to_thread(lose_the_worker, cluster)
    await page.reload()
    await run_and_weigh(page, 8.0)
    session = page.get_by_role("article", name="feed_pump of unit1")
    points = session.get_by_role("row")
    await expect(points).to_have_count(3)
    await expect(points.nth(2).get_by_role("cell")).to_have_text(["8", "0.72", "0"])
    await expect(session.get_by_role("img", name="Moved (mL) against On for (s)")).to_be_visible()
    await run_and_weigh(page, 20.0)

    await page.get_by_label("Name").fill("weighed")
    await page.get_by_label("Valid for").fill("3")
    await page.get_by_role("button", name="Keep the calibration").click()
    await expect(session).to_have_count(0)
    device = page.get_by_role("article", name="feed_pump")
    await expect(device.get_by_text(re.compile("expires in [23] d"))).to_be_visible()
    made = re.compile(r"weighed, \d+ s old: linear through 3 points, off by 0\smL")
    await expect(device.get_by_text(made)).to_be_visible()
    [worker] = cluster.get("/workers")["items"]
    pump: dict[str, Any] = worker["reactors"]["unit1"]["pumps"]["feed_pump"]
    assert pump["flow_ml_min"] == pytest.approx(60.0 * TRUE_ML_S, rel=1e-3)

    await device.get_by_role("button", name="History (1) of feed_pump").click()
    async with page.expect_download() as download:
        await device.get_by_role("link", name="Export").click()
    document = await asyncio.to_thread(Path(await (await download.value).path()).read_text)
    other = document.replace("weighed", "weighed-again")
    chosen = {"name": "a.yaml", "mimeType": "text/yaml", "buffer": other.encode()}
    await page.get_by_label("Import a calibration to unit1").set_input_files(chosen)  # type: ignore[arg-type]
    await expect(page.get_by_text("weighed-again is kept")).to_be_visible()
    old = device.get_by_role("row").filter(has_text="weighed-again")
    await old.get_by_role("button", name="Go by it").click()
    await expect(page.get_by_text("feed_pump goes by weighed-again from now on")).to_be_visible()
    await expect(old.get_by_role("button", name="Go by it no more")).to_be_visible()
