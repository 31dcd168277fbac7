"""The composed schema in the real yaml-language-server, as VS Code, Neovim and Helix run it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

import hatch_build
from orchestrator.documents.compose import compose_schema
from tests.support.lsp_client import Editor, editor

SERVER = hatch_build.WEB / "node_modules" / "yaml-language-server" / "bin" / "yaml-language-server"
FRAME = """\
axenic: profile/1
name: Frame
vessels: {a: {volume: 15 mL}}
phases:
  - {name: hold, duration: 2 d}
jobs:
"""
CUSTOM_TAGS = [
    "!include scalar:mapping",
    "!include_dir_named scalar:mapping",
    "!include_dir_list scalar:sequence",
    "!secret scalar",
]
"""As the guide tells to set them."""
INCLUDES = """\
axenic: profile/1
name: Includes
vessels: {a: {volume: 15 mL}}
packages:
  bench: !include parts/bench.yaml
jobs: !include_dir_named jobs
phases:
  - !include phases/grow.yaml
  - {name: hold, duration: 2 d, schedule: !include_dir_list items}
"""
CAPABILITIES: dict[str, Any] = {
    "workspace": {"configuration": True},
    "textDocument": {
        "completion": {"completionItem": {"documentationFormat": ["markdown"]}},
        "hover": {"contentFormat": ["markdown"]},
    },
}

pytestmark = pytest.mark.processes


@pytest.fixture
async def yaml_editor(tmp_path: Path) -> AsyncIterator[Editor]:
    """An editor with the schema that `axenic schema --out` writes, for every YAML file."""
    hatch_build.install_packages(development=True)
    schema = tmp_path / "profile.schema.json"
    schema.write_text(json.dumps(compose_schema()))
    settings = {
        "yaml": {
            "schemas": {schema.as_uri(): "*.yaml"},
            "validate": True,
            "hover": True,
            "completion": True,
            "schemaStore": {"enable": False},
            "customTags": CUSTOM_TAGS,
        }
    }
    node = str(hatch_build.node_binary())
    async with editor(
        [node, str(SERVER), "--stdio"],
        root=tmp_path,
        settings=settings,
        capabilities=CAPABILITIES,
    ) as one:
        one.notify("workspace/didChangeConfiguration", {"settings": settings})
        await _until_it_has_its_schema(one, tmp_path)
        yield one


async def _until_it_has_its_schema(one: Editor, folder: Path) -> None:
    """It takes its settings when it likes; before that it knows nothing of a profile."""
    uri = (folder / "probe.yaml").as_uri()
    one.open(uri, "unheard: of\n")
    async with asyncio.timeout(30):
        while not await one.told(uri):
            one.change(uri, "unheard: of\n", 2)


def _uri(folder: Path) -> str:
    return (folder / "profile.yaml").as_uri()


def _labels(found: dict[str, Any]) -> dict[str, Any]:
    return {each["label"]: each for each in found["items"]}


async def test_completion_offers_the_jobs_and_each_jobs_settings(
    yaml_editor: Editor, tmp_path: Path
) -> None:
    uri = _uri(tmp_path)
    yaml_editor.open(uri, FRAME + "  ")
    jobs = _labels(await yaml_editor.at("completion", uri, 6, 2))
    assert {"stirring", "temperature", "dosing"} <= set(jobs)
    yaml_editor.change(uri, FRAME + "  temperature:\n    ", 2)
    settings = _labels(await yaml_editor.at("completion", uri, 7, 4))
    assert {"automation", "target", "at_end"} <= set(settings)
    assert "In °C; 4 °C to 80 °C" in str(settings["target"]["documentation"])


async def test_hover_shows_a_settings_description_with_unit_and_default(
    yaml_editor: Editor, tmp_path: Path
) -> None:
    uri = _uri(tmp_path)
    yaml_editor.open(uri, FRAME + "  stirring: {target: 400 rpm}\n")
    said = (await yaml_editor.at("hover", uri, 6, 14))["contents"]["value"]
    assert "Stirring speed. In rpm; 0 rpm to 2000 rpm; default 500 rpm." in said


async def test_a_wrong_key_is_flagged_where_it_stands(yaml_editor: Editor, tmp_path: Path) -> None:
    uri = _uri(tmp_path)
    yaml_editor.open(uri, FRAME + "  stirring: {targt: 400 rpm}\n")
    (said,) = await yaml_editor.told(uri)
    assert said["range"]["start"] == {"line": 6, "character": 13}
    assert "targt" in said["message"]


def test_the_guide_tells_editors_of_the_same_tags(checkout: Path) -> None:
    guide = (checkout / "docs" / "guide" / "editors.md").read_text("utf-8")
    for tag in CUSTOM_TAGS:
        assert f'"{tag}"' in guide, "for VS Code"
        assert f"'{tag}'" in guide, "for Neovim"


async def test_an_include_stands_for_whatever_is_needed_there(
    yaml_editor: Editor, tmp_path: Path
) -> None:
    uri = _uri(tmp_path)
    yaml_editor.open(uri, INCLUDES)
    assert await yaml_editor.told(uri) == []
    wrong = (tmp_path / "wrong.yaml").as_uri()
    yaml_editor.open(wrong, INCLUDES.replace("volume: 15 mL", "volum: 15 mL"))
    said = " ".join(each["message"] for each in await yaml_editor.told(wrong))
    assert "volum" in said, "what is wrong beside them is still told"


async def test_every_shipped_profile_is_clean(yaml_editor: Editor, checkout: Path) -> None:
    profiles = sorted((checkout / "profiles").glob("*.yaml"))
    assert len(profiles) > 10
    for path in profiles:
        # Without the line that names the schema without jobs, which would come before ours.
        text = path.read_text("utf-8").replace("yaml-language-server:", "")
        yaml_editor.open(path.as_uri(), text)
        assert await yaml_editor.told(path.as_uri()) == [], path.name
