"""The life of an experiment and of a vessel's run within it, as tables."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """What an experiment, or one vessel's run of it, is doing."""

    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


NEXT: dict[tuple[State, str], State] = {
    (State.QUEUED, "start"): State.RUNNING,
    (State.QUEUED, "cancel"): State.CANCELLED,
    (State.RUNNING, "pause"): State.PAUSED,
    (State.PAUSED, "resume"): State.RUNNING,
    (State.RUNNING, "complete"): State.COMPLETED,
    (State.RUNNING, "fail"): State.FAILED,
    (State.PAUSED, "fail"): State.FAILED,
    (State.RUNNING, "cancel"): State.CANCELLED,
    (State.PAUSED, "cancel"): State.CANCELLED,
}
"""What is not listed is refused."""

ENDED = frozenset({State.COMPLETED, State.FAILED, State.CANCELLED})


class TransitionRefused(ValueError):
    """The table has no such move."""


def move(state: State, verb: str) -> State:
    """The state after `verb`.

    Raises:
        TransitionRefused: naming both the state and the verb.
    """
    try:
        return NEXT[state, verb]
    except KeyError:
        raise TransitionRefused(f"a {state} experiment cannot {verb}") from None
