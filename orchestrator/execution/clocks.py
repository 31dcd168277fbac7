"""A run's clocks, all derived from process time (SEMANTICS rules 6 and 8)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Clocks:
    """Elapsed and phase time; both stand while the vessel is paused, while its phase says
    `hold_while`, and after the end."""

    stood_s: float = 0.0
    """Sum of the pauses and holds that are over."""
    paused_at_s: float | None = None
    held_at_s: float | None = None
    ended_at_s: float | None = None
    entered_s: float | None = None
    """Elapsed seconds at which the current phase was entered, by right."""
    left_s: float | None = None
    """Elapsed seconds at which it was left, while the next one waits for peers."""
    last_pause: tuple[float, float] | None = None
    """The newest pause that is over, in process seconds."""

    def elapsed_s(self, process_s: float) -> float:
        """The experiment's clock."""
        now_s = process_s
        if self.ended_at_s is not None and self.ended_at_s < now_s:
            now_s = self.ended_at_s
        if self.paused_at_s is not None and self.paused_at_s < now_s:
            now_s = self.paused_at_s
        if self.held_at_s is not None and self.held_at_s < now_s:
            now_s = self.held_at_s
        return now_s - self.stood_s

    @property
    def stand(self) -> bool:
        """Whether time does not go on now."""
        return self.paused_at_s is not None or self.held_at_s is not None

    def phase_s(self, process_s: float) -> float:
        """The current phase's clock."""
        if self.entered_s is None:
            return 0.0
        elapsed_s = self.elapsed_s(process_s)
        return (elapsed_s if self.left_s is None else min(elapsed_s, self.left_s)) - self.entered_s

    def process_s(self, elapsed_s: float, now_s: float) -> float:
        """When, in process time, the experiment's clock shows a time, if nothing stops it."""
        return now_s + (elapsed_s - self.elapsed_s(now_s))

    def hold(self, process_s: float) -> None:
        """Stand still while a condition holds."""
        self.held_at_s = process_s

    def free(self, process_s: float) -> float:
        """Go on after a hold; answers how long it was."""
        held_s = 0.0 if self.held_at_s is None else max(0.0, process_s - self.held_at_s)
        self.stood_s += held_s
        self.held_at_s = None
        return held_s

    def pause(self, process_s: float) -> None:
        """Stand still."""
        self.paused_at_s = process_s

    def resume(self, process_s: float) -> None:
        """Go on."""
        if self.paused_at_s is not None:
            self.last_pause = (self.paused_at_s, process_s)
            self.stood_s += process_s - self.paused_at_s
            self.paused_at_s = None

    def was_paused(self, process_s: float) -> bool:
        """Whether a moment lies within the newest pause."""
        return self.last_pause is not None and self.last_pause[0] <= process_s < self.last_pause[1]
