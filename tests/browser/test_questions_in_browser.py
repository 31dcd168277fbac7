"""Questions and alerts reach whoever looks, and answers reach the worker."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from orchestrator.ports.office import Submission
from tests.browser.laboratory import Laboratory

pytestmark = pytest.mark.browser


async def test_a_question_comes_by_itself_and_goes_when_it_is_confirmed(
    lab: Laboratory, experiment_page: Page
) -> None:
    key = await lab.ask("control", "Inoculate control, then confirm", "inoculate")
    question = experiment_page.locator("axenic-question", has_text="Inoculate control")
    told = experiment_page.get_by_role("status").filter(has_text="control asks: Inoculate control")
    await expect(told).to_have_count(1)
    await question.get_by_role("button", name="Confirm").click()
    await expect(question).to_have_count(0)
    answered = await lab.store.question(key)
    assert answered is not None
    assert answered.state == "answered"


async def test_a_sample_is_given_its_label(lab: Laboratory, experiment_page: Page) -> None:
    question = experiment_page.locator("axenic-question", has_text="Take a sample")
    await question.get_by_label("Tube number").fill("A7")
    await question.get_by_role("button", name="Save").click()
    await expect(question).to_have_count(0)
    (asked,) = [each for each in lab.office.asked if each[0] == "answer"]
    assert asked[2:] == ("A7", "local")


async def test_an_alert_goes_when_somebody_acknowledges_it(
    lab: Laboratory, experiment_page: Page
) -> None:
    alert = experiment_page.locator("axenic-alert", has_text="feed bottle")
    await alert.get_by_role("button", name="Acknowledge").click()
    await expect(alert).to_have_count(0)
    page = await lab.store.alerts(open_only=True)
    assert not page.items


async def test_an_experiment_is_paused_only_when_that_is_confirmed(
    lab: Laboratory, experiment_page: Page
) -> None:
    await experiment_page.get_by_role("button", name="Pause").click()
    dialog = experiment_page.get_by_role("dialog")
    await dialog.get_by_role("button", name="Go back").click()
    assert ("pause",) not in [each[:1] for each in lab.office.asked]
    await experiment_page.get_by_role("button", name="Pause").click()
    await dialog.get_by_role("button", name="Pause").click()
    await expect(experiment_page.get_by_role("button", name="Resume")).to_be_visible()


async def test_an_experiment_that_waits_shows_its_vessels_and_why(
    lab: Laboratory, page: Page, canonical_profile: Path
) -> None:
    text = await asyncio.to_thread(canonical_profile.read_text, encoding="utf-8")
    waiting = await lab.office.submit(Submission(text=text, file_name="p.yaml", actor="ada"))
    await lab.store.explain(waiting.id, "no reactor is free", at_wall_s=lab.clock.now().wall_s)
    await page.goto(f"{lab.url}/experiments/{waiting.id}")
    await expect(page.get_by_text("no reactor is free")).to_be_visible()
    for vessel in ("control", "warmed"):
        card = page.get_by_role("article", name=f"Vessel {vessel}")
        await expect(card).to_contain_text("waits to begin")


async def test_all_workers_are_stopped_only_when_that_is_confirmed(
    lab: Laboratory, page: Page
) -> None:
    await page.goto(f"{lab.url}/workers")
    await page.get_by_role("button", name="Emergency stop of all").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("turned off")
    assert ("emergency_stop", "local") not in lab.office.asked
    await dialog.get_by_role("button", name="Stop everything").click()
    await expect(page.get_by_text("bench-1: stopped")).to_be_visible()
    assert ("emergency_stop", "local") in lab.office.asked
