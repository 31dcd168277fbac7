"""Settings on their way to the jobs: what a limit forbids does not pass, the rest is shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from orchestrator.execution.decision import JobWanted, Wanted
from orchestrator.worker.guard import Guard, Refusal

MOVING_S = 60.0
"""A ramp shows so often."""
MEASURED: Final = frozenset({"dosing.dilution_rate"})
"""Settings that bear the name of something measured: what is measured is shown."""
STANDING_S = 600.0
"""A value that stands is told again so often, so that a chart knows it still holds."""


@dataclass(slots=True)
class Shown:
    """How a setting was last told."""

    value: float
    at_s: float
    pending: float | None = None


class Setpoints:
    """Which settings are news."""

    def __init__(self) -> None:
        self._shown: dict[str, Shown] = {}
        self._moving = False
        self._wanted: Wanted | None = None
        self.due_s = float("-inf")
        """When there may be news though nothing else is wanted."""

    def news(self, wanted: Wanted, now_s: float) -> dict[str, float]:
        """Numeric settings to publish now, by canonical name."""
        if wanted is self._wanted and now_s < self.due_s:
            return {}
        self._wanted, self._moving = wanted, False
        due_s = now_s + STANDING_S
        found = {}
        for name, value in _numbers(wanted):
            if self._is_news(name, value, now_s):
                found[name] = value
                self._shown[name] = Shown(value, now_s)
            due_s = min(due_s, self._shown[name].at_s + STANDING_S)
        self.due_s = now_s if self._moving else due_s
        return found

    def _is_news(self, name: str, value: float, now_s: float) -> bool:
        shown = self._shown.get(name)
        if shown is None or now_s >= shown.at_s + STANDING_S:
            return True
        if value == shown.value:
            return False
        settled = value == shown.pending
        if settled or now_s >= shown.at_s + MOVING_S:
            return True
        self._moving, shown.pending = True, value
        return False


class Allowed:
    """Replaces what a limit forbids by the last value that it allowed."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._last: dict[str, float | bool | str] = {}
        self.refusals: dict[str, Refusal] = {}
        """Settings that are refused now, by canonical name,"""
        self.news: dict[str, Refusal] = {}
        """and those of them that were not before."""

    def filter(self, wanted: Wanted) -> Wanted:
        """The same mapping if nothing in it is forbidden."""
        before, self.refusals = self.refusals, {}
        replaced: dict[str, JobWanted] = {}
        for job in self._guard.guarded_jobs:
            each = wanted.get(job)
            if each is not None:
                settings = self._settings(job, each.settings)
                if settings is not each.settings:
                    replaced[job] = replace(each, settings=settings)
        self.news = {name: why for name, why in self.refusals.items() if name not in before}
        return {**wanted, **replaced} if replaced else wanted

    def _settings(
        self, job: str, settings: Mapping[str, float | bool | str]
    ) -> Mapping[str, float | bool | str]:
        for setting in self._guard.guarded_settings(job):
            if setting not in settings:
                continue
            name = f"{job}.{setting}"
            refusal = self._guard.refuse_setting(name, settings[setting])
            if refusal is None:
                self._last[name] = settings[setting]
                continue
            self.refusals[name] = refusal
            settings = {key: value for key, value in settings.items() if key != setting}
            if name in self._last:
                settings = {**settings, setting: self._last[name]}
        return settings


def _numbers(wanted: Wanted) -> Iterator[tuple[str, float]]:
    for job, each in wanted.items():
        for setting, value in each.settings.items():
            name = f"{job}.{setting}"
            if isinstance(value, bool | str) or name in MEASURED:
                continue
            yield name, float(value)
