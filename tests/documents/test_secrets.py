"""Secrets stand in cluster documents only, and are never shown (SEMANTICS rule 14)."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.documents.report import FORMATS, report
from tests.documents.test_include import checked, codes

VALUE = "open-sesame-4711"
CLUSTER = "axenic: cluster/1\nname: lab\n"


def test_a_secret_beside_or_above_is_found(tmp_path: Path) -> None:
    (tmp_path / "secrets.yaml").write_text("url: mqtt://me:s3cret@broker\n")
    files = {"a.yaml": CLUSTER + "broker: !secret url\n"}
    assert codes(checked(tmp_path, files)) == []
    assert codes(checked(tmp_path / "below" / "deep", files)) == []
    (tmp_path / "below" / "secrets.yaml").write_text("{}\n")
    assert codes(checked(tmp_path / "below" / "deep", files)) == ["unknown-secret"]


@pytest.mark.parametrize("key", ["timezone", "broker", "listen", "name", "notifications", "users"])
def test_no_output_shows_a_secret(tmp_path: Path, key: str) -> None:
    (tmp_path / "secrets.yaml").write_text(f"it: {VALUE}\nitt: {VALUE}\n")
    head = CLUSTER if key != "name" else "axenic: cluster/1\n"
    listed = "[!secret it, !secret nothing]" if key == "notifications" else "!secret it"
    found = checked(tmp_path, {"a.yaml": head + f"{key}: {listed}\n"})
    assert found.diagnostics or key in ("name",)
    assert all(VALUE not in report([found], form) for form in FORMATS)


def test_a_file_of_secrets_is_checked_without_being_shown(tmp_path: Path) -> None:
    for text in (
        f"a: [{VALUE}\n",
        f"a: {{b: {VALUE}}}\n",
        f"- {VALUE}\n",
        f'"{VALUE}": {VALUE}: b\n',
    ):
        found = checked(tmp_path, {"secrets.yaml": text})
        assert len(found.diagnostics) == 1
        assert all(VALUE not in report([found], form) for form in FORMATS)


def test_a_missing_file_of_secrets_is_told(tmp_path: Path) -> None:
    found = checked(tmp_path, {"a.yaml": CLUSTER + "broker: !secret url\n"})
    assert codes(found) == ["unknown-secret"]
    assert "no secrets.yaml lies beside this file or above" in found.diagnostics[0].message


@pytest.mark.parametrize(
    "text",
    [
        "axenic: profile/1\nname: !secret x\nvessels: {a: {volume: 15 mL}}\n"
        "phases: [{name: a, duration: 1 d}]\n",
        "axenic: chart/1\nname: a\ntitle: !secret x\nseries: [od600]\n",
    ],
)
def test_documents_that_travel_hold_no_secrets(tmp_path: Path, text: str) -> None:
    (tmp_path / "secrets.yaml").write_text(f"x: {VALUE}\n")
    found = checked(tmp_path, {"a.yaml": text})
    assert codes(found) == ["misplaced-secret"]
    assert VALUE not in report([found])
