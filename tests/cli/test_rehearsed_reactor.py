"""A rehearsal with the interlocks of a real reactor."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from click.testing import CliRunner

from orchestrator.cli.simulate import simulate

PROFILE = """
axenic: profile/1
name: Warm and still
vessels: {a: {volume: 15 mL}}
jobs: {temperature: {automation: thermostat, target: 30 °C}}
phases: [{name: warm, duration: 10 min}]
"""
HARDWARE = """
axenic: hardware/1
reactors:
  bench:
    capacity: 20 mL
    outputs:
      stirrer: {driver: pwm, pin: 12}
      heater: {driver: pwm, pin: 13}
      ir_led: {driver: pwm, pin: 18}
    interlocks:
      heater: {while_on: [stirrer], why: "hot spots"}
      stirrer: {while_off: [ir_led]}
"""


def test_what_an_interlock_holds_off_is_off_in_a_rehearsal_and_told(tmp_path: Path) -> None:
    profile, hardware, out = tmp_path / "p.yaml", tmp_path / "h.yaml", tmp_path / "out"
    profile.write_text(PROFILE)
    hardware.write_text(HARDWARE)
    words = [str(profile), "--hardware", str(hardware), "--out", str(out)]
    result = CliRunner().invoke(simulate, words)
    assert result.exit_code == 0, result.output
    assert "the interlock of stirrer looks at; it is left out" in result.output
    [alert] = json.loads((out / "summary.json").read_text())["alerts"]
    reason = "heater may be on only while stirrer is on (hot spots)"
    assert alert["text"] == f"heater is held off: {reason}"
    with (out / "readings.csv").open() as readings:
        duties = [row for row in csv.DictReader(readings) if row["signal"] == "temperature.duty"]
    assert {float(row["value"]) for row in duties[1:]} == {0.0}
