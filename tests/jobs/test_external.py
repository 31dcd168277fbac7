"""What other machines say becomes a number, or is counted as wrong."""

from __future__ import annotations

import pytest

from orchestrator.control.calibration.curve import Curve, Piece
from orchestrator.jobs.external import External, ExternalState, Wrong, number_in, signals_wanted
from orchestrator.jobs.job import Account, Alert, Event, Heard, MadeOf, Sense, Sensed, Step, View


@pytest.mark.parametrize(
    ("text", "path", "number"),
    [
        ("7.5", "", 7.5),
        (" -3e2\n", "", -300.0),
        ('{"ph": 7}', "ph", 7.0),
        ('{"data": [{"rh": "41.5"}]}', "data.0.rh", 41.5),
        ("[1, 2]", "1", 2.0),
    ],
)
def test_a_number_is_found_where_it_was_said_to_stand(text: str, path: str, number: float) -> None:
    assert number_in(text, path) == number


@pytest.mark.parametrize(
    ("text", "path", "why"),
    [
        ("", "", "no number"),
        ("warm", "", "'warm' is no number"),
        ("nan", "", "no number"),
        ("1e999", "", "no number"),
        ("{", "ph", "no JSON"),
        ("[" * 5000, "0", "no JSON"),
        ('{"ph": true}', "ph", "no number"),
        ('{"ph": null}', "ph", "no number"),
        ('{"ph": {"a": 1}}', "ph", "no number"),
        ('{"pH": 7}', "ph", "there is no ph in it"),
        ("[1]", "1", "there is no 1 in it"),
        ("7", "ph", "there is no ph in it"),
        ('{"ph": ' + "9" * 400 + "}", "ph", "no number"),
    ],
)
def test_what_is_no_number_is_told_and_breaks_nothing(text: str, path: str, why: str) -> None:
    with pytest.raises(Wrong, match=why):
        number_in(text, path)


ROOM = {"room_sensor": "room_probe", "room_every": 60.0, "room_maximum": 40.0}


def step(state: ExternalState, now_s: float, *events: Event, **more: object) -> Step[ExternalState]:
    shown = {"settings": ROOM, "sensors": ("room_probe",), **more}
    view = View(
        automation=None,
        paused=False,
        signals={},
        account=Account(volume_ml=15.0, nominal_ml=15.0),
        events=events,
        **shown,  # type: ignore[arg-type]
    )
    return External().step(state, view, now_s)


def test_a_sensor_that_no_job_knows_is_read_in_its_time() -> None:
    begun = step(ExternalState(), 5.0)
    made = MadeOf(signal="external.room", devices=("room_probe",))
    assert begun.commands == (made, Sense("room_probe"))
    assert (begun.look_again_s, begun.sense) == (60.0, ("room_probe",))
    told = step(begun.state, 5.1, Sensed("room_probe", 21.5, 5.1))
    assert (told.publish, told.commands) == ({"external.room": 21.5}, ())
    due = step(told.state, 60.0, Sensed("room_probe", 22.0, 60.0))
    assert (due.look_again_s, due.commands) == (120.0, ())


def test_it_is_made_by_its_calibration_and_kept_to_its_range() -> None:
    curve = Curve((0.0, 1.0), (Piece(0.0, (0.0, 10.0)),))
    made = step(ExternalState(), 0.0, Sensed("room_probe", 2.0, 0.0), curves={"room_probe": curve})
    assert made.publish == {"external.room": 20.0}
    state, alerts = ExternalState(), 0
    for value, fault in ((50.0, ""), (None, "it does not answer")):
        after = step(state, 1.0, Sensed("room_probe", value, 1.0, fault))
        assert "external.room" not in after.publish
        state, alerts = after.state, alerts + sum(isinstance(c, Alert) for c in after.commands)
    assert (state.rejected, alerts) == (2, 1), "told once"


def test_a_reactor_without_the_sensor_reads_nothing() -> None:
    none = step(ExternalState(), 0.0, sensors=())
    assert none.commands == ()
    assert none.look_again_s > 1e9


def test_a_number_comes_in_the_unit_that_was_said_and_grows_old_when_it_was_said() -> None:
    settings = {"rh_topic": "lab", "rh_factor": 0.01, "rh_offset": 0.1, "rh_max_age": 30.0}
    heard = step(ExternalState(), 0.0, Heard(topic="lab", text="40"), settings=settings)
    assert heard.publish == {"external.rh": pytest.approx(0.5)}
    assert signals_wanted(settings)["external.rh"].max_age_s == 30.0
