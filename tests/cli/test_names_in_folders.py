"""A name that becomes a folder's stays in the folder that it is put into."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from orchestrator.cli.exits import BadRequest
from orchestrator.cli.export import export
from orchestrator.cli.plain_names import plain
from orchestrator.cli.services.broker import broker
from orchestrator.cli.services.leader import leader
from orchestrator.cli.services.worker import worker

ESCAPES = ["../other", "..", ".", "/tmp/x", "a/b", "a\\b", "", ".hidden", "-rf", "a\x00b", "a" * 65]


@pytest.mark.parametrize("name", ESCAPES)
def test_what_could_lead_out_of_its_folder_is_no_name(name: str) -> None:
    with pytest.raises(BadRequest, match="cannot be a worker's name"):
        plain(name, "a worker's name")


@pytest.mark.parametrize("name", ["unit1", "20270115-ab3f", "left_2.b"])
def test_plain_names_are_left_alone(name: str) -> None:
    assert plain(name, "a worker's name") == name


def test_no_command_makes_a_folder_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    runs = [
        (export, ["../there"]),
        (worker, ["../../../there", "--broker", "mqtt://nobody", "--hardware", "none.json"]),
        (leader, ["--workers", "unit1,../there"]),
    ]
    for command, arguments in runs:
        ran = CliRunner().invoke(command, arguments)
        assert ran.exit_code == 1, ran.output
        assert "cannot be a" in ran.output
    assert [path.name for path in tmp_path.rglob("*")] == ["here"]


@pytest.mark.parametrize("name", ["other-machines", "leader"])
def test_names_of_others_at_the_broker_are_no_workers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    runs = [
        (worker, [name, "--broker", "mqtt://nobody", "--hardware", "none.json"]),
        (leader, ["--workers", f"unit1,{name}"]),
        (broker, ["--workers", name]),
    ]
    for command, arguments in runs:
        ran = CliRunner().invoke(command, arguments)
        assert ran.exit_code == 1, ran.output
        assert f"'{name}' cannot be a worker's name" in ran.output
        assert "such as unit1" in ran.output
    assert list(tmp_path.iterdir()) == []
