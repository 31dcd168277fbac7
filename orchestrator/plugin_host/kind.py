"""A kind of calibration of a plugin; its fit is asked for once, when a session is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import isfinite
from typing import Final

from orchestrator.control.calibration.fit import NotFitted
from orchestrator.jobs.guest import JobLost
from orchestrator.model.calibration import Comparable, Point
from orchestrator.plugin_host.once import ask_once
from orchestrator.plugin_host.process import GuestProcess
from orchestrator.plugin_host.wire import Fit, Laid, answer_of, pack

POINTS_MAX: Final = 200


class HostedKind:
    """`ports.plugin_kind.PluginKind` by a plugin's document, and a class of it that fits."""

    def __init__(
        self,
        name: str,
        device: str,
        compared: Comparable,
        start: Callable[[], GuestProcess],
        within_s: float,
    ) -> None:
        self.name, self.device, self.compared = name, device, compared
        self._start, self._within_s = start, within_s

    async def fit(self, points: Sequence[Point]) -> tuple[Point, ...]:
        """As the port says."""
        asked = Fit([(point.raw, point.actual) for point in points])
        try:
            said = answer_of(await ask_once(self._start, pack(asked), self._within_s))
        except JobLost as lost:
            raise NotFitted(f"the plugin that fits {self.name} has no curve: {lost}") from lost
        if not isinstance(said, Laid):
            raise NotFitted(f"the plugin that fits {self.name} answers something else")
        if len(said.points) > POINTS_MAX:
            raise NotFitted(f"a curve has {POINTS_MAX} points at the most, not {len(said.points)}")
        if not all(isfinite(each) for point in said.points for each in point):
            raise NotFitted("its curve has a point that is no number")
        return tuple(Point(raw=raw, actual=actual) for raw, actual in said.points)
