"""A fortnight of a turbidostat with a ramp and ten rules, beside a bare loop that does as much.

The design's prototype took 2.6 s for its whole tick, on another machine; `bare_loop` is the same
idea, measured in the same run. So the budget is judged twice: in seconds, and as 12 s to 2.6 s.
"""

from __future__ import annotations

import asyncio
from functools import partial

from orchestrator.cli.prepare import prepare
from orchestrator.model.canonical import canonical_json, digest, plain
from orchestrator.model.plan import Plan
from orchestrator.sim.notebook import Notebook
from orchestrator.sim.rehearse import Rehearsal, rehearse
from tools.bench import bare_loop
from tools.bench.figure import Budget, Figure
from tools.bench.sampling import cpu_seconds_of, in_turn
from tools.bench.size import Size

DAY_S = 86_400.0
DAYS = 14.0
START_WALL_S = 1_736_150_400.0
LIMITS_S = (12.0, 5.0)
"""For one vessel: what is asked now, and what is asked next."""
PROTOTYPE_S = 2.6
"""Of the bare loop where those limits were set."""
_PROFILE = """\
axenic: profile/1
name: A fortnight
vessels: {{{vessels}}}
media: {{feed: {{bottle: 50 L}}, waste: {{bottle: 60 L}}}}
jobs:
  stirring: {{target: 500 rpm}}
  od_reading: {{interval: 5 s}}
  growth_rate: {{}}
  temperature: {{automation: thermostat, target: 30 °C}}
phases:
  - name: inoculate
    do:
      - blank: {{}}
      - ask: Inoculate, then confirm
  - name: batch
    until: {{when: "{{{{ od600 >= 0.8 }}}}", for: 2 min}}
  - name: hold
    duration: 20 d
    jobs:
      dosing: {{automation: turbidostat, target_od600: 0.8, exchange: 1 mL}}
    schedule:
      - {{name: warm up, ramp: temperature.target, from: 30 °C, to: 37 °C, over: 10 d}}
      - name: aerate
        every: 4 h
        do:
          - set: {{stirring.target: 800 rpm}}
          - wait: 2 min
          - set: {{stirring.target: 500 rpm}}
      - name: daily sample
        cron: "0 9 * * *"
        timezone: Europe/Berlin
        do: [sample: {{volume: 1 mL, label: Tube number}}]
rules:
  - name: overgrown
    when: "{{{{ od600 > 1.6 }}}}"
    for: 10 min
    do: [pause: {{}}]
  - {{name: thin, when: "{{{{ phase == 'hold' and od600 < 0.3 }}}}", do: [alert: thin]}}
  - {{name: slow, when: "{{{{ growth_rate < 0.05 }}}}", for: 6 h, do: [alert: slow]}}
  - {{name: fast, when: "{{{{ growth_rate > 1.5 }}}}", for: 1 h, do: [alert: fast]}}
  - {{name: cold, when: "{{{{ temperature.measured < 28 }}}}", for: 1 h, do: [alert: cold]}}
  - name: hot
    when: "{{{{ temperature.measured > temperature.target + 1 }}}}"
    for: 10 min
    do: [alert: hot]
  - {{name: full, when: "{{{{ volume > 17 }}}}", do: [alert: full]}}
  - {{name: low, when: "{{{{ volume < 13 }}}}", do: [alert: low]}}
  - {{name: still, when: "{{{{ stirring.measured < 100 }}}}", for: 1 min, do: [alert: still]}}
  - {{name: late, when: "{{{{ elapsed > hours(500) }}}}", do: [note: late]}}
limits:
  temperature: {{maximum: 45 °C}}
  dosing: {{per_hour: 60 mL, vessel_maximum: 18 mL}}
"""


def measure(size: Size) -> list[Figure]:
    """One vessel and two, in ticks of five seconds."""
    days, times = size.of(0.05, 2.0, DAYS), size.of(1, 2, 1)
    return [figure for vessels in (1, 2) for figure in _figures(vessels, days, times)]


def _figures(vessels: int, days: float, times: int) -> list[Figure]:
    plan, scale = _plan(vessels), DAYS / days
    ours_s, bare_s = (
        scale * each_s
        for each_s in in_turn(
            times, partial(_rehearse, plan, days), partial(_bare, vessels, days), warm_up=0
        )
    )
    asked_s, next_s = (vessels * each for each in LIMITS_S)
    several = "" if vessels == 1 else f", × {vessels}"
    in_seconds = Budget(text=f"< {asked_s:g} s, then < {next_s:g} s{several}", most=asked_s)
    most = LIMITS_S[0] / PROTOTYPE_S
    as_ratio = Budget(text=f"≤ 12 s ÷ 2.6 s = {most:.2g} × the bare loop", of="ratio", most=most)
    what = f"14 days of {vessels} vessel{'s' if vessels > 1 else ''} rehearsed, 5 s ticks"
    note = "" if days == DAYS else f"from {days:g} days"
    quoted = "none can; a prototype's whole tick 2.6 s"
    return [
        Figure(
            what=f"{what}, processor time",
            ours=ours_s,
            unit="s",
            budget=in_seconds,
            quoted=quoted,
            note=note,
        ),
        Figure(
            what=f"{what}, beside the bare loop",
            ours=ours_s,
            unit="s",
            baseline=bare_s,
            baseline_is="the bare loop",
            budget=as_ratio,
            quoted=quoted,
            note=note,
        ),
    ]


def _plan(vessels: int) -> Plan:
    named = ", ".join(f"v{number}: {{volume: 15 mL}}" for number in range(vessels))
    checked = prepare(_PROFILE.format(vessels=named), "bench.yaml", {})
    assert checked.plan is not None, checked.diagnostics
    return checked.plan


def _rehearse(plan: Plan, days: float) -> float:
    wanted = Rehearsal(
        plan=plan,
        plan_hash=digest(canonical_json(plain(plan))),
        start_wall_s=START_WALL_S,
        for_s=days * DAY_S,
    )
    return cpu_seconds_of(lambda: asyncio.run(_to_its_end(wanted)))


async def _to_its_end(wanted: Rehearsal) -> None:
    passed_s = await rehearse(wanted, Notebook(every_s=60.0))
    assert passed_s >= wanted.for_s, f"it ended after {passed_s:g} s"


def _bare(vessels: int, days: float) -> float:
    return cpu_seconds_of(
        lambda: [bare_loop.live(seed, days * DAY_S) for seed in range(1, vessels + 1)]
    )
