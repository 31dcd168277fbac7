"""The laws of plugins: each is stepped beside the job that follows it, and acts through it."""

from __future__ import annotations

from collections.abc import Callable

from orchestrator.execution.decision import Wanted
from orchestrator.jobs.job import Advised, Command, Drive, Event, Exchange, Exchanged
from orchestrator.worker.running import Running


class Laws:
    """Which there are, and whom each leads."""

    def __init__(self, known: Callable[[str], bool]) -> None:
        """`known` tells whether there is a law of such a name, `dosing.gentle`."""
        self._known = known
        self._is_law: dict[str, bool] = {}
        self._leads: dict[str, str] = {}
        """law → job"""

    def add_to(self, wanted: Wanted) -> Wanted:
        """Want with each job the law that it follows, which sees the same settings."""
        laws = {}
        for job, each in wanted.items():
            if each.automation is None:
                continue
            name = f"{job}.{each.automation}"
            if name not in self._is_law:
                self._is_law[name] = self._known(name)
            if self._is_law[name]:
                self._leads[name] = job
                laws[name] = each
        return {**wanted, **laws} if laws else wanted

    def leads(self, name: str) -> str:
        """The job that follows a law; empty for what is no law."""
        return self._leads.get(name, "")

    def law_of(self, running: Running | None) -> str:
        """The law that a job follows now, if it follows one."""
        if not self._leads or running is None or running.wanted.automation is None:
            return ""
        name = f"{running.name}.{running.wanted.automation}"
        return name if name in self._leads else ""


def wishes(law: str, commands: tuple[Command, ...]) -> Advised | None:
    """What its job is told of what a law answered; None where it wants nothing new."""
    wants = tuple(each for each in commands if isinstance(each, Exchange | Drive))
    return Advised(law=law.partition(".")[2], wants=wants) if wants else None


def silence(law: str) -> Advised:
    """What its job is told when a law is gone."""
    return Advised(law=law.partition(".")[2])


def concerns_law(event: Event) -> bool:
    """Whether a law hears of what its job is told: how an exchange ended."""
    return isinstance(event, Exchanged)
