"""Another revision of what runs: whether it can be taken, and the taking (SEMANTICS rule 18)."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy

from orchestrator.execution import wanted
from orchestrator.execution.cache import Cache
from orchestrator.execution.decide import decide
from orchestrator.execution.decision import Moment, Wanted
from orchestrator.execution.describe import quantity
from orchestrator.execution.program import Program
from orchestrator.execution.view import RunView
from orchestrator.model.canonical import content_of
from orchestrator.model.ledger import Entry, Kind
from orchestrator.model.signal import Signals


class RevisionRefused(ValueError):
    """Why the run goes on as it is."""


def revise(
    view: RunView,
    program: Program,
    signals: Signals,
    moment: Moment,
    *,
    move_to: str = "",
    accept_jumps: bool = False,
) -> tuple[Entry, ...]:
    """Let a run go on by another revision; answers the entries, already applied.

    Raises:
        RevisionRefused: it goes on as it is.
    """
    try_out(view, program, signals, moment, move_to=move_to, accept_jumps=accept_jumps)
    return _take(view, program, moment, move_to)


def try_out(
    view: RunView,
    program: Program,
    signals: Signals,
    moment: Moment,
    *,
    move_to: str = "",
    accept_jumps: bool = False,
) -> None:
    """Say whether a revision can be taken now, without taking it.

    Raises:
        RevisionRefused: with the reason, and what would help.
    """
    _refuse_what_does_not_fit(view, program)
    moves = _moves(view, program, move_to)
    if view.phase is None or view.between:
        return  # nothing is wanted yet that could jump
    trial = _copy(view)
    before = wanted.fold(_copy(view), moment.process_s)
    _take(trial, program, moment, move_to)
    after = decide(program, trial, signals, moment).wanted
    jumps = [*_jumps(before, after, program)]
    if jumps and not accept_jumps and not moves:
        raise RevisionRefused(
            f"at {view.program.vessel} would jump at once: {'; '.join(jumps)}; "
            "it takes --accept-jumps"
        )


def _refuse_what_does_not_fit(view: RunView, program: Program) -> None:
    now = view.program
    if view.ended:
        raise RevisionRefused(f"the run of {now.vessel} is over")
    if program.revision <= now.revision:
        raise RevisionRefused(f"{now.vessel} runs revision {now.revision} already")
    for words, before, after in (
        ("the volume", now.slice.volume_ml, program.slice.volume_ml),
        ("a bottle", now.slice.media, program.slice.media),
    ):
        if content_of(before) != content_of(after):
            raise RevisionRefused(
                f"{words} of {now.vessel} cannot be another while it runs: "
                "what was pumped so far is counted by it"
            )


def _moves(view: RunView, program: Program, move_to: str) -> bool:
    """Whether the vessel has to go to another phase, since its own is gone."""
    vessel, gone = program.vessel, f"which revision {program.revision} does not have"
    ahead = view.next_phase[0] if view.between else None
    if view.move is not None:
        ahead = view.move.what
    if view.barrier is not None:
        ahead = view.barrier.phase
    if ahead is not None and ahead not in program.phases:
        raise RevisionRefused(f"{vessel} is about to enter {ahead}, {gone}")
    if view.phase is None or view.between or view.phase in program.phases:
        return False
    if view.leaving is not None:
        raise RevisionRefused(f"{vessel} is just leaving {view.phase}, {gone}; try again soon")
    if move_to not in program.phases:
        known = ", ".join(program.phases)
        raise RevisionRefused(
            f"{vessel} is in {view.phase}, {gone}; it takes --move-to with one of {known}"
        )
    return True


def _take(view: RunView, program: Program, moment: Moment, move_to: str) -> tuple[Entry, ...]:
    entries = [_entry(Kind.REVISED, moment, revision=program.revision, plan_hash=program.plan_hash)]
    if _moves(view, program, move_to):
        left = _entry(
            Kind.PHASE_LEFT,
            moment,
            phase=view.phase,
            visit=view.visit,
            reason=f"revision {program.revision}",
            next=move_to,
            next_elapsed_s=None,
        )
        entries.insert(0, left)
    view.revisions[program.revision] = program
    for entry in entries:
        view.apply(entry)
    return tuple(entries)


def _copy(view: RunView) -> RunView:
    """The same run, to try something out on; programs are shared, since they never change."""
    spared: dict[int, object] = {id(each): each for each in view.revisions.values()}
    spared[id(view.program)] = view.program
    spared[id(view.cache)] = Cache(
        followed=dict(view.cache.followed), wall_offset_s=view.cache.wall_offset_s
    )
    return deepcopy(view, spared)


def _jumps(before: Wanted, after: Wanted, program: Program) -> Iterator[str]:
    """What would be another at once, in words; a job that is on in both, setting by setting."""
    units = program.slice.units
    for job in sorted({*before, *after}):
        was, will = before.get(job), after.get(job)
        if was is None or will is None:
            yield f"{job} {'begins' if was is None else 'stops'}"
            continue
        if was.automation != will.automation:
            yield f"{job} from {was.automation} to {will.automation}"
            continue
        for name in sorted({*was.settings, *will.settings}):
            now, then = was.settings.get(name), will.settings.get(name)
            if now != then and now is not None and then is not None:
                unit = units.get(f"{job}.{name}", "")
                yield f"{job}.{name} from {quantity(now, unit)} to {quantity(then, unit)}"


def _entry(kind: Kind, moment: Moment, **data: object) -> Entry:
    return Entry(kind=kind, process_s=moment.process_s, wall_s=moment.wall_s, data=data)
