"""What the ledger holds: entries, in the order in which things were decided and became true.

A vessel's run is the fold of its entries (`execution.view`). A worker that restarts reads them
again and stands where it stood; the leader receives the same entries through the outbox and builds
its tables of phases, actions, questions and alerts from them. There is one vocabulary for all
three.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

REHEARSED_ALERT: Final = "rehearsed:"
"""How the identity of an alert begins that a rehearsal foretells of a bottle."""
BOTTLE_ALERT: Final = "bottle."
"""Before the medium: the source of an alert that a bottle will not last. It is over once the bottle
was changed."""


class Kind(StrEnum):
    """What an entry says. The fields named are those of `Entry.data`."""

    RUN_BEGAN = "run_began"
    """experiment, attempt, vessel, revision, plan_hash, timezone, boot"""
    RUN_ENDED = "run_ended"
    """state (completed | failed | cancelled), reason"""
    REVISED = "revised"
    """revision, plan_hash"""
    CONTROLLED = "controlled"
    """control_seq, wanted (running | paused | finished | cancelled)"""
    TICK = "tick"
    """A durable clock tick, at least every 30 s; no fields."""
    RECOVERED = "recovered"
    """since_s (last sign of life before), power (whether it had failed), boot: the worker took the
    run up again after an interruption"""
    ARRIVED = "arrived"
    """phase, arrival (number), awaits (peers), deadline_s (elapsed clock), passed {phase: arrival}:
    the vessel waits at a phase that all enter together. `passed` are those that it left out"""
    PHASE_ENTERED = "phase_entered"
    """phase, visit (number), elapsed_s; where there are any: rounds {loop: number}, passed {phase:
    arrival}, without (peers that were not waited for any longer)"""
    PHASE_LEAVING = "phase_leaving"
    """phase, visit, reason, next, next_elapsed_s, rounds: what the phase does on leaving begins;
    as in PHASE_LEFT, which follows when it is over"""
    PHASE_LEFT = "phase_left"
    """phase, visit, reason (through | until | duration | timeout | go_to | ended), next,
    next_elapsed_s (where the next phase begins by right), rounds {loop: number} of the next"""
    HELD = "held"
    """phase, visit: the clocks stand, since the phase's `hold_while` is true"""
    FREED = "freed"
    """phase, visit, reason: they go on. A pause and the end of a phase free them too"""
    PAUSED = "paused"
    """by, reason"""
    RESUMED = "resumed"
    """by"""
    ITEM_BEGAN = "item_began"
    """key; item, nominal_s, late_s, queued, asked: an occurrence that was taken up. `queued` waits
    for earlier ones of its rule, `asked` for a person's leave, since it is late. Of a rule also
    start (which of its starts), trigger {kind, name, value} and, where something happened, event
    (the id of what did), saw {signal: value}"""
    ITEM_ENDED = "item_ended"
    """key; outcome, reason; `then` (fail | pause) where it is a phase's timeout. Of a rule that did
    not begin also start, trigger, event and saw"""
    ACTION_BEGAN = "action_began"
    """key; action, detail, args (evaluated), nominal_s, late_s, due_s, deadline_s: the intent,
    written before anything moves (due_s and deadline_s on the elapsed clock, late_s only beyond the
    grace). Stands a second time, with `again`, where it is repeated after a crash"""
    ACTION_ENDED = "action_ended"
    """key; action, detail, args, outcome, reason, result, nominal_s, due_s, next_due_s; saw where
    an `if` kept it from beginning. Also stands alone, without ACTION_BEGAN, for what never began
    (skipped, refused) and for what begins and ends at once (set, log)"""
    CONDITION = "condition"
    """key; value (true | false | unknown), since_s, reason, saw {signal: value}, max_age_s (the
    least of what it saw): an edge, traced. The key's occurrence is `when` for a rule's and a
    phase's own"""
    SIGNAL_LATCHED = "signal_latched"
    """name, value: something another vessel announced (barriers)"""
    OVERRIDDEN = "overridden"
    """setting (or a job's name: run | stop | hold, or job.automation), value, by, until_s"""
    RELEASED = "released"
    """setting, by, reason"""
    QUESTION = "question"
    """key; text, name (of the step), kind (ask | sample | late), deadline_s, choices: waits for a
    person"""
    ANSWER = "answer"
    """key; answer, by"""
    ALERT = "alert"
    """key or none; text, severity (info | warning | critical), source"""
    NOTE = "note"
    """key or none; text, by, kind (log | note)"""
    DOSE_BEGAN = "dose_began"
    """key; pump, medium, direction (in | out), volume_ml, deadline_s, cause: durable before the
    pump turns"""
    DOSE_ENDED = "dose_ended"
    """key; pump, medium, direction, volume_ml (moved; the full intent if unknown), outcome,
    reason"""
    DOSE_RESOLVED = "dose_resolved"
    """key; pump, medium, direction, volume_ml, counted_ml, by, reason: a person says what really
    moved in a dose whose outcome is unknown; the outcome itself stands"""
    ACCOUNT = "account"
    """volume_ml taken by hand (sample) or corrected by a person; by, reason. With bottle and
    more_ml a bottle was changed instead, and volume_ml is what the new one holds"""
    JOB = "job"
    """job, state (init | ready | paused | stopped | lost), reason; `then` (fail | ignore) of a lost
    one that does not begin anew"""
    DEVICE = "device"
    """device, state (fault | held | ok), reason: a sensor that no longer answers, or does again; an
    output that an interlock holds off, or no longer does"""
    PICTURE = "picture"
    """key of the action that asked, or none; camera, file (its name among the unit's files),
    sha256, size_bytes, label: a picture was taken, and is kept"""
    EVENT = "event"
    """event (button | topic | webhook), name, payload (text), id, by, retained (the broker had kept
    it): something from outside that a rule starts on"""
    JOB_MEMORY = "job_memory"
    """job, memory: what a job must know again after a restart (a blank, an estimate)"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of a run's ledger."""

    kind: Kind
    process_s: float
    """Seconds since the run began, outages and pauses included."""
    wall_s: float | None
    """UTC, seconds since 1970, where the clock was trusted."""
    key: str | None = None
    """`str(ActionKey)` of what it is about."""
    data: Mapping[str, Any] = field(default_factory=dict)
