"""How long a command takes that does next to nothing, and one that checks a profile."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from tools.bench.commands import commands
from tools.bench.figure import Budget, Figure
from tools.bench.made_profile import LINES, profile_text
from tools.bench.processes import whole_s
from tools.bench.sampling import in_turn
from tools.bench.size import Size

PIO_VERIFY_S, PYTHON_THERE_S = 0.20, 0.014
"""As quoted, on one machine: what `pio verify` takes there is a multiple of Python alone."""
PIO_VERIFY_PYTHONS = round(PIO_VERIFY_S / PYTHON_THERE_S, 1)


def measure(size: Size) -> list[Figure]:
    """`--version` and `check`, whole processes."""
    times = size.of(1, 9, 25)
    with TemporaryDirectory() as made:
        folder = Path(made)
        profile = folder / "profile.yaml"
        profile.write_text(profile_text(), encoding="utf-8")
        run = commands(folder)
        python_s, version_s, check_s, bare_s = in_turn(
            times,
            partial(whole_s, run.python),
            partial(whole_s, (*run.axenic, "--version")),
            partial(whole_s, (*run.axenic, "check", str(profile))),
            partial(whole_s, (*run.bare, str(profile))),
            warm_up=min(2, times),
        )
    return [_version(version_s, python_s), *_checks(check_s, python_s, bare_s)]


def _version(version_s: float, python_s: float) -> Figure:
    return Figure(
        what="axenic --version, whole process",
        ours=1e3 * version_s,
        unit="ms",
        baseline=1e3 * python_s,
        baseline_is="python -c pass",
        budget=Budget(text="≤ 3 × python alone", of="ratio", most=3.0),
        quoted="pio 63 ms, esphome 80, hass 476",
    )


def _checks(check_s: float, python_s: float, bare_s: float) -> list[Figure]:
    what = f"axenic check, {LINES} lines, whole process"
    budget = Budget(
        text=f"≤ 1.0 × pio verify, {PIO_VERIFY_PYTHONS} × python alone as quoted",
        of="ratio",
        most=PIO_VERIFY_PYTHONS,
    )
    return [
        Figure(
            what=what,
            ours=1e3 * check_s,
            unit="ms",
            baseline=1e3 * python_s,
            baseline_is="python -c pass",
            budget=budget,
            quoted="pio verify 190–210 ms, esphome config 330, hass check_config 2100; "
            "python alone 14 there",
        ),
        Figure(
            what=what,
            ours=1e3 * check_s,
            unit="ms",
            baseline=1e3 * bare_s,
            baseline_is="PyYAML + jsonschema",
            note="the bare script says valid or not, without places",
            quoted="a prototype's parse + schema 58 ms",
        ),
    ]
