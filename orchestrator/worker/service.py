"""The worker as a service: it runs vessels with or without a network, and leaves them safe."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from functools import partial
from typing import Any
from uuid import uuid4

import msgspec

from orchestrator.execution.decision import Announce
from orchestrator.jobs.guest import Invitation
from orchestrator.jobs.job import Job
from orchestrator.jobs.registry import job_named
from orchestrator.messages import topics
from orchestrator.messages.calibrations import CalibrationsMessage
from orchestrator.messages.orders import CommandMessage, CommandResult, PlanAnswer, PlanMessage
from orchestrator.messages.outbox import LogRecord
from orchestrator.messages.reports import (
    AnnounceMessage,
    Capabilities,
    LogMessage,
    RunReport,
    StopReport,
)
from orchestrator.model.ledger import Entry
from orchestrator.ports.album import Album
from orchestrator.ports.clock import Clock, Instant
from orchestrator.ports.journal import Journal
from orchestrator.ports.link import Link
from orchestrator.ports.machine import Machine
from orchestrator.ports.plugin_kind import PluginKind
from orchestrator.ports.plugin_test import PluginTest
from orchestrator.ports.reactor import Reactor, ReactorSpec
from orchestrator.worker.cabinet import Cabinet
from orchestrator.worker.calibrate import Calibrate
from orchestrator.worker.correspond import Correspondence
from orchestrator.worker.follow import Follow
from orchestrator.worker.hand_acts import Hands
from orchestrator.worker.listen import Listen
from orchestrator.worker.live import Live
from orchestrator.worker.no_album import NoAlbum
from orchestrator.worker.obey import Obey
from orchestrator.worker.outbox import Heard, Outbox
from orchestrator.worker.peers import Peers
from orchestrator.worker.report import Report, capabilities
from orchestrator.worker.self_tests import SelfTests
from orchestrator.worker.tend_machine import TendMachine
from orchestrator.worker.unit import VesselUnit
from orchestrator.worker.vessels import Vessels

logger = logging.getLogger(__name__)


class Worker:
    """Owns the reactors it is given, and enters the link; whoever opened the journal closes it.

    Without a link it runs what its journal knows and what `take` is given: a rehearsal.
    """

    def __init__(
        self,
        name: str,
        *,
        clock: Clock,
        journal: Journal,
        reactors: Mapping[str, Reactor],
        link: Link | None = None,
        jobs: Callable[[str], Job[Any] | Invitation] = job_named,
        album: Album | None = None,
        guests: Sequence[str] = (),
        laws: Sequence[str] = (),
        version: str = "",
        tags: Sequence[str] = (),
        simulated: bool = False,
        plugins: Mapping[str, str] | None = None,
        own_tests: Sequence[PluginTest] = (),
        own_kinds: Sequence[PluginKind] = (),
        session: str = "",
        hung: str = "",
        heard_time: Heard | None = None,
        machine: Machine | None = None,
    ) -> None:
        """`session` names this process among those before and after it; drawn if not given.

        `guests` and `laws` are the names that `jobs` knows besides the built-in ones; `plugins` are
        by name and version, `own_tests` and `own_kinds` the self-tests and kinds of calibration
        that they bring.

        `hung` is where the process before this one stood when it was ended, since it hung;
        `heard_time` hears of the leader's clock.
        """
        self.name, self.session = name, session or uuid4().hex
        self.ready = asyncio.Event()
        self._clock, self._journal, self._reactors, self._link = clock, journal, reactors, link
        self._live: Live | None = None
        self._report: Report | None = None
        self._correspondence: Correspondence | None = None
        self._listen: Listen | None = None
        self.vessels = Vessels(
            clock=clock,
            journal=journal,
            reactors=reactors,
            jobs=jobs,
            album=album or NoAlbum(),
            began=self._began,
            revised=self._revised,
            announce=self._announce,
            say=self._say,
            changed=self._changed,
        )
        journal.on_loss(self._lost_entries)
        self._lost: set[str] = set()
        """Runs of which the ledger lacks something."""
        self._hung, self._heard_time = hung, heard_time
        self._stop_wanted = asyncio.Event()
        self._stop_by = ""
        self._peers = Peers(self.vessels, self._tell_peers)
        self._follow = Follow(self.vessels, journal)
        self.cabinet = Cabinet(journal, reactors, self._recalibrated, self._say, own_kinds)
        self.calibrate = Calibrate(
            worker=name,
            clock=clock,
            journal=journal,
            vessels=self.vessels,
            cabinet=self.cabinet,
            tell=self._tell_calibrations,
        )
        self.self_tests = SelfTests(
            clock=clock,
            journal=journal,
            vessels=self.vessels,
            comparing=self.calibrate.is_acting,
            changed=self.calibrate.tell,
            own=own_tests,
        )
        self.calibrate.is_tested = self.self_tests.is_under_way
        self.calibrate.self_tests = lambda: self.self_tests.records
        self.vessels.gives_way = self._give_way
        self._obey = Obey(
            session=self.session,
            clock=clock,
            vessels=self.vessels,
            calibrate=self.calibrate,
            hands=Hands(name, self.vessels, jobs),
            self_tests=self.self_tests,
            machine=TendMachine(machine, clock.now, self.runs, self.make_safe),
            reply=self._reply,
        )
        self._asked: dict[str, asyncio.Future[CommandResult]] = {}
        self._offer: Callable[[], Capabilities] = lambda: capabilities(
            name, version, self._specs(), tags, simulated, guests, plugins, laws, own_kinds
        )
        if link is not None:
            self._join(link)

    async def serve(self) -> None:
        """Run until cancelled; whatever happens, leave the vessels safe."""
        async with AsyncExitStack() as network, AsyncExitStack() as safety:
            safety.push_async_callback(self._make_safe)
            async with asyncio.TaskGroup() as tasks:
                await self._follow.remember()
                await self.calibrate.remember()
                await self.self_tests.remember()
                await self.vessels.resume(tasks)
                self._tell_of_hang()
                tasks.create_task(self._stop_on_press(), name="stop on a press")
                if self._link is not None and self._correspondence is not None:
                    await network.enter_async_context(self._link)
                    network.push_async_callback(self._correspondence.say_goodbye)
                    self._correspondence.start(tasks)
                self.ready.set()
                await asyncio.Event().wait()

    async def take(self, message: PlanMessage) -> PlanAnswer:
        """What the leader wants run; durable on return."""
        return await self._follow.take(message)

    def runs(self) -> list[RunReport]:
        """Where each run stands."""
        return [unit.report() for unit in self.vessels.units]

    async def emergency_stop(self, by: str) -> str:
        """Everything off on every reactor; answers why, if one did not confirm."""
        return await self.vessels.stop_everything([*self._reactors], by)

    async def release_stop(self, by: str) -> str:
        """Let all reactors be used again; answers what went wrong, if anything."""
        return await self.vessels.release([*self.stopped], by)

    @property
    def stopped(self) -> Mapping[str, StopReport]:
        """Reactors that stand still until somebody releases them."""
        return self.vessels.stops.stopped

    async def command(
        self, name: str, args: Mapping[str, Any], *, by: str, reactor: str = "", id_: str = ""
    ) -> CommandResult:
        """Do what a person at this machine asks for; known by its id, however often it is sent.

        Raises:
            msgspec.ValidationError: there is no such command.
        """
        plain = {
            "id": id_ or uuid4().hex[:16],
            "session": self.session,
            "sent_wall_s": self._clock.now().wall_s,
            "by": by,
            "name": name,
            "reactor": reactor,
            "args": dict(args),
        }
        message = msgspec.convert(plain, CommandMessage)
        answer = self._asked.get(message.id)
        if answer is None:
            answer = self._asked[message.id] = asyncio.get_running_loop().create_future()
            answer.add_done_callback(lambda _: self._asked.pop(message.id, None))
        self._obey.take(message)
        return await asyncio.shield(answer)

    def capabilities(self) -> Capabilities:
        """What it has."""
        return self._offer()

    def calibrations(self) -> CalibrationsMessage:
        """What its devices were compared with."""
        return self.calibrate.message()

    def instant(self) -> Instant:
        """Its time."""
        return self._clock.now()

    async def make_safe(self) -> str:
        """Every output off for now; answers which did not confirm it."""
        return await self.vessels.make_safe(self._reactors)

    def pressed(self, by: str) -> None:
        """A button of this machine was pressed, perhaps before anything runs here."""
        self._stop_by = by
        self._stop_wanted.set()

    async def _stop_on_press(self) -> None:
        while True:
            await self._stop_wanted.wait()
            self._stop_wanted.clear()
            if trouble := await self.emergency_stop(self._stop_by):
                self._say(trouble)

    def _tell_of_hang(self) -> None:
        """The process before this one hung, and was ended: say where, to those who wonder why."""
        if not self._hung:
            return
        text = f"the worker hung and was started anew; it stood at {self._hung}"
        self._say(text)
        for unit in self.vessels.units:
            if not unit.over:
                unit.warn(text)

    def _lost_entries(self, run: str, reason: str) -> None:
        """The ledger lacks what happened: a restart would not know of it. Told once of each run,
        since telling is an entry too."""
        if run in self._lost:
            return
        self._lost.add(run)
        text = f"the ledger of {run} lacks something that happened: {reason}"
        self._say(text)
        for unit in self.vessels.units:
            if unit.run == run and not unit.over:
                unit.warn(f"{text}; after a restart it would not be known")

    def _give_way(self, reactor: str) -> None:
        """A run begins there, or everything stops: nobody else moves anything."""
        self.calibrate.give_way(reactor)
        self.self_tests.give_way(reactor)

    # ---- wiring

    def _join(self, link: Link) -> None:
        """Everything that needs a link."""
        self._live = Live(self.name, link)
        self._report = Report(
            worker=self.name,
            session=self.session,
            clock=self._clock,
            link=link,
            journal=self._journal,
            vessels=self.vessels,
            epoch=lambda: self._follow.epoch,
        )
        self._listen = Listen(link, self._clock, self.vessels)
        self._correspondence = Correspondence(
            worker=self.name,
            link=link,
            capabilities=self._offer,
            calibrations=self.calibrate.message,
            report=self._report,
            outbox=Outbox(self.name, link, self._journal, self._heard_time),
            live=self._live,
            peers=self._peers,
            follow=self._follow,
            obey=self._obey,
            listen=self._listen,
        )

    def _recalibrated(self, reactor: str) -> None:
        """What runs there goes by it from now on."""
        unit = self.vessels.at(reactor)
        if unit is not None and not unit.over:
            unit.recalibrate()

    def _tell_calibrations(self, message: CalibrationsMessage) -> None:
        if self._correspondence is not None:
            self._correspondence.calibrated(message)

    def _changed(self) -> None:
        if self._report is not None:
            self._report.changed.set()

    def _revised(self) -> None:
        """A run goes on by another plan: it may wait for other topics and watch other vessels."""
        self._peers.look_around()
        self._look_after()

    def _began(self, unit: VesselUnit, entries: Sequence[Entry]) -> None:
        self._peers.present(unit, entries)
        if self._report is not None:
            unit.on_move = self._report.changed.set
        if self._listen is not None:
            unit.on_topics = self._listen.changed.set
        self._changed()
        self._look_after()

    def _look_after(self) -> None:
        """What is heard of and shown follows from the plans of all runs."""
        if self._listen is not None:
            self._listen.changed.set()
        if self._live is not None or self._peers.anybody_watches:
            for each in self.vessels.units:
                each.hands.live = partial(self._show, each)

    def _show(self, unit: VesselUnit, signal: str, value: float) -> None:
        if self._live is not None:
            self._live.show(unit.reactor.spec.name, signal, value)
        self._peers.show(unit, signal, value)

    def _announce(self, unit: VesselUnit, announce: Announce) -> None:
        self._peers.announce(unit, announce)

    def _tell_peers(self, message: AnnounceMessage) -> None:
        if self._correspondence is not None:
            self._correspondence.announce(message)

    def _reply(self, result: CommandResult) -> None:
        asked = self._asked.get(result.id)
        if asked is not None and not asked.done():
            asked.set_result(result)
            return
        if self._correspondence is not None:
            self._correspondence.reply(result)

    def _specs(self) -> list[ReactorSpec]:
        return [reactor.spec for reactor in self._reactors.values()]

    async def _make_safe(self) -> None:
        """The last thing that a worker does."""
        if trouble := await self.vessels.make_safe(self._reactors):
            self._say(trouble)

    def _say(self, text: str) -> None:
        """Trouble of the worker itself, for its own log, the outbox and whoever watches."""
        logger.error(text)
        wall_s = self._clock.now().wall_s
        self._journal.log(LogRecord(wall_s=wall_s, level="error", text=text))
        if self._correspondence is not None:
            self._correspondence.say(
                topics.log(self.name), LogMessage(at_wall_s=wall_s, level="error", text=text)
            )
