"""Bring what happened outside to the runs that wait for it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping

from orchestrator.leader.command import Command
from orchestrator.messages.orders import CommandResult
from orchestrator.model.awaited import awaited
from orchestrator.model.experiment import State
from orchestrator.model.outcome import Outcome
from orchestrator.ports.office import NoAnswer, OutsideEvent, RequestRefused
from orchestrator.ports.records import Experiment, Run
from orchestrator.ports.store import NotFound, Store

PAGE = 200
GOES_ON = (State.RUNNING, State.PAUSED)


class Bring:
    """One event to each vessel with a rule that starts on it."""

    def __init__(self, store: Store, command: Command) -> None:
        self._store, self._command = store, command

    async def to_experiment(
        self, experiment: str, event: OutsideEvent, *, by: str, vessel: str | None = None
    ) -> Mapping[str, CommandResult]:
        """What each vessel's worker said.

        Raises:
            NotFound: there is no such experiment, or nothing in it starts on this.
            RequestRefused: it does not run.
        """
        found = await self._store.experiment(experiment)
        if found is None:
            raise NotFound(f"there is no experiment {experiment}")
        vessels = [one for one in await self._waiting(found, event) if vessel in (None, one)]
        if not vessels:
            where = "" if vessel is None else f" of {vessel}"
            raise NotFound(f"no rule{where} starts on the {event.kind} {event.name!r}")
        if found.state not in GOES_ON:
            raise RequestRefused(f"the experiment is {found.state.value}: nothing would start")
        return await self._bring(found, vessels, event, by)

    async def to_all(self, event: OutsideEvent, *, by: str) -> Mapping[str, CommandResult]:
        """The same for every experiment that goes on, by `experiment/vessel`.

        Raises:
            NotFound: nothing that goes on starts on this.
        """
        said: dict[str, CommandResult] = {}
        cursor: str | None = None
        while True:
            page = await self._store.experiments(states=GOES_ON, limit=PAGE, cursor=cursor)
            for each in page.items:
                vessels = await self._waiting(each, event)
                answers = await self._bring(each, vessels, event, by)
                said |= {f"{each.id}/{vessel}": answer for vessel, answer in answers.items()}
            cursor = page.next
            if cursor is None:
                break
        if not said:
            raise NotFound(f"nothing that runs starts on the {event.kind} {event.name!r}")
        return said

    async def _waiting(self, experiment: Experiment, event: OutsideEvent) -> list[str]:
        documents = await self._store.documents(experiment.id)
        if documents is None:
            return []
        plan = json.loads(documents.plan_json)
        return awaited(plan).get((event.kind, event.name), [])

    async def _bring(
        self, experiment: Experiment, vessels: list[str], event: OutsideEvent, by: str
    ) -> dict[str, CommandResult]:
        runs = await self._store.runs(experiment=experiment.id, open_only=True)
        there = [run for run in runs if run.attempt == experiment.attempt and run.vessel in vessels]
        said = await asyncio.gather(*(self._to_run(run, event, by) for run in there))
        return {run.vessel: each for run, each in zip(there, said, strict=True)}

    async def _to_run(self, run: Run, event: OutsideEvent, by: str) -> CommandResult:
        """An unreachable worker is no reason not to tell the others."""
        if run.binding is None:
            return _unsure("", Outcome.REFUSED, f"nobody knows which worker runs {run.vessel}")
        args = {
            "event": event.kind,
            "name": event.name,
            "payload": event.payload,
            "id": event.id,
        }
        try:
            return await self._command.ask(
                run.binding.worker,
                "event",
                args,
                by=by,
                reactor=run.binding.reactor,
                attempt=run.attempt,
                vessel=run.vessel,
            )
        except (NotFound, RequestRefused) as error:
            return _unsure(event.id, Outcome.REFUSED, str(error))
        except NoAnswer as error:
            return _unsure(event.id, Outcome.UNKNOWN, str(error))


def _unsure(id_: str, outcome: Outcome, reason: str) -> CommandResult:
    return CommandResult(id=id_, outcome=outcome.value, reason=reason)
