"""A profile is checked as it is written, and started only when it is good."""

from __future__ import annotations

from pathlib import Path
from shutil import make_archive

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
    await page.get_by_label("Open files").set_input_files(chosen)


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


FOLDER = {
    "lab/mine.yaml": """\
axenic: profile/1
name: Mine
vessels:
  left: {volume: 15 mL}
packages:
  stirred: !include parts/stirred.yaml
phases:
  - name: hold
    duration: 1 d
""",
    "lab/other.yaml": "axenic: profile/1\nname: Other\n",
    "lab/parts/stirred.yaml": "jobs:\n  stiring: {target: 500 rpm}\n",
    "lab/secrets.yaml": "password: x\n",
}


@pytest.fixture
def lab_folder(tmp_path: Path) -> Path:
    for name, text in FOLDER.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path / "lab"


@pytest.fixture
def lab_archive(lab_folder: Path) -> Path:
    return Path(make_archive(str(lab_folder), "zip", lab_folder.parent, "lab"))


@pytest.mark.parametrize("by", ["folder", "archive"])
async def test_a_profile_comes_with_what_it_includes_and_is_mended_there(
    lab: Laboratory, page: Page, lab_folder: Path, lab_archive: Path, by: str
) -> None:
    await page.goto(f"{lab.url}/new")
    if by == "folder":
        await page.get_by_label("Open a folder").set_input_files(lab_folder)
    else:
        await page.get_by_label("Open files").set_input_files(lab_archive)
    await page.get_by_label("Which of them is the profile?").select_option("mine.yaml")
    finding = page.get_by_role("list", name="Findings").get_by_role("listitem").first
    await expect(finding).to_contain_text("there is no job 'stiring'")
    await finding.get_by_role("button", name="parts/stirred.yaml:2:3").click()
    await expect(page.get_by_label("File", exact=True)).to_have_value("parts/stirred.yaml")
    await expect(page.locator(".cm-content")).to_contain_text("stiring")
    await page.get_by_role("button", name="Apply stirring").click()
    for _ in range(2):
        await page.locator(".cm-content").press("Control+z")
    await expect(page.locator(".cm-content")).to_have_text("jobs:  stiring: {target: 500 rpm}")
    await page.get_by_role("button", name="Apply stirring").click()
    start = page.get_by_role("button", name="Start experiment")
    await expect(start).to_be_enabled()
    await start.click()
    await page.wait_for_url("**/experiments/e0001")
    documents = await lab.store.documents("e0001")
    assert documents is not None
    assert (documents.file_name, documents.profile_text) == ("mine.yaml", FOLDER["lab/mine.yaml"])
    assert documents.files["parts/stirred.yaml"] == "jobs:\n  stirring: {target: 500 rpm}\n"
    assert "secrets.yaml" not in documents.files


async def test_files_among_which_is_no_profile_are_refused(lab: Laboratory, page: Page) -> None:
    await page.goto(f"{lab.url}/new")
    names = ("a.yaml", "b.yaml")
    files = [FilePayload(name=name, mimeType="text/yaml", buffer=b"x: 1") for name in names]
    await page.get_by_label("Open files").set_input_files(files)
    await expect(page.get_by_role("alert")).to_contain_text("none of them is a profile")
