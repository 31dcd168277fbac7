"""Signals under names of one's own are part of the language: in expressions, plans and charts."""

from __future__ import annotations

import pytest

from orchestrator.model.expression import Const
from tests.support.plan_files import plan_of

PROFILE = """\
axenic: profile/1
name: Climate
vessels:
  a: {volume: 15 mL}
signals:
  humidity: {topic: lab/climate, value: rh, unit: "%", maximum: 100 %}
  room: {sensor: room_probe, unit: °F, every: 1 min}
jobs:
  stirring: {target: 500 rpm}
phases:
  - name: only
    duration: 1 d
rules:
  - name: dry
    when: "{{ external.humidity < 0.4 }}"
    do:
      - alert: "{{ external.room | round(1) }} °C"
charts:
  - title: Climate
    series: [external.humidity, {signal: external.room, axis: right}]
"""


def test_the_job_that_takes_them_in_runs_and_knows_their_units() -> None:
    plan = plan_of(PROFILE)
    settings = plan.vessels[0].jobs["external"].settings
    assert {name: each.value for name, each in settings.items() if isinstance(each, Const)} == {
        "humidity_factor": 0.01,
        "humidity_max_age": 300.0,
        "humidity_maximum": 1.0,
        "humidity_topic": "lab/climate",
        "humidity_value": "rh",
        "room_every": 60.0,
        "room_factor": pytest.approx(5.0 / 9.0),
        "room_max_age": 300.0,
        "room_offset": pytest.approx(-160.0 / 9.0),
        "room_sensor": "room_probe",
    }
    assert plan.vessels[0].units["external.room"] == "°C"
    units = [(series.signal, series.unit) for series in plan.charts[0].series]
    assert units == [("external.humidity", ""), ("external.room", "°C")]


def test_what_a_profile_says_of_the_job_itself_stands_above_them() -> None:
    told = PROFILE.replace("jobs:\n", "jobs:\n  external: {humidity_maximum: 90 %}\n")
    settings = plan_of(told).vessels[0].jobs["external"].settings
    assert settings["humidity_maximum"] == Const(0.9)
    assert settings["humidity_topic"] == Const("lab/climate")
