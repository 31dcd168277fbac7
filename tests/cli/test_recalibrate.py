"""A better calibration is applied to readings of the past, from the raw values that are kept."""

from __future__ import annotations

import csv
from math import tanh
from pathlib import Path

import pytest

from orchestrator.cli.exits import BadRequest
from orchestrator.cli.recalibrate import recalibrate
from orchestrator.documents.calibration import calibration_text
from orchestrator.messages.outbox import ReadingRecord
from orchestrator.model.calibration import Calibration, Point
from tests.support.compared import put_in
from tests.support.worker_rig import JOBS, World, order, phase, slice_of, step

FOR_EVER = {"when": ["compare", ["signal", "od600"], ">", 99.0]}
COLUMNS = ("time_s", "wall", "vessel", "signal", "value", "calibration")


def volts(od600: float, blank_v: float = 0.08) -> float:
    """What the simulated photodiode shows, without noise."""
    return blank_v + 0.5 * 10.0 * tanh(od600 / 10.0)


def standards(*values: float) -> Calibration:
    """Measured on another day, with a medium that scatters more."""
    return Calibration(
        name="standards",
        device="photodiode",
        kind="od",
        method="spline",
        points=tuple(Point(raw=volts(od600, 0.11), actual=od600) for od600 in values),
    )


async def experiment(folder: Path) -> tuple[Path, float]:
    """Readings of an experiment whose photodiode was not compared, and the density at its end."""
    world = World()
    async with world.working() as worker:
        put_in(world.reactor, 0.0)
        plan = slice_of(phase("grow", until=FOR_EVER, do=[step("blank")]), jobs=JOBS)
        await world.take(worker, order(plan))
        await world.advance(min=2.0)
        put_in(world.reactor, 3.0)
        world.reactor.culture.state.substrate_g_l = 0.0
        await world.advance(min=5.0)
        batch = await world.journal.next_batch(0, 100_000)
    assert batch is not None
    path = folder / "readings.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for each in batch.records:
            if isinstance(each, ReadingRecord):
                cells = (each.process_s, "", "a", each.signal, each.value, each.calibration)
                writer.writerow(cells)
    return path, world.reactor.culture.od600


def rows_of(path: Path, signal: str) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return [row for row in csv.DictReader(file) if row["signal"] == signal]


async def test_densities_of_a_photodiode_that_saturates_are_made_anew(tmp_path: Path) -> None:
    source, density = await experiment(tmp_path)
    before = rows_of(source, "od600")
    assert float(before[-1]["value"]) < 0.985 * density
    target = tmp_path / "better.csv"
    made = recalibrate(source, target, standards(0.0, 0.5, 1.0, 2.0, 4.0, 8.0), None)
    after = rows_of(target, "od600")
    assert made == len(after) >= len(before)
    ends = [float(row["value"]) for row in after[-20:]]
    assert sum(ends) / len(ends) == pytest.approx(density, rel=0.01)
    assert {row["calibration"] for row in after} == {"standards"}
    for signal in ("od_reading.raw", "temperature.measured", "stirring.measured"):
        assert rows_of(target, signal) == rows_of(source, signal)


async def test_readings_made_again_by_the_same_calibration_are_the_same(tmp_path: Path) -> None:
    """The command goes the way that the worker went: blank, middle of three, curve."""
    source, _ = await experiment(tmp_path)
    points = (Point(raw=0.08, actual=0.0), Point(raw=0.58, actual=1.0))
    line = Calibration(name="l", device="photodiode", kind="od", method="linear", points=points)
    recalibrate(source, tmp_path / "same.csv", line, None)
    again = {row["time_s"]: float(row["value"]) for row in rows_of(tmp_path / "same.csv", "od600")}
    for row in rows_of(source, "od600"):
        assert again[row["time_s"]] == pytest.approx(float(row["value"]), abs=1e-9)


async def test_only_the_readings_of_one_vessel_are_made_anew(tmp_path: Path) -> None:
    source, _ = await experiment(tmp_path)
    with pytest.raises(BadRequest, match="no raw values of the photodiode of b in"):
        recalibrate(source, tmp_path / "b.csv", standards(0.0, 1.0), "b")


def test_what_a_pump_moved_is_not_made_anew(tmp_path: Path) -> None:
    pump = Calibration(
        name="p",
        device="feed_pump",
        kind="pump",
        method="proportional",
        points=(Point(raw=5.0, actual=0.5),),
    )
    assert "device: feed_pump" in calibration_text(pump)
    with pytest.raises(BadRequest, match="makes no readings of its own"):
        recalibrate(tmp_path / "readings.csv", tmp_path / "p.csv", pump, None)


def test_each_angle_is_made_anew_and_a_density_of_others_stays_as_it_is(tmp_path: Path) -> None:
    source, target = tmp_path / "readings.csv", tmp_path / "better.csv"
    with source.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for number in range(4):
            for signal, value in (
                ("od_reading.raw", 0.58),
                ("od_reading.raw_45", 0.47),
                ("od_reading.od_main", 0.9),
                ("od_reading.od_45", 0.8),
                ("od600", 0.85),
            ):
                writer.writerow((5.0 * number, "", "a", signal, value, "old"))
    points = (Point(raw=0.12, actual=0.0), Point(raw=0.47, actual=1.5))
    made = Calibration(
        name="new", device="photodiode_45", kind="od", method="linear", points=points
    )
    assert recalibrate(source, target, made, None) == 2
    assert [float(row["value"]) for row in rows_of(target, "od_reading.od_45")] == [1.5, 1.5]
    assert recalibrate(source, target, standards(0.0, 1.0), None) == 2
    for signal in ("od600", "od_reading.od_45"):
        assert rows_of(target, signal) == rows_of(source, signal)
    assert {row["calibration"] for row in rows_of(target, "od_reading.od_main")} == {"standards"}
