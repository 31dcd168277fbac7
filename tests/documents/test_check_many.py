"""Many documents are checked by several processes, and nobody can tell."""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from orchestrator.cli import check_many
from orchestrator.cli.check_many import ALONE_MAX, check_all
from orchestrator.documents.check import documents_at
from orchestrator.documents.report import report

GOOD = (
    "axenic: profile/1\nname: Good\nvessels: {{a: {{volume: {0} mL}}}}\nphases: [{{name: hold}}]\n"
)
BAD = "axenic: profile/1\nname: Bad\nvessels: {{a: {{volume: {0} °C}}}}\nphases: [{{name: hold}}]\n"


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """More files than one process checks alone, a third of them wrong, one of them gone."""
    for number in range(ALONE_MAX + 25):
        text = (BAD if number % 3 == 0 else GOOD).format(number + 1)
        (tmp_path / f"{number:03}.yaml").write_text(text, "utf-8")
    found = list(documents_at(tmp_path))
    found[7].unlink()
    return found


@pytest.fixture
def alone(files: list[Path], monkeypatch: pytest.MonkeyPatch) -> str:
    """What one process finds."""
    with monkeypatch.context() as patch:
        patch.setattr(check_many, "_cores", lambda: 1)
        return report(check_all(files), "json")


def test_several_processes_find_the_same_in_the_same_order(files: list[Path], alone: str) -> None:
    results = check_all(files)
    assert [each.file for each in results] == list(map(str, files))
    assert report(results, "json") == alone
    assert "unreadable" in alone
    assert all(bool(each.text) == (each.kind is not None and not each.is_good) for each in results)


def test_excerpts_are_there_as_well(files: list[Path]) -> None:
    said = report(check_all(files))
    assert said.count("^~~~") == sum(number % 3 == 0 for number in range(len(files)))


def _check_one_and_die(file: Path) -> object:
    if file.name == "040.yaml":
        os._exit(9)
    return check_many.check_one(file)


def test_what_a_lost_process_did_not_do_is_done_here(
    files: list[Path], alone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    map_files = ProcessPoolExecutor.map

    def map_and_die(pool: ProcessPoolExecutor, _: object, *rest: object, **more: object) -> object:
        return map_files(pool, _check_one_and_die, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(check_many, "_cores", lambda: 2)
    monkeypatch.setattr(ProcessPoolExecutor, "map", map_and_die)
    assert report(check_all(files), "json") == alone
