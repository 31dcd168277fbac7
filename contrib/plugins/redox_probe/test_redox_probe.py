"""Run these with pytest, in this folder."""

import pytest
from redox_probe import PROBE, OffsetFit, RedoxProbe

from orchestrator.plugin import Account, Curve, Piece, Place, Sensed, View


def published(**more):
    view = View(
        settings={"interval": 10.0},
        automation=None,
        paused=False,
        signals={},
        account=Account(volume_ml=15.0, nominal_ml=15.0),
        events=(Sensed(PROBE, 0.200, 5.0),),
        **more,
    )
    return RedoxProbe(Place(vessel="a")).step(None, view, 5.0).publish


def test_without_a_calibration_only_what_it_shows_is_told():
    assert published() == {"redox_probe.raw": 0.200}


def test_with_one_it_is_told_what_that_means():
    curve = Curve((-1.0, 1.0), (Piece(0.0, (0.020, 1.0)),))
    assert published(curves={PROBE: curve})["redox_probe.measured"] == pytest.approx(0.220)


def test_the_fit_takes_the_mean_of_what_it_is_off_by():
    (low, _), (high, meant) = OffsetFit(Place(vessel="")).fit([(0.200, 0.220), (0.438, 0.468)])
    assert (low, high) == (-1.0, 1.0)
    assert meant == pytest.approx(1.025)
