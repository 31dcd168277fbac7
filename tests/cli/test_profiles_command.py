"""`axenic profiles` against a real server and a real repository."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from orchestrator.cli.profiles import profiles
from orchestrator.library.open_library import open_library
from tests.support.served import served


@pytest.fixture
def leader(tmp_path: Path) -> Iterator[str]:
    with served(open_library(tmp_path / "library")) as found:
        yield found.url


def test_a_document_is_saved_compared_restored_and_taken_away(
    leader: str, tmp_path: Path, canonical_profile: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile_text = canonical_profile.read_text()
    monkeypatch.setenv("AXENIC_ACTOR", "ada")
    monkeypatch.setenv("AXENIC_LEADER", leader)
    path, file = "growth/heat.yaml", tmp_path / "heat.yaml"

    def axenic(*words: str, exit_code: int = 0) -> str:
        shown: Result = CliRunner().invoke(profiles, list(words))
        assert shown.exit_code == exit_code, shown.output
        return shown.output

    assert "The library is empty" in axenic()
    file.write_text(profile_text)
    assert axenic("save", str(file), "--as", path, "-m", "Begin").startswith(f"{path}: saved in ")
    assert "Heat-adapted turbidostat" in axenic()
    file.write_text(profile_text.replace("42 °C", "43 °C"))
    refused = axenic("save", str(file), "--as", path, exit_code=1)
    assert "43 °C" in refused
    assert "--replace" in refused
    axenic("save", str(file), "--as", path, "--replace")
    newest, first = axenic("log", path).splitlines()[1:]
    assert newest.endswith("ada  Write growth/heat.yaml")
    assert first.endswith("ada  Begin")
    commit = first.split()[0]
    assert "43 °C" in axenic("diff", path, commit)
    assert axenic("diff", path, commit, commit) == ""
    assert axenic("show", path, "--commit", commit) == profile_text
    assert "there is no commit abc" in axenic("show", path, "--commit", "abc", exit_code=1)
    assert axenic("restore", path, commit).startswith(f"{path}: restored in ")
    assert axenic("show", path) == profile_text
    assert "taken away" in axenic("remove", path)
    axenic("show", path, exit_code=1)
    axenic("restore", path, commit)
    axenic("show", path, "--out", str(tmp_path / "back.yaml"))
    assert (tmp_path / "back.yaml").read_text() == profile_text
    assert "no remote is declared" in axenic("pull", exit_code=1)
