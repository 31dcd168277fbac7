"""`python -m orchestrator.cli.rehearse_plan`: a plan on stdin, what a rehearsal came to on stdout.

The leader starts it beside itself, so that a rehearsal delays nothing and ends with it.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
from collections.abc import Mapping
from typing import Any

from orchestrator.ports.rehearse import NotRehearsed

FOR_S = 60 * 86_400.0
"""What lasts longer is not rehearsed to its end."""
LIMIT_S = 900.0
NICENESS = 15
LINE_MAX = 300
"""Characters of what it complained of that are told."""


async def beside(plan_json: str) -> Mapping[str, Any]:
    """`ports.rehearse.Rehearse`, in a process of its own."""
    try:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "orchestrator.cli.rehearse_plan"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
    except OSError as error:
        raise NotRehearsed(f"no process can be had: {error.strerror}") from error
    try:
        async with asyncio.timeout(LIMIT_S):
            said, complaint = await process.communicate(plan_json.encode())
    except TimeoutError:
        raise NotRehearsed(f"it took longer than {LIMIT_S:g} s") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode != 0:
        last = complaint.decode(errors="replace").strip().rpartition("\n")[2][:LINE_MAX]
        raise NotRehearsed(f"the rehearsal ended with {process.returncode}: {last}")
    try:
        found: dict[str, Any] = json.loads(said)
    except ValueError as error:
        raise NotRehearsed(f"the rehearsal said something else: {error}") from error
    return found


def rehearsed(plan_json: str) -> dict[str, Any]:
    """Rehearse a plan to its end."""
    from orchestrator.cli.plan import start_of
    from orchestrator.cli.rehearsal.summary import summarise
    from orchestrator.model.canonical import digest, rebuild
    from orchestrator.model.plan import Plan
    from orchestrator.sim.notebook import Notebook
    from orchestrator.sim.rehearse import Rehearsal, rehearse

    plan: Plan = rebuild(Plan, json.loads(plan_json))
    start_s, plan_hash = start_of(None, plan), digest(plan_json.encode())
    notebook = Notebook(every_s=3600.0)
    wanted = Rehearsal(plan=plan, plan_hash=plan_hash, start_wall_s=start_s, for_s=FOR_S)
    passed_s = asyncio.run(rehearse(wanted, notebook))
    summary = summarise(
        plan,
        plan_hash=plan_hash,
        seed=1,
        start_wall_s=start_s,
        passed_s=passed_s,
        ledgers=notebook.entries,
        warnings=(),
    )
    ended = all(course["state"] == "completed" for course in summary["vessels"].values())
    return {"duration_s": passed_s if ended else None, "bottles": summary["bottles"]}


def main() -> None:
    """Read, rehearse, write."""
    os.nice(NICENESS)
    logging.disable(logging.CRITICAL)
    print(json.dumps(rehearsed(sys.stdin.read())))


if __name__ == "__main__":
    main()
