"""Many runs, on as many processors as there are, told of as they end."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait

from orchestrator.faults.case import Verdict

OneRun = Callable[[int], Verdict]
"""By its seed; must be picklable, as a function of a module or a `functools.partial` of one."""


def run_many(one_run: OneRun, first_seed: int, runs: int) -> Iterator[Verdict]:
    """Each run's verdict as soon as it is known, in no particular order."""
    seeds = iter(range(first_seed, first_seed + runs))
    processes = min(runs, len(os.sched_getaffinity(0)))
    if processes == 1:
        yield from map(one_run, seeds)
        return
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=spawn) as pool:
        under_way: set[Future[Verdict]] = set()
        try:
            while True:
                for seed in seeds:
                    under_way.add(pool.submit(one_run, seed))
                    if len(under_way) >= 2 * processes:
                        break
                if not under_way:
                    return
                ended, under_way = wait(under_way, return_when=FIRST_COMPLETED)
                for one in ended:
                    yield one.result()
        finally:
            for one in under_way:
                one.cancel()
