"""Each bench comes to its end in its smallest size; how fast things are is no matter of tests."""

from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path

import pytest

from orchestrator.transport.mosquitto import find_mosquitto
from tools.bench.postgres_server import find_postgres
from tools.bench.size import Size
from tools.bench.suite import BENCHES, Broke, measure_apart

LIMIT_S = 60


@pytest.mark.processes
@pytest.mark.parametrize("name", BENCHES)
def test_a_bench_reports_figures_in_its_smallest_size(name: str) -> None:
    figures = measure_apart(name, Size.SMALLEST)
    programs = {"broker": find_mosquitto, "postgres": find_postgres}
    assert figures or (name in programs and programs[name]() is None)
    for figure in figures:
        assert figure.what
        assert figure.unit
        assert math.isfinite(figure.ours)
        assert figure.ours >= 0.0 or " add" in figure.what  # a difference of two that are noisy
        assert figure.baseline is None or math.isfinite(figure.baseline)
        assert (figure.baseline is None) == (not figure.baseline_is)
        assert figure.budget is None or figure.met is not None
    assert len({(figure.what, figure.baseline_is) for figure in figures}) == len(figures)


def test_every_bench_is_in_the_suite(checkout: Path) -> None:
    benches = {
        path.stem
        for path in (checkout / "tools" / "bench").glob("*.py")
        if "\ndef measure(size: Size) -> list[Figure]:" in path.read_text(encoding="utf-8")
    }
    assert benches == set(BENCHES)


@pytest.mark.processes
def test_a_bench_that_breaks_says_why() -> None:
    with pytest.raises(Broke, match="nothing"):
        measure_apart("nothing", Size.SMALLEST)


@pytest.mark.processes
def test_an_unknown_name_is_wrong_usage(checkout: Path) -> None:
    command = [sys.executable, "-m", "tools.bench", "nothing"]
    done = subprocess.run(command, cwd=checkout, capture_output=True, text=True, timeout=LIMIT_S)
    assert done.returncode == 2
    assert "there is no bench nothing" in done.stderr
