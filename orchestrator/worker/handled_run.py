"""A run and what a person does to it by hand: settings, jobs, liquid, bottles.

All of it is written into the run's ledger like what the plan does, passes the same limits, and is
there again after a restart.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from orchestrator.execution.decision import Perform, Wanted
from orchestrator.execution.program import Program
from orchestrator.execution.standing import REPEATABLE
from orchestrator.execution.steer import override, release
from orchestrator.execution.view import RunView
from orchestrator.execution.wanted import AUTOMATION, jobs_of
from orchestrator.jobs.exchanges import exchange
from orchestrator.jobs.job import Exchange
from orchestrator.model.key import RULE_VISIT, ActionKey
from orchestrator.model.ledger import Entry, Kind
from orchestrator.model.outcome import Ending, Outcome
from orchestrator.ports.clock import Clock
from orchestrator.ports.reactor import Reactor
from orchestrator.worker.account import Fluids
from orchestrator.worker.dose import Doser
from orchestrator.worker.guard import Guard, Refusal
from orchestrator.worker.hand_plan import is_by_hand
from orchestrator.worker.performing import Performing
from orchestrator.worker.regulate import Regulate
from orchestrator.worker.run_clock import RunClock
from orchestrator.worker.steered_run import SteeredRun

HAND: Final = "hand"
"""The item in the keys of what a person does."""
HAND_DOSE: Final = f":{HAND}@"
DOSES: Final = frozenset({Kind.DOSE_BEGAN, Kind.DOSE_ENDED})
COMMANDS_MAX: Final = 1000
RUN: Final = "run"
NOBODY_SAID: Final = "a vessel counts as full until somebody says what it holds"
Value = float | bool | str
Told = Callable[[Ending, Mapping[str, Any]], None]


class HandledRun(SteeredRun):
    """What hands may do to a vessel."""

    def __init__(
        self, *, program: Program, view: RunView, run_clock: RunClock, clock: Clock, reactor: str
    ) -> None:
        super().__init__(
            program=program, view=view, run_clock=run_clock, clock=clock, reactor=reactor
        )
        self.by_hand = is_by_hand(program)
        """There is no plan: the run is over when nothing of it is left to do."""
        self.reactor: Reactor
        self.guard: Guard
        self.fluids: Fluids
        self.doser: Doser
        self.performing: Performing
        self.regulate: Regulate
        self._wanted: Wanted | None = None
        self._told: dict[str, Told] = {}
        self.commands: dict[str, str] = {}
        """What hands asked for, by the ledger: id → outcome of its dose, empty until that ended."""

    # ---- settings and jobs

    def override(
        self, setting: str, value: Any, by: str, for_s: float | None, command: str = ""
    ) -> Refusal | None:
        """A person sets something by hand; answers why not, where a limit forbids it."""
        refusal = self.guard.refuse_setting(setting, value)
        if refusal is None:
            self._override({setting: value}, by, for_s, command)
        return refusal

    def let_run(
        self,
        job: str,
        automation: str | None,
        settings: Mapping[str, Value],
        by: str,
        for_s: float | None,
        command: str,
    ) -> Refusal | None:
        """A person lets a job run, with settings and a law of their own; all of it or nothing."""
        named: dict[str, Value] = {f"{job}.{name}": value for name, value in settings.items()}
        if automation is not None:
            named[f"{job}.{AUTOMATION}"] = automation
        for name, value in named.items():
            refusal = self.guard.refuse_setting(name, value)
            if refusal is not None:
                return refusal
        self._override({**named, job: RUN}, by, for_s, command)
        return None

    def plans(self, job: str) -> bool:
        """Whether the plan has the job in the phase at hand, with its settings."""
        return job in jobs_of(self.view)

    def give_back(self, name: str, by: str, command: str) -> bool:
        """A person gives a setting or job back to the plan; False if nobody held it.

        What a job was given when a hand let it run goes with it.
        """
        held = self.view.layers.overrides
        if name not in held:
            return False
        names = [name]
        if held[name].value == RUN:
            names += [each for each in held if each.startswith(f"{name}.")]
        moment = self._now()
        for each in names:
            self._take(release(self.view, each, by, moment), command)
        return True

    def _override(
        self, settings: Mapping[str, Value], by: str, for_s: float | None, command: str
    ) -> None:
        moment = self._now()
        until_s = None if for_s is None else moment.process_s + for_s
        for name, value in settings.items():
            self._take(override(self.view, name, value, by, until_s, moment), command)

    @property
    def settings_known(self) -> dict[str, Value]:
        """Settings of the jobs that are wanted now, by canonical name."""
        return {
            f"{job}.{setting}": value
            for job, each in (self._wanted or {}).items()
            for setting, value in each.settings.items()
        }

    # ---- actions

    def dose(self, volume_ml: float, medium: str, by: str, command: str, told: Told) -> None:
        """A person wants liquid put in; `told` hears how it ended."""
        self._exchange(Exchange(remove_ml=0.0, add_ml=volume_ml, medium=medium), by, command, told)

    def dilute(self, volume_ml: float, medium: str, by: str, command: str, told: Told) -> None:
        """As much is taken out as is put in."""
        wanted = exchange(self.fluids.view(), volume_ml, medium=medium, key="", cause="")
        self._exchange(wanted, by, command, told)

    def perform(
        self, action: str, args: Mapping[str, Any], by: str, command: str, told: Told
    ) -> None:
        """Have a job carry out a single action, which is on record as those of the plan are."""
        key = self._hand_key(command)
        self._now()
        self._told[str(key)] = told
        begun = {"action": action, "detail": _detail(action, args, by), "args": dict(args)}
        self.page.note(Kind.ACTION_BEGAN, str(key), **begun, by=by, command=command)
        is_safe = action in REPEATABLE
        self.performing.begin(Perform(key=key, action=action, args=args, repeatable=is_safe))
        self._act()

    def sample(self, volume_ml: float, label: str, by: str, command: str) -> str:
        """A person has taken a sample; answers why that cannot be."""
        most_ml = self.fluids.volume_ml_max
        if volume_ml > most_ml:
            return f"{volume_ml:g} mL cannot have been taken: {most_ml:g} mL is the most there was"
        reason = f"sample {label}".rstrip()
        self._count(volume_ml=volume_ml, by=by, reason=reason, command=command)
        return ""

    def holds(self, volume_ml: float, by: str, command: str) -> None:
        """A person says what is in the vessel, where it is not as the account has it."""
        taken_ml = self.fluids.volume_ml_max - min(volume_ml, self.reactor.spec.capacity_ml)
        if taken_ml:
            reason = f"it holds {volume_ml:g} mL"
            self._count(volume_ml=taken_ml, by=by, reason=reason, command=command)

    def change_bottle(self, medium: str, holds_ml: float, by: str, note: str, command: str) -> str:
        """A person put another bottle there (of waste: emptied it to so much room)."""
        left_ml = self.fluids.left_ml(medium)
        if left_ml is None:
            known = ", ".join(sorted(self.fluids.bottles_ml)) or "none of which anybody said so"
            return f"{self.vessel} has no bottle of {medium}; there is {known}"
        more_ml = holds_ml - left_ml
        self._count(
            volume_ml=holds_ml, bottle=medium, more_ml=more_ml, by=by, reason=note, command=command
        )
        return ""

    def resolve(self, key: str, volume_ml: float, by: str, reason: str, command: str) -> str:
        """A person says what really moved in an unknown dose; answers why that cannot be taken."""
        unknown = self.fluids.unresolved.get(key)
        if unknown is None:
            return f"no dose of {self.vessel} called {key} waits to be resolved"
        if not 0.0 <= volume_ml <= self.reactor.spec.capacity_ml:
            return f"{volume_ml:g} mL cannot be: the vessel holds {self.reactor.spec.capacity_ml:g}"
        data = unknown.data
        about = {name: data[name] for name in ("pump", "medium", "direction")}
        said = {"volume_ml": volume_ml, "counted_ml": data["volume_ml"], "by": by, "reason": reason}
        self._now()
        self.page.note(Kind.DOSE_RESOLVED, key, **about, **said, command=command)
        self._act()
        return ""

    def tell_hand(self, key: str, ending: Ending, result: Mapping[str, Any]) -> None:
        """What a person asked for has ended."""
        told = self._told.pop(key, None)
        if self.by_hand and ending.outcome is Outcome.REFUSED:
            ending = replace(ending, reason=f"{ending.reason} ({NOBODY_SAID})")
        if told is not None:
            told(ending, result)
        if self.by_hand:
            self.end_if_through()

    # ---- a run without a plan

    def end_if_through(self) -> None:
        """End the run once the present turn is over, if hands have left nothing going."""
        asyncio.get_running_loop().call_soon(self._end_if_through)

    def _end_if_through(self) -> None:
        going = any(each.value == RUN for each in self.view.layers.overrides.values())
        if going or self.view.ended or self.doser.busy or self.performing.any:
            return
        self.control("finished", self.view.control_seq + 1, HAND)

    # ---- helpers

    def _exchange(self, wanted: Exchange, by: str, command: str, told: Told) -> None:
        key = str(self._hand_key(command))
        self._told[key] = told
        named = Exchange(
            remove_ml=wanted.remove_ml,
            add_ml=wanted.add_ml,
            medium=wanted.medium,
            key=key,
            cause=f"by hand: {by}",
        )
        self.doser.ask(named)

    def _count(self, **said: Any) -> None:
        self._now()
        self.page.note(Kind.ACCOUNT, None, **said)
        self._act()

    def _remember_command(self, entry: Entry) -> None:
        """Fold an entry into what hands asked for."""
        id_, outcome = entry.data.get("command"), ""
        if entry.kind in DOSES:
            id_ = (entry.key or "").partition(HAND_DOSE)[2].partition("/")[0]
            outcome = entry.data.get("outcome", "")
        if not id_:
            return
        self.commands[id_] = outcome or self.commands.get(id_, "")
        if len(self.commands) > COMMANDS_MAX:
            del self.commands[next(iter(self.commands))]

    def _hand_key(self, command: str) -> ActionKey:
        return ActionKey(
            attempt=self.program.attempt,
            vessel=self.vessel,
            visit=RULE_VISIT,
            item=HAND,
            occurrence=command,
        )


def _detail(action: str, args: Mapping[str, Any], by: str) -> str:
    said = ", ".join(f"{value}" for value in args.values() if value not in ("", None))
    return " ".join(filter(None, (action, said, f"by hand: {by}")))
