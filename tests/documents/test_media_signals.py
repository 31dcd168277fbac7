"""A profile's media are signals of dosing: in expressions, plans and charts."""

from __future__ import annotations

from tests.support.plan_files import plan_of

PROFILE = """\
axenic: profile/1
name: Drug
vessels:
  a: {volume: 15 mL}
media:
  feed: {bottle: 1 L}
  drug: {bottle: 1 L}
  waste: {bottle: 2 L}
jobs:
  dosing: {automation: chemostat, dilution_rate: 0.2 /h}
phases:
  - name: only
    until: "{{ dosing.fraction_drug > 0.2 }}"
charts:
  - title: Shares
    series: [dosing.fraction_feed, {signal: dosing.fraction_drug, axis: right}]
"""


def test_the_share_of_each_medium_is_a_signal_of_the_profile() -> None:
    plan = plan_of(PROFILE)
    series = [(each.signal, each.unit) for each in plan.charts[0].series]
    assert series == [("dosing.fraction_feed", ""), ("dosing.fraction_drug", "")]
    assert "dosing.fraction_drug" in str(plan.vessels[0].phases[0].until)
