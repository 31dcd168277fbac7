"""`axenic export`: files in a folder, as CSV or Parquet, or one bundle."""

from __future__ import annotations

import csv
import sys
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from pyarrow import parquet

from orchestrator.cli.export import export
from orchestrator.client import Leader
from tests.server.office import NOW_S
from tests.server.rich import let_it_run
from tests.support.served import Served, served


@pytest.fixture
def leader(canonical_profile: Path) -> Iterator[Served]:
    """With the experiment e0001, which has been through something."""
    with served() as found:
        made = Leader(found.url, actor="ada").submit(canonical_profile)
        found.on_its_loop(lambda: let_it_run(found.store, made.id))
        yield found


def exported(leader: Served, folder: Path, *words: str) -> Result:
    out = ["--out", str(folder), "--leader", leader.url]
    return CliRunner().invoke(export, ["e0001", *out, *words])


def test_files_of_one_experiment(leader: Served, tmp_path: Path) -> None:
    done = exported(leader, tmp_path / "data")
    assert done.exit_code == 0, done.output
    names = {"readings.csv", "actions.csv", "profile.yaml", "plan.json"}
    assert {each.name for each in (tmp_path / "data").iterdir()} == names


def test_parquet_has_the_same_readings_with_types(leader: Served, tmp_path: Path) -> None:
    exported(leader, tmp_path / "csv", "--name-calibrations")
    own = tmp_path / "parquet" / "readings-mine.csv"
    own.parent.mkdir()
    own.write_text("made by hand\n")
    done = exported(leader, tmp_path / "parquet", "--format", "parquet")
    assert done.exit_code == 0, done.output
    assert list((tmp_path / "parquet").glob("readings*.csv")) == [own], "it is somebody's"
    table = parquet.read_table(tmp_path / "parquet" / "readings.parquet").to_pydict()
    with (tmp_path / "csv" / "readings.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(table) == list(rows[0])
    assert table["value"] == [float(each["value"]) for each in rows]
    assert table["signal"] == [each["signal"] for each in rows]
    assert table["calibration"] == [each["calibration"] for each in rows]
    assert table["wall"][0] == datetime.fromtimestamp(NOW_S, UTC)


def test_without_the_library_it_is_said_before_anything_is_fetched(
    leader: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    done = exported(leader, tmp_path / "data", "--format", "parquet")
    assert done.exit_code == 1
    assert "pip install 'axenic[parquet]'" in done.output
    assert not list((tmp_path / "data").glob("*"))


def test_columns_become_an_arrow_table(leader: Served) -> None:
    found = Leader(leader.url, actor="ada").experiment("e0001").readings("od600")
    assert found.to_arrow().to_pydict() == dict(found)


def test_a_bundle_is_one_file(leader: Served, tmp_path: Path) -> None:
    done = exported(leader, tmp_path / "all.zip", "--format", "bundle")
    assert done.exit_code == 0, done.output
    assert "README.md" in zipfile.ZipFile(tmp_path / "all.zip").namelist()
    refused = exported(leader, tmp_path / "b.zip", "--format", "bundle", "--vessel", "control")
    assert refused.exit_code == 1
