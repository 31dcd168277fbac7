"""See how the queue stands: from the store and from what workers say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from orchestrator.leader.lasting import Lasting, expected, lasting
from orchestrator.leader.needs import needs_of_json
from orchestrator.leader.orders import plan_of
from orchestrator.leader.preflight import BottleFact, Facts, in_the_way, preflight
from orchestrator.leader.presence import Presences
from orchestrator.leader.queue import look_at_queue
from orchestrator.leader.room_left import REFUSE_MIB, WARN_MIB, RoomLeft
from orchestrator.leader.situation import Place, Rules, Situation, Start, Wait, Waiting
from orchestrator.model.experiment import State, TransitionRefused
from orchestrator.ports.clock import Clock
from orchestrator.ports.records import Binding, Documents, Experiment
from orchestrator.ports.statistics import Expected
from orchestrator.ports.store import NotFound, Store

GOING = (State.RUNNING, State.PAUSED)
OPEN = (State.QUEUED, *GOING)
PAST_MAX = 200
"""Completed ones that are looked through for runs of the same plan."""


class Survey:
    """Gathers; deciding is for others."""

    def __init__(
        self, store: Store, clock: Clock, presences: Presences, room_left: RoomLeft, rules: Rules
    ) -> None:
        self._store, self._clock, self._presences = store, clock, presences
        self._room_left, self._rules = room_left, rules

    async def situation(self, open_ones: Sequence[Experiment]) -> Situation:
        """Of all that is open."""
        runs = await self._store.runs(open_only=True)
        owners = {each.id: each.actor for each in open_ones}
        hold = await self._store.queue_hold()
        now, free_mib = self._clock.now(), await self._room_left.free_mib()
        occupied = [(run.binding, run.experiment) for run in runs if run.binding]
        return Situation(
            waiting=[
                waiting
                for each in open_ones
                if each.state is State.QUEUED
                and (waiting := await self._waiting(each, free_mib)) is not None
            ],
            places=self._presences.places(occupied),
            now_wall_s=now.wall_s,
            vessels_of=Counter(owners[run.experiment] for run in runs if run.experiment in owners),
            open_of=Counter(each.actor for each in open_ones),
            hold=hold.note if hold else None,
            rules=self._rules,
        )

    async def facts(self, experiment: Experiment, situation: Situation) -> Facts:
        """All that a preflight goes by, with the reactors that it would take now."""
        documents = await self._store.documents(experiment.id)
        if documents is None:
            raise NotFound(f"nothing is kept of {experiment.id}")
        decided = look_at_queue(situation)
        decision = next((one for one in decided if one.experiment == experiment.id), None)
        if decision is None:
            raise TransitionRefused(f"{experiment.id} does not wait any more")
        clocks = {one.worker: one.state.clock for one in self._presences if one.state}
        return replace(
            await self._facts(experiment, documents, await self._room_left.free_mib()),
            places={place.binding: place for place in situation.places},
            bindings=decision.bindings if isinstance(decision, Start) else None,
            waits_for=decision.reason if isinstance(decision, Wait) else "",
            worker_clocks=clocks,
            outbox_room={
                one.worker: one.state.outbox_room
                for one in self._presences
                if one.state is not None and one.state.outbox_room is not None
            },
            expires_wall_s=expiries_of(situation.places),
        )

    async def _facts(
        self, experiment: Experiment, documents: Documents, free_mib: int | None
    ) -> Facts:
        """Those that hold wherever it runs."""
        plan = plan_of(documents.plan_json)
        rehearsal = await self._store.rehearsal(documents.plan_hash)
        return Facts(
            needs=needs_of_json(plan),
            places={},
            bindings=None,
            bottles=bottles_of(plan, rehearsal),
            rehearsed=rehearsal is not None,
            free_mib=free_mib,
            warn_mib=WARN_MIB,
            refuse_mib=REFUSE_MIB,
            clock_trusted=self._clock.now().trusted,
            now_wall_s=self._clock.now().wall_s,
            accepted=frozenset(experiment.terms.accepted),
        )

    async def lasts(self, open_ones: Sequence[Experiment]) -> Mapping[str, Lasting]:
        """How long each lasts, or still will."""
        past = await self._past()
        now_s = self._clock.now().wall_s
        found: dict[str, Lasting] = {}
        for each in open_ones:
            documents = await self._store.documents(each.id)
            if documents is None:
                continue
            whole = await self._whole(plan_of(documents.plan_json), documents.plan_hash, past)
            found[each.id] = whole
            if each.state is State.PAUSED:
                found[each.id] = Lasting(least_s=0.0, basis="it is paused")
            elif each.started_wall_s is not None:
                found[each.id] = whole.after(now_s - each.started_wall_s)
        return found

    async def expected(self, experiment: Experiment) -> Expected:
        """How long one that starts now should last, by what is known of its like."""
        documents = await self._store.documents(experiment.id)
        if documents is None:
            return Expected()
        plan = plan_of(documents.plan_json)
        return expected(plan, await self._whole(plan, documents.plan_hash, await self._past()))

    async def _past(self) -> Sequence[Experiment]:
        return (await self._store.experiments(states=[State.COMPLETED], limit=PAST_MAX)).items

    async def _whole(
        self, plan: Mapping[str, Any], plan_hash: str, past: Sequence[Experiment]
    ) -> Lasting:
        """From its begin to its end."""
        rehearsal = await self._store.rehearsal(plan_hash)
        return lasting(
            plan,
            rehearsed_s=rehearsal["duration_s"] if rehearsal else None,
            completed_s=[
                one.ended_wall_s - one.started_wall_s
                for one in past
                if one.plan_hash == plan_hash
                and one.started_wall_s is not None
                and one.ended_wall_s is not None
            ],
        )

    async def open_ones(self, states: Collection[State] = OPEN) -> list[Experiment]:
        """Oldest first."""
        found: list[Experiment] = []
        cursor: str | None = None
        while True:
            page = await self._store.experiments(states=states, limit=200, cursor=cursor)
            found += page.items
            cursor = page.next
            if cursor is None:
                return found[::-1]

    async def _waiting(self, experiment: Experiment, free_mib: int | None) -> Waiting | None:
        documents = await self._store.documents(experiment.id)
        if documents is None:
            return None
        terms = experiment.terms
        due_s = terms.not_before_wall_s
        asleep = "the leader's clock is not synchronised, so nothing starts at a time of day"
        facts = await self._facts(experiment, documents, free_mib)
        obstacle = in_the_way(preflight(facts))
        return Waiting(
            experiment=experiment.id,
            owner=experiment.actor,
            needs=needs_of_json(plan_of(documents.plan_json)),
            asked=terms.asked,
            priority=terms.priority,
            place=experiment.place,
            since_wall_s=max(experiment.created_wall_s, due_s or 0.0),
            not_before_wall_s=due_s,
            hold=terms.hold,
            again=bool(terms.every),
            obstacle=asleep if due_s is not None and not facts.clock_trusted else obstacle,
        )


def expiries_of(places: Iterable[Place]) -> dict[tuple[Binding, str], float]:
    """(reactor, device) → until when its calibration holds, as workers said."""
    return {
        (place.binding, device): until_s
        for place in places
        if (report := place.capabilities.reactors.get(place.binding.reactor)) is not None
        for device, until_s in report.expires.items()
    }


def bottles_of(
    plan: Mapping[str, Any], rehearsal: Mapping[str, Any] | None
) -> tuple[BottleFact, ...]:
    """The bottles of all vessels, with what a rehearsal moved."""
    moved = {
        (each["vessel"], each["medium"]): each for each in (rehearsal or {}).get("bottles", ())
    }
    return tuple(
        BottleFact(
            vessel=vessel["vessel"],
            medium=bottle["medium"],
            volume_ml=bottle["volume_ml"],
            moved_ml=known["moved_ml"] if known else None,
            through_s=known["through_s"] if known else None,
        )
        for vessel in plan["vessels"]
        for bottle in vessel.get("media", ())
        for known in [moved.get((vessel["vessel"], bottle["medium"]))]
    )
