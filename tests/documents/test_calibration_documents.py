"""Calibrations as YAML: what is written is what is read, and mistakes stand at their places."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from orchestrator.documents.calibration import calibration_text
from orchestrator.documents.check import check_file, check_text
from orchestrator.model.calibration import KINDS, Calibration, Point
from orchestrator.resources import resource

DEVICES = {
    "pump": "feed_pump",
    "od": "photodiode",
    "stirrer": "stirrer",
    "temperature": "thermometer",
    "ph": "ph_probe",
    "oxygen": "oxygen_probe",
    "level": "level_probe",
    "scale": "load_cell",
}
SAFE = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Co", "Cn")), max_size=20
)


WORDS = Calibration(
    name="True",
    device="level_probe",
    kind="level",
    method="linear",
    points=(Point(raw=1.0, actual=1.1), Point(raw=2.0, actual=2.4)),
    by="Null",
    note="FALSE",
)
"""Words that mean something else when they are not quoted."""


@st.composite
def calibrations(draw: st.DrawFn) -> Calibration:
    kind = draw(st.sampled_from(sorted(KINDS)))
    begin, step = draw(st.floats(0.01, 1000.0)), draw(st.floats(0.01, 1000.0))
    count = draw(st.integers(2, 6))
    points = tuple(
        Point(raw=begin + step * n, actual=begin * 1.1 + step * n * 1.3) for n in range(count)
    )
    made = draw(st.none() | st.floats(1.0e9, 4.0e9).map(lambda s: round(s, 6)))
    return Calibration(
        name=draw(st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9_.:-]{0,59}", fullmatch=True)),
        device=DEVICES[kind],
        kind=kind,
        method=draw(st.sampled_from(["linear", "spline"])),  # type: ignore[arg-type]
        points=points,
        made_wall_s=made,
        by=draw(SAFE),
        note=draw(SAFE),
        valid_for_s=None if made is None else draw(st.none() | st.floats(1.0, 1e9)),
    )


@given(calibrations())
@example(WORDS)
def test_a_document_that_was_written_is_read_as_the_same_to_the_last_digit(
    calibration: Calibration,
) -> None:
    checked = check_text(calibration_text(calibration), "written.yaml")
    assert checked.diagnostics == ()
    assert checked.calibration == calibration


@pytest.mark.parametrize(
    ("raw", "actual"), [("5 s", "0.5 mL"), ("5000 ms", "500 µL"), ("5 s", "5e-4 L")]
)
def test_units_are_those_of_the_device_whatever_they_are_written_in(raw: str, actual: str) -> None:
    text = (
        "axenic: calibration/1\nname: p\ndevice: feed_pump\nfit: proportional\n"
        f"points: [{{raw: {raw}, actual: {actual}}}]\n"
    )
    checked = check_text(text, "p.yaml")
    assert checked.diagnostics == ()
    assert checked.calibration is not None
    [point] = checked.calibration.points
    assert (point.raw, point.actual) == pytest.approx((5.0, 0.5))


def test_without_a_fit_it_is_the_usual_one_of_the_device() -> None:
    text = (
        "axenic: calibration/1\nname: t\ndevice: thermometer\n"
        "points: [{raw: 36.2 °C, actual: 37 °C}]\n"
    )
    checked = check_text(text, "t.yaml")
    assert checked.calibration is not None
    assert checked.calibration.method == "offset"


def test_how_long_it_is_valid_counts_from_when_it_was_made() -> None:
    text = (
        "axenic: calibration/1\nname: t\ndevice: thermometer\nvalid_for: 30 d\n"
        "points: [{raw: 36.2 °C, actual: 37 °C}]\n"
    )
    checked = check_text(text, "t.yaml")
    assert [(each.code, each.line) for each in checked.diagnostics] == [("missing-key", 4)]


def test_the_calibration_that_comes_with_axenic_is_right() -> None:
    checked = check_file(resource("contrib", "calibrations", "photodiode.yaml"))
    assert checked.diagnostics == ()
    assert checked.calibration is not None
    assert checked.calibration.expires_wall_s == 1803634200.0
