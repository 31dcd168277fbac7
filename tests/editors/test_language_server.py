"""`axenic lsp` as an editor meets it: a real process behind two pipes."""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from orchestrator.documents.check import check_text
from orchestrator.documents.layout.format import format_text
from tests.support.lsp_client import Editor, Refused, editor

COMMAND = [sys.executable, "-m", "orchestrator", "lsp"]
FRAME = """\
axenic: profile/1
name: Frame
inputs:
  density: {type: od, default: 0.8}
vessels: {a: {volume: 15 mL}}
phases:
  - name: grow
    duration: 2 d
    until: "{{ od600 > inputs.density }}"
"""
WRONG = FRAME + "jobs: {stirring: {targt: 500 rpm}}\n"

pytestmark = pytest.mark.processes


@pytest.fixture
async def one(
    tmp_path: Path, checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Editor]:
    """An editor with the server."""
    monkeypatch.setenv("PYTHONPATH", str(checkout))
    async with editor(COMMAND, root=tmp_path) as found:
        yield found
    assert found.shown == []


@pytest.fixture
def uri(tmp_path: Path) -> str:
    """Address of a document that need not lie on the disk."""
    return (tmp_path / "profile.yaml").as_uri()


def whole(text: str) -> dict[str, Any]:
    """The range of all of a text."""
    end = {"line": text.count("\n") + 1, "character": 0}
    return {"start": {"line": 0, "character": 0}, "end": end}


async def test_the_editor_is_told_what_the_check_finds(
    one: Editor, uri: str, tmp_path: Path
) -> None:
    one.open(uri, WRONG)
    said = await one.told(uri, 1)
    expected = check_text(WRONG, str(tmp_path / "profile.yaml")).diagnostics
    assert [(each["code"], each["message"]) for each in said] == [
        (each.code, each.sentence) for each in expected
    ]
    found = next(each for each in said if each["code"] == "unknown-setting")
    line = {"line": 9, "character": 18}
    assert found["range"] == {"start": line, "end": {"line": 9, "character": 23}}
    assert found["severity"] == 1
    assert found["codeDescription"]["href"].endswith("unknown-setting.md")


async def test_diagnostics_follow_the_typing_and_carry_its_version(one: Editor, uri: str) -> None:
    one.open(uri, WRONG)
    assert "unknown-setting" in [each["code"] for each in await one.told(uri, 1)]
    one.change(uri, FRAME + "jobs: {stirring: {target: 500 rpm}, od_reading: {}}\n", 2)
    assert [each["code"] for each in await one.told(uri, 2)] == []


async def test_only_the_last_of_many_versions_is_spoken_of(one: Editor, uri: str) -> None:
    one.open(uri, FRAME)
    await one.told(uri, 1)
    before = one.published
    for version in range(2, 30):
        one.change(uri, WRONG[: len(FRAME) + version], version)
    one.change(uri, WRONG, 30)
    said = await one.told(uri, 30)
    assert "unknown-setting" in [each["code"] for each in said]
    await one.at("hover", uri, 0, 2)
    assert one.published - before <= 3  # a slow machine may pause between two keys
    assert one.diagnostics[uri]["version"] == 30


async def test_yaml_of_something_else_is_left_in_peace(one: Editor, uri: str) -> None:
    one.open(uri, "services:\n  web:   {image: nginx}\n")
    assert await one.told(uri, 1) == []
    assert await one.at("completion", uri, 1, 2) is None
    assert await one.at("hover", uri, 0, 2) is None
    options = {"textDocument": {"uri": uri}, "options": {"tabSize": 2, "insertSpaces": True}}
    assert await one.request("textDocument/formatting", options) is None


async def test_a_closed_document_leaves_nothing_behind(one: Editor, uri: str) -> None:
    one.open(uri, WRONG)
    assert await one.told(uri, 1) != []
    one.diagnostics.clear()
    one.close(uri)
    assert await one.told(uri) == []


async def test_completion_hover_definition_outline_and_rename_are_answered(
    one: Editor, uri: str
) -> None:
    text = FRAME + "jobs: {stirring: {}}\n"
    one.open(uri, text)
    items = (await one.at("completion", uri, 9, 18))["items"]
    target = next(each for each in items if each["label"] == "target")
    assert target["textEdit"]["newText"] == "target: "
    assert "In rpm" in target["documentation"]
    hover = await one.at("hover", uri, 8, 16)
    assert "od600" in hover["contents"]["value"]
    assert hover["range"]["start"] == {"line": 8, "character": 15}
    place = await one.at("definition", uri, 8, 32)
    assert (place["uri"], place["range"]["start"]) == (uri, {"line": 3, "character": 2})
    job = await one.at("definition", uri, 9, 9)
    assert job["uri"].endswith("contrib/jobs/stirring.yaml")
    symbols = await one.request("textDocument/documentSymbol", {"textDocument": {"uri": uri}})
    assert [each["name"] for each in symbols][-2:] == ["phases", "jobs"]
    prepared = await one.at("prepareRename", uri, 3, 4)
    assert prepared["placeholder"] == "density"
    edit = await one.at("rename", uri, 3, 4, newName="thick")
    assert sorted(each["range"]["start"]["line"] for each in edit["changes"][uri]) == [3, 8]
    with pytest.raises(Refused, match="cannot be the name"):
        await one.at("rename", uri, 3, 4, newName="two words")


async def test_a_quick_fix_writes_what_was_meant(one: Editor, uri: str) -> None:
    one.open(uri, WRONG)
    place = {"line": 9, "character": 20}
    actions = await one.request(
        "textDocument/codeAction",
        {
            "textDocument": {"uri": uri},
            "range": {"start": place, "end": place},
            "context": {"diagnostics": []},
        },
    )
    (action,) = (each for each in actions if each["diagnostics"][0]["code"] == "unknown-setting")
    assert action["title"] == "Write target"
    assert action["edit"]["changes"][uri][0]["newText"] == "target"


async def test_formatting_is_that_of_fmt_and_leaves_a_broken_document_alone(
    one: Editor, uri: str
) -> None:
    untidy = "name:  'x'  # why\naxenic:   profile/1\n"
    options = {"textDocument": {"uri": uri}, "options": {"tabSize": 2, "insertSpaces": True}}
    one.open(uri, untidy)
    (edit,) = await one.request("textDocument/formatting", options)
    assert edit["newText"] == format_text(untidy, "x").text
    one.change(uri, "axenic: [1\n", 2)
    assert not await one.request("textDocument/formatting", options)


@pytest.mark.parametrize(
    ("encodings", "units"),
    [
        ([], lambda text: len(text.encode("utf-16-le")) // 2),
        (["utf-8"], lambda text: len(text.encode())),
    ],
    ids=["utf-16", "utf-8"],
)
async def test_places_are_right_behind_signs_that_take_several_units(
    tmp_path: Path,
    checkout: Path,
    monkeypatch: pytest.MonkeyPatch,
    encodings: list[str],
    units: Any,
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(checkout))
    head = 'rules: [{name: "🧫 µ °C 🧪", when: true, do: [{log: x}, {stop: '
    text = FRAME + head + "stiring}]}]\n"
    address = (tmp_path / "a.yaml").as_uri()
    capabilities = {"general": {"positionEncodings": encodings}} if encodings else {}
    async with editor(COMMAND, root=tmp_path, capabilities=capabilities) as found:
        found.open(address, text)
        said = next(e for e in await found.told(address, 1) if e["code"] == "unknown-job")
        start, end = said["range"]["start"], said["range"]["end"]
        assert start == {"line": 9, "character": units(head)}
        assert end == {"line": 9, "character": units(head + "stiring")}
        items = (await found.at("completion", address, 9, units(head) + 2))["items"]
        stirring = next(each for each in items if each["label"] == "stirring")
        assert stirring["textEdit"]["range"] == said["range"]
        hover = await found.at("hover", address, 9, units(head) - 3)
        assert "Stop a job" in hover["contents"]["value"]


async def test_a_request_that_is_cancelled_does_not_stop_the_others(one: Editor, uri: str) -> None:
    one.open(uri, _big(2000))
    place = {"textDocument": {"uri": uri}, "position": {"line": 4, "character": 3}}
    number, answer = one.ask("textDocument/completion", place)
    one.notify("$/cancelRequest", {"id": number})
    assert (await one.at("hover", uri, 0, 2))["contents"]["value"]
    try:
        await asyncio.wait_for(answer, 30)
    except Refused as refused:
        assert refused.code == -32800  # cancelled in time
    assert (await one.at("completion", uri, 0, 0))["items"] != []


async def test_a_big_document_is_answered_and_a_too_big_one_refused(one: Editor, uri: str) -> None:
    one.open(uri, _big(4000))
    assert (await one.at("completion", uri, 0, 0))["items"] != []
    one.change(uri, "axenic: profile/1\n" + "#" * (1024 * 1024 + 1), 2)
    assert [each["code"] for each in await one.told(uri, 2)] == ["too-large"]


async def test_half_typed_documents_never_bring_it_down(one: Editor, uri: str) -> None:
    chance = random.Random(7)
    one.open(uri, FRAME)
    for version in range(2, 60):
        text, at = WRONG, chance.randrange(len(WRONG))
        text = chance.choice((text[:at], text[:at] + chance.choice("{[\"':-\t🧫") + text[at:]))
        one.change(uri, text, version)
        line = chance.randrange(12)
        character = chance.randrange(40)
        for what in ("completion", "hover", "definition"):
            await one.at(what, uri, line, character)
        await one.request("textDocument/documentSymbol", {"textDocument": {"uri": uri}})
        if version % 10 == 0:
            await one.told(uri, version)


async def test_what_an_included_file_has_wrong_is_shown_there_as_it_is_in_the_editor(
    one: Editor, uri: str, tmp_path: Path
) -> None:
    (tmp_path / "parts").mkdir()
    part = tmp_path / "parts" / "jobs.yaml"
    part.write_text("stirring: {targt: 500 rpm}\n")
    inputs = tmp_path / "parts" / "inputs.yaml"
    inputs.write_text("density: {type: od, default: 0.8}\n")
    text = FRAME.replace("inputs:\n  density: {type: od, default: 0.8}\n", "")
    text += "inputs: !include parts/inputs.yaml\njobs: !include parts/jobs.yaml\n"
    one.open(uri, text)
    codes = [each["code"] for each in await one.told(uri, 1)]
    assert "unknown-input" not in codes
    (said,) = [e for e in await one.told(part.as_uri()) if e["code"] == "unknown-setting"]
    assert said["range"]["start"] == {"line": 0, "character": 11}
    one.diagnostics.clear()
    one.open(part.as_uri(), "stirring: {target: 500 rpm}\nod_reading: {}\n")  # not yet saved
    assert await one.told(uri, 1) == []
    assert await one.told(part.as_uri()) == []
    items = (await one.at("completion", uri, 6, 31))["items"]
    assert "inputs.density" in [each["label"] for each in items]
    place = await one.at("definition", uri, 6, 33)
    assert (place["uri"], place["range"]["start"]["line"]) == (inputs.as_uri(), 0)
    with pytest.raises(Refused, match="others may include"):
        await one.at("rename", uri, 6, 33, newName="thick")


def test_without_its_package_the_command_says_what_to_install(checkout: Path) -> None:
    hidden = (
        "import sys; sys.modules['pygls'] = None; sys.argv = ['axenic', 'lsp'];"
        "from orchestrator.cli.main import main; main()"
    )
    ran = subprocess.run(
        [sys.executable, "-c", hidden],
        cwd=checkout,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 1
    assert "pip install 'axenic[lsp]'" in ran.stderr
    assert "Traceback" not in ran.stderr


def _big(steps: int) -> str:
    return FRAME + "    do:\n" + "      - log: Something µ\n" * steps
