"""Run these with pytest, in this folder. A pseudo-terminal plays the meter."""

import os
import threading
import tty

import ph_meter
import pytest
from ph_meter import MeterTest, PhMeter

from orchestrator.plugin import Account, Place, Sample, View


def view(od600: float = 0.0) -> View:
    return View(
        settings={"interval": 10.0},
        automation=None,
        paused=False,
        signals={"od600": Sample(od600, 0.0)},
        account=Account(volume_ml=15.0, nominal_ml=15.0),
    )


@pytest.fixture
def meter():
    """The meter's end of the line, and the path of ours."""
    ours, theirs = os.openpty()
    tty.setraw(ours)
    yield ours, os.ttyname(theirs)
    os.close(ours)
    os.close(theirs)


def test_it_asks_the_meter_and_tells_what_it_shows(meter):
    line, path = meter

    def answer() -> None:
        assert os.read(line, 10) == b"R\r"
        os.write(line, b"6.8")
        os.write(line, b"31\r")

    playing = threading.Thread(target=answer)
    playing.start()
    job = PhMeter(Place(vessel="a", options={"port": path}))
    port = job.begin({}, 0.0)
    step = job.step(port, view(), 100.0)
    playing.join()
    job.end(port)
    assert step.publish == {"ph_meter.ph": 6.831}
    assert step.look_again_s == 110.0


def test_a_meter_that_is_silent_is_an_error(meter, monkeypatch):
    monkeypatch.setattr(ph_meter, "ANSWER_S", 0.1)
    job = PhMeter(Place(vessel="a", options={"port": meter[1]}))
    port = job.begin({}, 0.0)
    with pytest.raises(TimeoutError, match="did not answer"):
        job.step(port, view(), 0.0)
    job.end(port)


def test_a_rehearsal_needs_no_port():
    job = PhMeter(Place(vessel="a", simulated=True))
    step = job.step(job.begin({}, 0.0), view(od600=1.0), 0.0)
    assert 6.4 < step.publish["ph_meter.ph"] < 6.6


def test_the_self_test_tells_of_an_electrode_that_is_not_there(meter):
    line, path = meter
    found = []
    for answer in (b"6.98\r", b"0.00\r"):
        playing = threading.Thread(
            target=lambda said: (os.read(line, 10), os.write(line, said)), args=(answer,)
        )
        playing.start()
        found.append(MeterTest(Place(vessel="a", options={"port": path})).test())
        playing.join()
    assert [(each.result, each.figure) for each in found] == [
        ("passed", "pH 6.98"),
        ("failed", "pH 0"),
    ]
    assert "electrode" in found[1].reason


def test_a_reactor_without_a_meter_is_not_tested_for_it():
    assert MeterTest(Place(vessel="a")).test().result == "skipped"
