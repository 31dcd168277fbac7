"""What the services take while they run: memory of a worker, memory and processor of a leader."""

from __future__ import annotations

import time
from collections.abc import Sequence
from statistics import median

from tools.bench.figure import Budget, Figure
from tools.bench.processes import PYTHON, child, cpu_s, line_from, memory_mb
from tools.bench.size import Size
from tools.bench.small_cluster import SmallCluster, eventually, small_cluster

SETTLE_S = 3.0
SAMPLES = 5
WORKER_LIBRARIES = "asyncio, sqlite3, aiomqtt, msgspec, croniter"
LEADER_LIBRARIES = f"{WORKER_LIBRARIES}, aiohttp.web, jinja2, yaml"
_PROFILE = """\
axenic: profile/1
name: Eight jobs
vessels: {a: {volume: 15 mL, worker: w1/r1}, b: {volume: 15 mL, worker: w1/r2}}
media: {feed: {bottle: 5 L}, waste: {bottle: 6 L}}
jobs:
  stirring: {target: 500 rpm}
  od_reading: {interval: 5 s}
  growth_rate: {}
  temperature: {automation: thermostat, target: 30 °C}
phases:
  - {name: hold, duration: 10 d}
"""


def measure(size: Size) -> list[Figure]:
    """A cluster at rest, then one of its workers with eight jobs on two reactors."""
    others = [f"w{number}" for number in range(2, size.of(1, 8, 8) + 1)]
    settle_s, watch_s = size.of(0.5, SETTLE_S, 5.0), size.of(0.5, 5.0, 30.0)
    reactors = {"w1": ("r1", "r2"), **{name: (f"{name}r",) for name in others}}
    with small_cluster(reactors) as cluster:
        time.sleep(settle_s)
        leader_cpu = _share_of_a_core(cluster.leader.pid, watch_s)
        leader_mb = _memory_mb(cluster.leader.pid)
        _run_eight_jobs(cluster)
        time.sleep(2.0 * settle_s)
        worker_cpu = _share_of_a_core(cluster.workers["w1"].pid, watch_s)
        worker_mb = _memory_mb(cluster.workers["w1"].pid)
    return [
        _worker(worker_mb, worker_cpu),
        *_leader(leader_mb, leader_cpu, len(reactors)),
    ]


def _worker(worker_mb: tuple[float, float], cpu: float) -> Figure:
    return Figure(
        what="worker with eight jobs, PSS",
        ours=worker_mb[0],
        unit="MB",
        baseline=_libraries_mb(WORKER_LIBRARIES),
        baseline_is="its libraries alone",
        budget=Budget(text="≤ 45 MB", most=45.0),
        quoted="Pioreactor 99 MB for four jobs; prototypes 40 with everything imported, 26 lean",
        note=f"RSS {worker_mb[1]:.0f} MB; {100 * cpu:.1f} % of a core; four jobs on each of two "
        "reactors; its keeper is a process of its own",
    )


def _leader(leader_mb: tuple[float, float], cpu: float, workers: int) -> Sequence[Figure]:
    quoted = "Pioreactor ≈ 140 MB in four services; a prototype 45"
    return (
        Figure(
            what=f"leader, idle with {workers} workers, PSS",
            ours=leader_mb[0],
            unit="MB",
            baseline=_libraries_mb(LEADER_LIBRARIES),
            baseline_is="its libraries alone",
            budget=Budget(text="≤ 110 MB", most=110.0),
            quoted=quoted,
            note=f"RSS {leader_mb[1]:.0f} MB",
        ),
        Figure(
            what=f"leader, idle with {workers} workers, share of a core",
            ours=100.0 * cpu,
            unit="%",
            budget=Budget(text="< 3 % of a core", most=3.0),
        ),
    )


def _run_eight_jobs(cluster: SmallCluster) -> None:
    made = cluster.ask("/experiments", {"text": _PROFILE, "file": "eight.yaml"})

    def running() -> bool:
        return bool(cluster.ask(f"/experiments/{made['id']}")["state"] == "running")

    eventually(running, "the experiment runs")


def _share_of_a_core(pid: int, seconds: float) -> float:
    before_s, began_s = cpu_s(pid), time.monotonic()
    time.sleep(seconds)
    return (cpu_s(pid) - before_s) / (time.monotonic() - began_s)


def _memory_mb(pid: int) -> tuple[float, float]:
    """(PSS, RSS)"""
    pss_mb, rss_mb = zip(*(memory_mb(pid) for _ in range(SAMPLES)), strict=True)
    return median(pss_mb), median(rss_mb)


def _libraries_mb(libraries: str) -> float:
    code = f"import {libraries}, sys; print('ready', flush=True); sys.stdin.readline()"
    with child((PYTHON, "-c", code)) as bare:
        line_from(bare)
        return _memory_mb(bare.pid)[0]
