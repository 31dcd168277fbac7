"""A ledger that is cut after any entry leads to the same end: phases, loops, holds, barriers."""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.execution.program import Program
from orchestrator.execution.view import RunView
from orchestrator.model.ledger import Kind
from orchestrator.model.plan import Barrier
from tests.support.plans import (
    HOUR_S,
    Run,
    above,
    at,
    hold,
    loop,
    phase,
    put,
    rule,
    say,
    slice_of,
    step,
    wait,
    when,
)

ALWAYS = 1e9
SEEN = [(0.0, 0.5), (30.0, 2.0), (70.0, 0.5), (200.0, 2.0), (240.0, 0.5)]
"""When the signal changes; above 1 it is out of tolerance."""
LATCHED = [(180.0, 1), (420.0, 2)]
"""When the peer comes to the phase that both enter together."""
END_S = 900.0
PROGRAM = Program(
    slice_of(
        phase(
            "grow",
            at("stir", 40.0, put(stirring__target=800)),
            on_enter=(wait(5.0), say("log", "in")),
            do=(wait(20.0), say("log", "grown")),
            on_leave=(put(stirring__target=300), wait(7.0), say("log", "out")),
            hold=hold(above("od600", 1.0), max_s=35.0),
            duration_s=60.0,
            rules=(rule("odd", when(above("od600", 1.0)), say("note", "odd"), wait(3.0)),),
        ),
        phase(
            "joint",
            do=(wait(30.0), say("log", "joint")),
            together=Barrier(peers=("b",), after_s=HOUR_S, then="fail"),
        ),
        phase("last", do=(wait(10.0), step("finish")), on_leave=(say("log", "end"),)),
        loops=(loop("grow", "joint", 2),),
        vessel="a",
    ),
    "x1.1",
    "x1",
)


def events() -> Iterator[tuple[float, str, float]]:
    yield from sorted(
        [(time_s, "see", value) for time_s, value in SEEN]
        + [(time_s, "latch", float(number)) for time_s, number in LATCHED]
    )


def drive(run: Run, from_s: float) -> Run:
    """Let happen what happens after a moment; what was before it stands already."""
    for time_s, what, value in events():
        if time_s < from_s or (time_s == from_s and what == "see" and run.signals):
            continue
        run.to(max(time_s, run.now_s))
        if what == "see":
            run.see(max_age_s=ALWAYS, od600=value)
        else:
            run.latch("b.arrived.joint", int(value))
    run.to(END_S)
    return run


def resumed(whole: Run, length: int) -> Run:
    """A run that knows only the first entries, and comes back at the moment of the last."""
    run = Run(program=PROGRAM)
    run.ledger = list(whole.ledger[:length])
    now_s = run.ledger[-1].process_s
    run.crash(now_s)
    shown = [value for time_s, value in SEEN if time_s <= now_s]
    if shown:
        run.see(max_age_s=ALWAYS, od600=shown[-1])
    return drive(run, now_s)


def story(run: Run) -> dict[str, object]:
    """What a person would tell of a run."""
    kinds = (Kind.PHASE_ENTERED, Kind.PHASE_LEFT, Kind.RUN_ENDED)
    return {
        "way": {
            (e.kind, e.data.get("phase"), e.data.get("visit")): (e.process_s, dict(e.data))
            for e in run.of(*kinds)
        },
        "outcomes": {e.key: (e.process_s, e.data["outcome"]) for e in run.of(Kind.ACTION_ENDED)},
        "notes": {e.key: (e.process_s, e.data["text"]) for e in run.of(Kind.NOTE)},
        "arrivals": run.view.arrivals,
        "clock": run.view.elapsed_s(END_S),
    }


def test_a_ledger_that_is_cut_after_any_entry_leads_to_the_same_end() -> None:
    whole = drive(Run(program=PROGRAM), 0.0)
    told = story(whole)
    assert whole.view.state.value == "completed"
    assert len(whole.ledger) > 60
    for length in range(1, len(whole.ledger) + 1):
        assert story(resumed(whole, length)) == told, f"cut after entry {length}"


def test_a_ledger_folds_to_where_the_run_stands() -> None:
    whole = drive(Run(program=PROGRAM), 0.0)
    again = RunView.fold(PROGRAM, whole.ledger)
    for name in ("phase", "visit", "visits", "rounds", "arrivals", "held_s", "kept_off", "items"):
        assert getattr(again, name) == getattr(whole.view, name), name
    assert again.clocks == whole.view.clocks
