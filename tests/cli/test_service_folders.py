"""A folder that cannot be made is one clear line, whichever service was to use it."""

from __future__ import annotations

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from orchestrator.cli.exits import BadRequest
from orchestrator.cli.services.broker import broker
from orchestrator.cli.services.devices import bench
from orchestrator.cli.services.leader import leader


@pytest.mark.parametrize(
    ("command", "words", "option"),
    [
        (leader, ("--data", "{}"), "--data"),
        (broker, ("--data", "{}", "--workers", "unit1"), "--data"),
        (bench, ("r1", "--socket", "{}/bench.sock"), "--socket"),
    ],
)
def test_a_service_says_which_folder_cannot_be_made(
    command: click.Command, words: tuple[str, ...], option: str, tmp_path: Path
) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.touch()
    place = str(in_the_way / "below")
    ran = CliRunner().invoke(command, [word.format(place) for word in words], standalone_mode=False)
    assert isinstance(ran.exception, BadRequest), ran.output
    assert f"{option} {place}" in str(ran.exception)
