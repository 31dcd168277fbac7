"""The documentation is true: its YAML is checked, its commands exist, its examples are run.

Marks stand in HTML comments right above a block. YAML that begins with `axenic:` is a document of
its own; any other is part of the page's `frame`. `says: CODE` names what is to be found wrong.
Console blocks marked `run` are carried out in a folder with the repository's profiles and
the page's blocks marked `file: NAME`; what they show must be what is printed, `…` standing for
anything. `exit: N` names the exit code where it is not 0.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from orchestrator.cli.prepare import prepare
from orchestrator.documents.check import check_text
from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.ports.check import Bundle
from tests.support.pages import Block, anchors_of, blocks_of, links_of, written_pages
from tools.reference.commands import PAGE, commands, commands_page

CHECKOUT = Path(__file__).resolve().parent.parent.parent
PAGES = {page.relative_to(CHECKOUT).as_posix(): page for page in written_pages(CHECKOUT)}
BLOCKS = [block for name, page in PAGES.items() for block in blocks_of(page, name)]
RUN_LIMIT_S = 100
HARMLESS = frozenset(
    {
        *("check", "import", "new", "fmt", "plan", "simulate", "schema", "trace", "plugins"),
        *("run", "set", "--version"),
    }
)
"""Commands that documentation may have run: they start nothing and talk to nobody; of `run` and
`set` only what is refused before anybody is talked to."""
RULES = 20
ALREADY = frozenset({"ask", "check", "repeat", "when"})
"""Words in the list of what is refused that are carried out themselves."""
# Spelt in pieces, so that this file is not its own finding.
INDEX_HOSTS = ("pypi" + ".org", "files.python" + "hosted.org", "registry." + "npmjs.org")
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:root|work|home/\w+|Users/\w+)/\w")


def named(blocks: list[Block]) -> list[object]:
    """Parameters whose ids say where a block stands."""
    return [pytest.param(block, id=str(block)) for block in blocks]


# ---- YAML


def _is_document(block: Block) -> bool:
    return bool(re.search(r"^axenic:", block.text, re.M))


YAML = [block for block in BLOCKS if block.language == "yaml"]
CHECKED = [block for block in YAML if _is_document(block) or block.mark("file") is None]
"""All but files of answers, which are no documents of the family; their pages run them."""


@pytest.mark.parametrize("block", named(CHECKED))
def test_yaml_is_right_or_wrong_exactly_as_the_page_says(block: Block) -> None:
    found = _diagnose(block)
    said = block.mark("says")
    if said is not None:
        assert [each.code for each in found] == [code.strip() for code in said.split(",")]
    elif _is_document(block):
        assert found == []
    else:
        assert [each for each in found if each.severity == "error"] == []


def _diagnose(block: Block) -> list[Diagnostic]:
    text = block.text if _is_document(block) else _framed(block)
    if "axenic: profile/1" in text:
        return list(prepare(text, str(block), {}, _beside(block)).diagnostics)
    return list(check_text(text, str(block)).diagnostics)


def _beside(block: Block) -> Bundle:
    """The page's blocks that are files, which its profiles may include."""
    named = ((each.mark("file"), each.text) for each in BLOCKS if each.page == block.page)
    return Bundle({name: text for name, text in named if name})


def _framed(block: Block) -> str:
    """The page's frame, with the part in the place of what it has there."""
    frames = [each for each in BLOCKS if each.page == block.page and each.mark("frame") == ""]
    assert len(frames) == 1, f"{block} is part of a profile, so the page needs one frame"
    frame, part = _sections(frames[0].text), _sections(block.text)
    return "".join((frame | part).values())


def _sections(text: str) -> dict[str, str]:
    """A document's text by its outermost keys."""
    parts = re.split(r"^(?=\w+:)", text, flags=re.M)
    return {part.partition(":")[0]: part for part in parts if part.strip()}


def test_every_kind_of_document_that_a_page_shows_is_checked() -> None:
    assert sum(block.language == "yaml" for block in BLOCKS) > 20
    assert [str(block) for block in BLOCKS if block.language in ("yml", "YAML", "shell")] == []


def test_the_guide_names_all_that_the_schema_keeps_for_later_and_nothing_else() -> None:
    later = _later(json.loads((CHECKOUT / "schemas" / "profile.schema.json").read_text()))
    text = PAGES["docs/guide/profiles.md"].read_text(encoding="utf-8")
    listed = text.partition("\n## What is refused for now\n")[2].partition("\n<!--")[0]
    named = set(re.findall(r"`(\w+)`", listed))
    assert named - ALREADY == later


def _later(schema: object) -> set[str]:
    """Every word under `x-later`, wherever it stands."""
    if isinstance(schema, list):
        return {word for each in schema for word in _later(each)}
    if not isinstance(schema, dict):
        return set()
    return set(schema.get("x-later", ())) | _later(list(schema.values()))


# ---- commands


def _lines(block: Block) -> Iterator[tuple[str, list[str]]]:
    """Each command of a console block, with the lines that it is said to print."""
    command, shown = "", list[str]()
    for line in block.text.replace("\\\n", " ").splitlines():
        if line.startswith("$ "):
            if command:
                yield command, shown
            command, shown = line[2:], []
        else:
            shown.append(line)
    if command:
        yield command, shown


def _words(line: str) -> list[str]:
    """The words behind `axenic`; none if the line is about something else."""
    words = shlex.split(line, comments=True)
    while words and re.fullmatch(r"\w+=.*", words[0]):
        words = words[1:]
    words = words[:-1] if words and words[-1] == "&" else words
    return words[1:] if words and words[0] == "axenic" else []


CONSOLE = [block for block in BLOCKS if block.language == "console"]
SAID = [
    (f"{block} {line}"[:100], line, words)
    for block in CONSOLE
    for line, _ in _lines(block)
    if (words := _words(line))
]


@pytest.mark.parametrize(
    ("line", "words"), [pytest.param(line, words, id=name) for name, line, words in SAID]
)
def test_a_command_that_a_page_shows_exists_with_its_options(line: str, words: list[str]) -> None:
    if words[0].startswith("-"):
        assert words in (["--version"], ["--help"])
        return
    known = commands()
    name = " ".join(words[:2]) if isinstance(known[words[0]], click.Group) else words[0]
    command, words = known[name], words[name.count(" ") :]
    with click.Context(command, info_name=words[0]) as context:
        given, left, _ = command.make_parser(context).parse_args(list(words[1:]))
        assert left == []
        for parameter in command.params:
            if parameter.required and f"{parameter.envvar}=" not in line:
                assert given.get(parameter.name), f"{parameter.name} is missing"
            if parameter.name in given and not _is_about_files(parameter):
                parameter.type_cast_value(context, given[parameter.name])


def _is_about_files(parameter: click.Parameter) -> bool:
    """Whether its value depends on what there is in a folder."""
    return isinstance(parameter.type, click.Path) or (
        isinstance(parameter, click.Option) and parameter.is_flag
    )


def test_every_command_is_shown_somewhere_in_the_guide() -> None:
    shown = {words[0] for _, _, words in SAID} | {" ".join(words[:2]) for _, _, words in SAID}
    unshown = set(commands()) - shown
    # Of the jobs, whose commands are built from what they declare, some stand for all.
    assert {name for name in unshown if not name.startswith("run ")} == set()


@pytest.mark.processes
@pytest.mark.parametrize(
    "page", sorted({block.page for block in CONSOLE if block.mark("run") is not None})
)
def test_what_a_page_runs_prints_what_it_shows(page: str, tmp_path: Path) -> None:
    shutil.copytree(CHECKOUT / "profiles", tmp_path / "profiles")
    for block in (each for each in BLOCKS if each.page == page):
        if (name := block.mark("file")) is not None:
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_text(block.text, encoding="utf-8")
        if block.mark("run") is None:
            continue
        for line, shown in _lines(block):
            _run(block, _words(line), shown, tmp_path)


def _run(block: Block, words: list[str], shown: list[str], folder: Path) -> None:
    assert words, f"{block}: only axenic is run"
    assert words[0] in HARMLESS, f"{block}: {words[0]} is not to be run from a page"
    ran = subprocess.run(
        [sys.executable, "-m", "orchestrator", *words],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(CHECKOUT), "AXENIC_PLUGINS": str(folder / "plugins")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=RUN_LIMIT_S,
        check=False,
    )
    assert ran.returncode == int(block.mark("exit") or 0), f"{block}: {ran.stdout}"
    printed = iter(ran.stdout.splitlines())
    for line in filter(None, map(str.rstrip, shown)):
        wanted = re.compile(".*".join(map(re.escape, line.split("…"))))
        assert any(wanted.fullmatch(each.rstrip()) for each in printed), (
            f"{block} shows '{line}', which is not printed there:\n{ran.stdout}"
        )


def test_the_page_of_commands_is_what_make_docs_writes() -> None:
    assert (CHECKOUT / PAGE).read_text(encoding="utf-8") == commands_page(), "run make docs"


# ---- pages


@pytest.mark.parametrize("name", PAGES)
def test_relative_links_lead_somewhere(name: str) -> None:
    page = PAGES[name]
    inside = [link for link in links_of(page) if not re.match(r"https?://|mailto:", link)]
    assert [link for link in inside if not _leads_somewhere(page, link)] == []


def _leads_somewhere(page: Path, link: str) -> bool:
    path, _, anchor = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    if not target.exists():
        return False
    return not anchor or target.suffix != ".md" or anchor in anchors_of(target)


def test_every_page_is_reached_from_the_index() -> None:
    docs = CHECKOUT / "docs"
    reached, waiting = set[Path](), [docs / "index.md"]
    while waiting:
        page = waiting.pop()
        if page in reached or page.suffix != ".md":
            continue
        reached.add(page)
        links = (link.partition("#")[0] for link in links_of(page) if "://" not in link)
        waiting += [(page.parent / link).resolve() for link in links if link]
    unreached = [page for page in PAGES.values() if docs in page.parents and page not in reached]
    assert unreached == []


def test_every_rule_of_the_semantics_has_its_place_under_its_number() -> None:
    text = (CHECKOUT / "docs" / "semantics.md").read_text(encoding="utf-8")
    assert re.findall(r"^### (\d+)\. ", text, re.M) == [str(each + 1) for each in range(RULES)]


def test_pages_name_no_package_index_and_no_folder_of_a_machine() -> None:
    found = [
        f"{name}: {line}"
        for name, page in PAGES.items()
        for line in page.read_text(encoding="utf-8").splitlines()
        if MACHINE_PATH.search(line) or any(host in line for host in INDEX_HOSTS)
    ]
    assert found == []
