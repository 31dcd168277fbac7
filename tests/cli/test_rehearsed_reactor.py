"""A rehearsal with the interlocks of a real reactor."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from orchestrator.cli.simulate import simulate
from orchestrator.cli.up import angles_in_profile

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


DRY = """
axenic: profile/1
name: Dry air
vessels: {a: {volume: 15 mL}}
media: {feed: {bottle: 1 L}, waste: {bottle: 1 L}}
jobs: {dosing: {automation: chemostat, dilution_rate: 0.2 /h}}
phases: [{name: feed, duration: 6 h}]
"""


def test_what_evaporates_from_the_reactor_evaporates_in_a_rehearsal_too(tmp_path: Path) -> None:
    """And is in the books, which go by the worker's ledger."""
    profile, hardware, out = tmp_path / "p.yaml", tmp_path / "h.yaml", tmp_path / "out"
    profile.write_text(DRY)
    capacity = "    capacity: 20 mL\n"
    hardware.write_text(HARDWARE.replace(capacity, f"{capacity}    evaporation: 0.5 mL/h\n"))
    words = [str(profile), "--hardware", str(hardware), "--out", str(out)]
    result = CliRunner().invoke(simulate, words)
    assert result.exit_code == 0, result.output
    last: dict[str, float] = {}
    with (out / "readings.csv").open() as readings:
        for row in csv.DictReader(readings):
            last[row["signal"]] = float(row["value"])
    assert last["dosing.evaporated"] == pytest.approx(3.0, abs=0.02)
    books_ml = 15.0 + last["dosing.fed"] - last["dosing.removed"] - last["dosing.evaporated"]
    assert books_ml == pytest.approx(last["sim.volume_ml"], rel=0.02)
    assert last["volume"] == pytest.approx(last["sim.volume_ml"], rel=0.02)


OPTICAL = """
axenic: profile/1
name: Two angles
vessels: {a: {volume: 15 mL}}
jobs: {stirring: {target: 500 rpm}, od_reading: {interval: 10 s, od600_from: CHOSEN}}
phases: [{name: look, duration: 5 min}]
"""
SENSORS = """
    sensors:
      photodiode: {driver: ads1115, address: 0x48, channel: 0}
      photodiode_135: {driver: ads1115, address: 0x48, channel: 1}
"""


@pytest.mark.parametrize(("chosen", "missing"), [("photodiode_135", ""), ("photodiode_45", "45")])
def test_the_photodiodes_of_the_reactor_are_those_of_the_rehearsal(
    tmp_path: Path, chosen: str, missing: str
) -> None:
    profile, hardware, out = tmp_path / "p.yaml", tmp_path / "h.yaml", tmp_path / "out"
    profile.write_text(OPTICAL.replace("CHOSEN", chosen))
    hardware.write_text(HARDWARE.replace("    interlocks:", f"{SENSORS[1:]}    interlocks:"))
    words = [str(profile), "--hardware", str(hardware), "--out", str(out)]
    result = CliRunner().invoke(simulate, words)
    if missing:
        assert result.exit_code == 1
        assert "comes from photodiode_45, which the reactor does not have" in result.output
        return
    assert result.exit_code == 0, result.output
    with (out / "readings.csv").open() as readings:
        signals = {row["signal"] for row in csv.DictReader(readings)}
    assert "od_reading.raw_135" in signals
    assert "od_reading.raw_45" not in signals


def test_a_demo_simulates_the_photodiodes_that_its_profile_reads(tmp_path: Path) -> None:
    profile = tmp_path / "p.yaml"
    profile.write_text(OPTICAL.replace("CHOSEN", "photodiode_135"))
    assert angles_in_profile(profile) == (135,)
    profile.write_text("axenic: profile/1")
    assert angles_in_profile(profile) == ()
