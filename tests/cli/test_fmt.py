"""`axenic fmt` as people and pre-commit hooks use it."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from orchestrator.cli.fmt import fmt

UNTIDY = "name:  'Tidy me'  # please\naxenic: profile/1\n"
TIDY = "axenic: profile/1\nname: Tidy me  # please\n"
BROKEN = "a: [1\n"


def test_files_are_laid_out_in_place_and_keep_their_rights(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(UNTIDY)
    path.chmod(0o600)
    ran = CliRunner().invoke(fmt, [str(tmp_path)])
    assert ran.exit_code == 0, ran.output
    assert path.read_text() == TIDY
    assert path.stat().st_mode & 0o777 == 0o600
    assert "1 of 1 changed" in ran.stderr
    assert sorted(tmp_path.iterdir()) == [path]


def test_check_writes_nothing_and_fails_if_a_document_would_change(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(UNTIDY)
    ran = CliRunner().invoke(fmt, ["--check", str(path)])
    assert (ran.exit_code, path.read_text()) == (1, UNTIDY)
    assert f"would lay out {path}" in ran.stderr
    path.write_text(TIDY)
    assert CliRunner().invoke(fmt, ["--check", str(path)]).exit_code == 0


def test_diff_shows_what_would_change_and_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(UNTIDY)
    ran = CliRunner().invoke(fmt, ["--diff", str(path)])
    assert (ran.exit_code, path.read_text()) == (0, UNTIDY)
    assert "-name:  'Tidy me'  # please" in ran.stdout
    assert "+name: Tidy me  # please" in ran.stdout


def test_stdin_comes_out_laid_out(tmp_path: Path) -> None:
    ran = CliRunner().invoke(fmt, ["-"], input=UNTIDY)
    assert (ran.exit_code, ran.stdout) == (0, TIDY)
    assert CliRunner().invoke(fmt, ["--check", "-"], input=UNTIDY).exit_code == 1


def test_a_broken_document_is_left_alone_and_told_while_others_are_laid_out(tmp_path: Path) -> None:
    broken, good = tmp_path / "a.yaml", tmp_path / "b.yaml"
    broken.write_text(BROKEN)
    good.write_text(UNTIDY)
    ran = CliRunner().invoke(fmt, [str(tmp_path)])
    assert ran.exit_code == 1
    assert (broken.read_text(), good.read_text()) == (BROKEN, TIDY)
    assert "[yaml-syntax]" in ran.stderr
    assert "1 could not be read and was left alone" in ran.stderr
    ran = CliRunner().invoke(fmt, ["-"], input=BROKEN)
    assert (ran.exit_code, ran.stdout) == (1, BROKEN)


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    real, link = tmp_path / "real.yaml", tmp_path / "link.yaml"
    real.write_text(UNTIDY)
    link.symlink_to(real)
    assert CliRunner().invoke(fmt, [str(link)]).exit_code == 0
    assert link.is_symlink()
    assert real.read_text() == TIDY
