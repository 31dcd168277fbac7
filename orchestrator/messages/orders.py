"""From the leader to a worker: what to run, what to do now; and the worker's answers."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

Wish = Literal["running", "paused", "finished", "cancelled"]
ByHand = Literal[
    "set",
    "release",
    "start",
    "stop",
    "hold",
    "dose",
    "dilute",
    "circulate",
    "blank",
    "snapshot",
    "sample",
    "bottle",
    "emergency_stop",
    "release_stop",
]
"""What a person has a worker do, as it is said over HTTP too."""


class RunOrder(msgspec.Struct, frozen=True, kw_only=True):
    """One vessel's run, as the leader wants it (SEMANTICS rule 15)."""

    experiment: str
    attempt: str
    vessel: str
    reactor: str
    """The worker's own name for it; equal to the worker's where it owns one only."""
    revision: int
    plan_hash: str
    timezone: str
    wanted: Wish
    control_seq: int
    """Each is applied once: what the worker decided itself stands until a higher one comes."""
    by: str
    """Who wished it."""
    slice: dict[str, Any]
    """`model.plan.Slice` as plain JSON (`model.canonical`)."""
    stage: Literal["run", "prepare"] = "run"
    """`prepare` asks whether this revision could be taken, and changes nothing (SEMANTICS rule
    18)."""
    accept_jumps: bool = False
    """Settings may be others at once by this revision."""
    move_to: str = ""
    """Where a vessel goes whose phase this revision does not have."""
    fence: int = 0
    """Grows with each attempt on this worker: a reactor that has seen a higher one refuses to begin
    by a lower one."""


class PlanMessage(msgspec.Struct, frozen=True, kw_only=True):
    """All that a worker is to run. A missing retained message means nothing."""

    epoch: int
    """Allotted in the store's transaction, monotonic per worker; a lower one is refused."""
    runs: list[RunOrder]


class RunAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Whether one vessel's run is as the leader wants it."""

    attempt: str
    vessel: str
    revision: int
    plan_hash: str
    accepted: bool
    reason: str = ""


class PlanAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """On `plan/accepted`."""

    epoch: int
    accepted: bool
    reason: str = ""
    runs: list[RunAnswer] = []


class CommandMessage(msgspec.Struct, frozen=True, kw_only=True):
    """Something a person wants now (SEMANTICS rule 17)."""

    id: str
    session: str
    """The worker's, from its `state`; another one is `refused (stale)`."""
    sent_wall_s: float
    by: str
    name: Literal[
        ByHand,
        "answer",
        "event",
        "look",
        "resolve",
        "calibrate",
        "self_test",
        "machine",
        "picture",
    ]
    reactor: str = ""
    attempt: str = ""
    vessel: str = ""
    args: dict[str, Any] = {}
    """answer: key, answer. release_stop: stops (the id of each by reactor, so that no clock has to
    tell whether it is too old). event: event (button | webhook), name, payload, id (of what
    happened). look: nothing; answers `standing.Standing` of each reactor. set: setting, value
    (canonical units), for_s. release: setting, or a job. start: job, for_s, settings, automation,
    and otherwise (automation, settings, needs: names) for where the plan does not have the job.
    stop, hold: job, for_s. dose, dilute: volume_ml, medium. circulate: duration_s, medium. blank:
    nothing. snapshot: job, camera, label. sample: volume_ml, label. bottle: medium, holds_ml, note.
    What begins on a reactor on which nothing runs takes vessel_holds_ml besides. resolve: key,
    volume_ml, note. calibrate: do and what that needs. start: device, values, repeats,
    density_g_ml, vessel_holds_ml. go, again, abandon: session. answer: session, value. keep:
    session, name, method, degree, valid_for_s, note, activate. import: calibration, activate.
    activate, delete: device, name. machine: do (look | logs | documents | files | file | reboot |
    shutdown | restart | update), limit, under, after (of files), name, offset (of a file),
    while_running. picture: file, offset; answers data (base64) and size_bytes. Or file, have: the
    leader has it now."""


class CommandResult(msgspec.Struct, frozen=True, kw_only=True):
    """On `command/<id>/result`: what came of it."""

    id: str
    outcome: str
    """`model.outcome.Outcome`."""
    reason: str = ""
    result: dict[str, Any] = {}
