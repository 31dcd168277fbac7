"""How long the leader waits for things, in seconds of the room."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Tests shorten these; nobody else needs to."""

    gather_s: float = 0.002
    """Batches that arrive within so long share a commit."""
    watch_s: float = 1.0
    """Between two looks at who is there."""
    lost_after_s: float = 30.0
    """A worker that is gone for so long is an alert."""
    silent_after_s: float = 90.0
    """So is one that runs something and says nothing, though nobody told us that it is gone."""
    report_grace_s: float = 10.0
    """A run that a worker reports as over gets so long to tell why through its ledger."""
    keep_state_s: float = 20.0
    """A worker's state is kept when it changes, and so often if it does not."""
    command_s: float = 8.0
    """For a worker to answer a command."""
    pour_s: float = 25.0
    """For one that moves liquid, which it answers when that is through."""
    collect_s: float = 5.0
    """Between two looks for pictures that wait on their workers."""
    check_s: float = 60.0
    """For a profile to be checked."""
    live_s: float = 0.2
    """Between two live values of a signal."""
    retry_s: float = 0.5
    """Before the first new attempt at what did not work; later ones wait longer."""
    retry_s_max: float = 30.0
    repeat_alert_s: float = 600.0
    """The same alert is not sent twice within so long."""
    past_store_s: float = 3600.0
    """Nor is, along one route, that the store cannot be written."""
    refusing_s: float = 60.0
    """A store that took nothing for so long is written again once it takes something."""
    notify_s: float = 60.0
    """For a notification to go out."""
    notify_retry_s_max: float = 600.0
    notify_look_s: float = 60.0
    """Clocks are set: what waits for a moment is looked at so often."""
