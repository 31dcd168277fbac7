"""A culture may include files, as any document of the family may."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from orchestrator.cli.simulate import simulate

PROFILE = """\
axenic: profile/1
name: Included
vessels: {a: {volume: 15 mL}}
jobs: {temperature: {target: 37 °C}}
phases: [{name: grow, duration: 1 h}]
"""
TEMPERATURE = "{minimum_c: 5, optimum_c: 20, maximum_c: 30}"


def readings(folder: Path, culture: str) -> str:
    (folder / "p.yaml").write_text(PROFILE)
    (folder / "c.yaml").write_text(f"axenic: culture/1\n{culture}\n")
    words = [str(folder / "p.yaml"), "--culture", str(folder / "c.yaml")]
    done = CliRunner().invoke(simulate, [*words, "--seed", "1", "--out", str(folder / "out")])
    assert done.exit_code == 0, done.output
    return (folder / "out" / "readings.csv").read_text()


def test_what_a_culture_includes_counts(tmp_path: Path) -> None:
    (tmp_path / "cold.yaml").write_text(TEMPERATURE)
    included = readings(tmp_path, "temperature: !include cold.yaml")
    assert included == readings(tmp_path, f"temperature: {TEMPERATURE}")
    assert included != readings(tmp_path, "mu_max_per_h: 0.85")
