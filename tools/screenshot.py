"""Take the README's picture of a running dashboard: docs/images/dashboard.png.

Starts the demo in a temporary folder on free ports and waits until there is something to see; with
`--url` it looks at a dashboard that runs already.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import aiohttp
from playwright.async_api import Page, async_playwright

ROOT: Final = Path(__file__).resolve().parent.parent
PICTURE: Final = ROOT / "docs" / "images" / "dashboard.png"
WIDTH, HEIGHT = 1440, 1084
SPEED: Final = 900
HELD_S: Final = 30 * 3600.0
"""How long both vessels have held their density when the picture is taken."""
DEMO_LIMIT_S: Final = 420.0
END_LIMIT_S: Final = 30.0
ASK_EVERY_S: Final = 1.0
DRAWN_MS: Final = 20_000
SIZE_MAX_BYTES: Final = 400_000
CHROMIUM: Final = ("chromium", "chromium-browser", "google-chrome")


def main() -> None:
    """Take it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", help="a dashboard, or an experiment's page, that runs already")
    parser.add_argument("--out", type=Path, default=PICTURE)
    parser.add_argument("--width", type=int, default=WIDTH)
    parser.add_argument("--height", type=int, default=HEIGHT)
    parser.add_argument("--dark", action="store_true")
    chosen = parser.parse_args()
    try:
        asyncio.run(_take(chosen))
    except (TimeoutError, RuntimeError, aiohttp.ClientError) as error:
        sys.exit(f"no picture was taken: {str(error) or 'it took too long'}")
    size = chosen.out.stat().st_size
    print(f"wrote {chosen.out}, {size // 1000} kB")
    if size > SIZE_MAX_BYTES:
        sys.exit(f"that is more than {SIZE_MAX_BYTES // 1000} kB")


async def _take(chosen: argparse.Namespace) -> None:
    chosen.out.parent.mkdir(parents=True, exist_ok=True)
    if chosen.url:
        await _photograph(await _experiment_page(chosen.url), chosen)
        return
    async with _demo() as address:
        async with asyncio.timeout(DEMO_LIMIT_S):
            page = await _something_to_see(address)
        await _photograph(page, chosen)


@asynccontextmanager
async def _demo() -> AsyncIterator[str]:
    """A demo with ports and a folder of its own; nothing of it is left."""
    port, broker_port = _free_ports(2)
    with tempfile.TemporaryDirectory(prefix="axenic-picture-") as folder:
        demo = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "orchestrator", "demo", "--data", folder),
            *("--port", str(port), "--broker-port", str(broker_port), "--speed", str(SPEED)),
            cwd=ROOT,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            await _end(demo)


async def _end(demo: asyncio.subprocess.Process) -> None:
    if demo.returncode is not None:
        return
    demo.send_signal(signal.SIGINT)
    try:
        async with asyncio.timeout(END_LIMIT_S):
            await demo.wait()
    except TimeoutError:
        os.killpg(demo.pid, signal.SIGKILL)
        await demo.wait()


async def _something_to_see(address: str) -> str:
    """Answer the demo's questions, and wait until its vessels have held for a while."""
    async with aiohttp.ClientSession(address) as api:
        while True:
            await asyncio.sleep(ASK_EVERY_S)
            try:
                experiment = await _newest(api)
                if experiment is not None and await _has_held(api, experiment):
                    return f"{address}/experiments/{experiment}"
            except aiohttp.ClientConnectionError:
                continue  # it is still starting


async def _newest(api: aiohttp.ClientSession) -> str | None:
    items = await _items(api, "/api/experiments", limit=1)
    return str(items[0]["id"]) if items else None


async def _has_held(api: aiohttp.ClientSession, experiment: str) -> bool:
    for question in await _items(api, "/api/questions", experiment=experiment):
        answer = "A1" if question["kind"] == "sample" else "confirmed"
        body = {"key": question["key"], "answer": answer}
        # Somebody else may have answered it in the meantime.
        async with api.post("/api/questions/answer", json=body):
            pass
    stays = await _items(api, f"/api/experiments/{experiment}/phases")
    clock = await _json(api, "/api/clock")
    held = [clock["wall_s"] - each["entered_wall_s"] for each in stays if each["phase"] == "hold"]
    return len(held) >= 2 and min(held) > HELD_S


async def _items(api: aiohttp.ClientSession, path: str, **query: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await _json(api, path, **query))["items"]
    return items


async def _json(api: aiohttp.ClientSession, path: str, **query: Any) -> dict[str, Any]:
    async with api.get(path, params=query) as response:
        response.raise_for_status()
        answer: dict[str, Any] = await response.json()
        return answer


async def _experiment_page(url: str) -> str:
    if "/experiments/" in url:
        return url
    async with aiohttp.ClientSession() as session:
        items = await _items(session, f"{url.rstrip('/')}/api/experiments", limit=1)
    if not items:
        raise RuntimeError("there is no experiment to be seen")
    return f"{url.rstrip('/')}/experiments/{items[0]['id']}"


async def _photograph(url: str, chosen: argparse.Namespace) -> None:
    chromium = next((found for name in CHROMIUM if (found := shutil.which(name))), None)
    if chromium is None:
        raise RuntimeError("Chromium is missing: apt-get install chromium")
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium, args=[*arguments, "--disable-dev-shm-usage"]
        )
        page = await browser.new_page(
            viewport={"width": chosen.width, "height": chosen.height},
            color_scheme="dark" if chosen.dark else "light",
        )
        await page.goto(url)
        await _drawn(page)
        await page.screenshot(path=chosen.out)
        await browser.close()


async def _drawn(page: Page) -> None:
    """Wait until every chart shows its curves."""
    await page.wait_for_function(
        """() => {
          const host = document.querySelector('axenic-experiment')?.shadowRoot;
          const charts = [...(host?.querySelectorAll('axenic-chart') ?? [])];
          return charts.length > 0 && charts.every((chart) => chart.lines.every(
            ({ buffer }) => buffer.length > 20) && chart.shadowRoot.querySelector('canvas'));
        }""",
        timeout=DRAWN_MS,
    )
    await page.wait_for_timeout(1500)


def _free_ports(many: int) -> list[int]:
    probes = [socket.socket() for _ in range(many)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()


if __name__ == "__main__":
    main()
