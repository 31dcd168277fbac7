"""`axenic check FILE…` is read without Click, and nobody can tell."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from orchestrator.cli import check_documents
from orchestrator.cli.check_documents import check_plainly, is_plain
from orchestrator.resources import resource

LIMIT_S = 60
GOOD = resource("profiles", "heat-adapted-turbidostat.yaml").read_text("utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "good.yaml").write_text(GOOD, "utf-8")
    (tmp_path / "warned.yaml").write_text(GOOD.replace("target_od600: {", "target_od600: &a {"))
    below = tmp_path / "below"
    below.mkdir()
    (below / "wrong.yaml").write_text(GOOD.replace("15 mL", "15 °C"), "utf-8")
    (tmp_path / "empty").mkdir()
    return tmp_path


def start(folder: Path, *arguments: str, **options: Any) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "orchestrator", "check", *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        **options,
    )


def outcome(folder: Path, *arguments: str) -> tuple[int, bytes, bytes]:
    with start(folder, *arguments) as process:
        out, err = process.communicate(timeout=LIMIT_S)
    return process.returncode, out, err


@pytest.mark.processes
@pytest.mark.parametrize(
    ("paths", "code"),
    [
        (["good.yaml"], 0),
        (["good.yaml", "warned.yaml", "good.yaml"], 0),
        (["below/wrong.yaml"], 1),
        (["."], 1),
        (["", "good.yaml"], 1),
        (["empty"], 0),
        (["nowhere.yaml"], 1),
    ],
)
def test_files_alone_are_checked_as_with_options(folder: Path, paths: list[str], code: int) -> None:
    plain, by_click = outcome(folder, *paths), outcome(folder, "--format", "text", *paths)
    assert plain == by_click
    assert plain[0] == code


@pytest.mark.processes
def test_whoever_closes_the_pipe_hears_no_complaint(folder: Path) -> None:
    for number in range(300):
        (folder / "below" / f"{number}.yaml").write_text("a: [", "utf-8")
    for arguments in (["below"], ["below", "--format", "text"]):
        with start(folder, *arguments) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            process.stdout.close()
            said = process.stderr.read()
            process.wait(LIMIT_S)
        assert (process.returncode, said) == (1, b"")


@pytest.mark.processes
def test_click_is_not_loaded_for_files_alone(folder: Path) -> None:
    program = (
        "import atexit, sys; from orchestrator.cli.main import main;"
        "atexit.register(lambda: print('click' in sys.modules)); main()"
    )
    for arguments, loaded in ((["good.yaml"], b"False"), (["--strict", "good.yaml"], b"True")):
        done = subprocess.run(
            [sys.executable, "-c", program, "check", *arguments],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
            capture_output=True,
            timeout=LIMIT_S,
            check=False,
        )
        assert (done.returncode, done.stdout.strip()) == (0, loaded), done.stderr


def test_an_interruption_is_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object) -> Iterator[None]:
        raise KeyboardInterrupt

    monkeypatch.setattr(check_documents, "check_documents", interrupted)
    assert check_plainly(["good.yaml"]) == 1
    assert capsys.readouterr().err == "\nAborted!\n"


def test_what_may_be_an_option_is_left_to_click() -> None:
    assert is_plain(["a.yaml", "b"])
    for arguments in ([], ["--help"], ["a.yaml", "--strict"], ["-"], ["--", "a.yaml"]):
        assert not is_plain(arguments)
