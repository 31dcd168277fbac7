"""Sessions of comparisons on a worker: each step is durable, and no act is done twice."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from math import isfinite
from typing import Any
from uuid import uuid4

import msgspec

from orchestrator.control.calibration import session as steps
from orchestrator.control.calibration.fit import NotFitted
from orchestrator.control.calibration.protocol import (
    TACHOMETER,
    Wish,
    sensor_of,
    values_or_default,
    why_not,
)
from orchestrator.control.calibration.session import OVER, NotNow, Session, Stage
from orchestrator.messages.calibrations import (
    Asked,
    CalibrationRecord,
    CalibrationsMessage,
    SelfTest,
    SessionRecord,
)
from orchestrator.model.calibration import OWN, Method, Point
from orchestrator.model.outcome import Outcome
from orchestrator.ports.clock import Clock
from orchestrator.ports.journal import Journal, JournalFault
from orchestrator.ports.reactor import DeviceFault
from orchestrator.worker.acts import ActFailed, Acts, lasts_s
from orchestrator.worker.cabinet import Cabinet, Unfit
from orchestrator.worker.vessels import Vessels

KEPT = "calibration sessions"
FULL_SHARE = 0.9
"""Of its brim a vessel is taken to be filled to, where nobody says how full it is."""

logger = logging.getLogger(__name__)
Args = Mapping[str, Any]
Laid = tuple[tuple[Point, ...], tuple[Point, ...]]
"""What was compared, and the points of the curve that a plugin laid through it."""


class Calibrate:
    """Takes what people say in a session, and does what it is time for."""

    def __init__(
        self,
        *,
        worker: str,
        clock: Clock,
        journal: Journal,
        vessels: Vessels,
        cabinet: Cabinet,
        tell: Callable[[CalibrationsMessage], None],
    ) -> None:
        self._worker, self._clock, self._journal = worker, clock, journal
        self._vessels, self._cabinet, self._tell = vessels, cabinet, tell
        self._acts = Acts(clock, vessels.reactors)
        self._sessions: dict[str, Session] = {}
        self._lock = asyncio.Lock()
        self.is_tested: Callable[[str], bool] = _never
        """Whether a reactor tests itself just now."""
        self.self_tests: Callable[[], list[SelfTest]] = list

    async def remember(self) -> None:
        """Go on where the last process ended; what it was in the middle of is lost."""
        await self._cabinet.remember()
        kept = await self._journal.kept(KEPT)
        for each in kept["sessions"] if kept else ():
            try:
                session = msgspec.convert(each, Session)
            except msgspec.ValidationError as error:  # it must not keep vessels from going on
                logger.error("a session of comparisons is lost: %s", error)
            else:
                self._sessions[session.id] = session
        for each in [each for each in self._sessions.values() if each.stage is Stage.ACTING]:
            self._sessions[each.id] = steps.lost(each)

    def message(self) -> CalibrationsMessage:
        """All that a copy needs."""
        return CalibrationsMessage(
            worker=self._worker,
            calibrations=list(self._cabinet.records),
            sessions=[_record(each) for each in self._sessions.values()],
            self_tests=self.self_tests(),
        )

    def is_acting(self, reactor: str) -> bool:
        """Whether something of this reactor moves for a comparison."""
        return any(each.stage is Stage.ACTING for each in self._open(reactor))

    def tell(self) -> None:
        """Something is new."""
        self._tell(self.message())

    def give_way(self, reactor: str) -> None:
        """A run begins on this reactor: acts end at once, and nothing turns for a person."""
        for each in self._open(reactor):
            if each.stage is Stage.ACTING:
                self._acts.stop(each)
            elif each.stage is Stage.ASKING:
                self._acts.rest(each)

    async def take(self, reactor: str, args: Args, by: str) -> dict[str, Any]:
        """Do what a person wants; answers the outcome, as commands are answered."""
        if not reactor and len(self._vessels.reactors) == 1:
            [reactor] = self._vessels.reactors
        try:
            if args.get("do") == "look":
                result = await self._look(self._session(str(args["session"])))
                return {"outcome": Outcome.DONE.value, "result": result}
            laid = await self._lay(args)
            async with self._lock:
                result = await self._do(reactor, args, by, laid)
        except (Unfit, NotNow) as refusal:
            return {"outcome": Outcome.REFUSED.value, "reason": str(refusal)}
        except (KeyError, TypeError, ValueError) as error:
            reason = f"calibrate lacks or misuses an argument: {error}"
            return {"outcome": Outcome.REFUSED.value, "reason": reason}
        except JournalFault as fault:
            return {"outcome": Outcome.UNKNOWN.value, "reason": str(fault)}
        self._tell(self.message())
        return {"outcome": Outcome.DONE.value, "result": result}

    async def _do(self, reactor: str, args: Args, by: str, laid: Laid) -> dict[str, Any]:
        do = str(args["do"])
        if do == "start":
            return await self._start(reactor, args, by)
        if do in ("import", "activate", "delete"):
            return await self._file(do, reactor, args)
        session = self._session(str(args["session"]))
        if do == "go":
            return await self._go(session)
        if do == "answer":
            answered = await self._move(steps.answer(session, _finite(args["value"])))
            self._rest(session)
            return answered
        if do == "again":
            self._rest(session)
            return await self._move(steps.again(session))
        if do == "abandon":
            self._acts.stop(session)
            self._rest(session)
            return await self._move(steps.abandon(session))
        if do == "keep":
            return await self._keep_calibration(session, args, laid)
        raise Unfit(f"nobody can {do} a calibration")

    # ---- sessions

    async def _start(self, reactor: str, args: Args, by: str) -> dict[str, Any]:
        device = str(args["device"])
        self._cabinet.refuse_device(reactor, device)
        open_one = next((each for each in self._open(reactor) if each.wish.device == device), None)
        if open_one is not None:
            raise Unfit(f"session {open_one.id} compares this {device} already: abandon it first")
        kind, own = self._cabinet.kind_of(device), self._cabinet.own_kind(device)
        assert kind is not None
        values = tuple(map(_finite, args.get("values", ())))
        spec = self._vessels.reactors[reactor].spec
        wish = Wish(
            device=device,
            kind=kind,
            values=values_or_default(kind, values)
            if own is None
            else values or own.compared.values,
            own=own.compared if own is not None else None,
            repeats=int(args.get("repeats", 1)),
            density_g_ml=_finite(args.get("density_g_ml", 1.0)),
            has_tachometer=TACHOMETER in spec.sensors,
        )
        if reason := why_not(wish):
            raise Unfit(reason)
        pump = spec.pumps.get(device)
        return await self._move(
            Session(
                id=uuid4().hex[:8],
                reactor=reactor,
                wish=wish,
                by=by,
                began_wall_s=self._clock.now().wall_s,
                flow_ml_min=pump.flow_ml_min if pump else 0.0,
                room_ml=self._room_ml(reactor, args) if pump and pump.direction == "in" else None,
            )
        )

    def _room_ml(self, reactor: str, args: Args) -> float:
        """What the vessel can still take, if a pump's outlet hangs in it."""
        spec = self._vessels.reactors[reactor].spec
        holds_ml = args.get("vessel_holds_ml")
        if holds_ml is None:
            holds_ml = spec.waste_tube_ml or FULL_SHARE * spec.capacity_ml
        if not 0.0 <= float(holds_ml) <= spec.capacity_ml:
            raise Unfit(f"the vessel holds between 0 and {spec.capacity_ml:g} mL")
        return spec.capacity_ml - float(holds_ml)

    async def _go(self, session: Session) -> dict[str, Any]:
        """The act is on record before anything moves."""
        self._refuse_busy(session.reactor)
        busy = [each for each in self._open(session.reactor) if each.stage is Stage.ACTING]
        if busy and busy[0].id != session.id:
            raise NotNow(f"session {busy[0].id} is in the middle of an act on {session.reactor}")
        began = steps.go(session)
        strayed_ml = sum(each.stray_ml for each in self._open(session.reactor))
        if session.room_ml is not None and strayed_ml > session.stray_ml:
            steps.refuse_overflow(session, strayed_ml)
        answered = await self._move(began)
        self._vessels.spawn(self._act(began), began.act_name)
        return answered

    async def _look(self, session: Session) -> dict[str, Any]:
        """What its sensor shows now: a person waits until that is steady."""
        sensor = sensor_of(session.wish)
        if not sensor:
            raise Unfit(f"no sensor shows what a {session.wish.device} does")
        self._refuse_busy(session.reactor)
        dimension = session.wish.compared.raw if sensor != TACHOMETER else "stirring"
        try:
            value, reason = await self._acts.look(session.reactor, sensor), ""
        except (ActFailed, DeviceFault) as failure:
            value, reason = None, str(failure)
        return {"value": value, "type": dimension, "reason": reason}

    def _refuse_busy(self, reactor: str) -> None:
        """The reactor is a run's, or an emergency stop holds it."""
        unit = self._vessels.at(reactor)
        if unit is not None and not unit.view.ended:
            raise NotNow(f"{reactor} runs {unit.run}: compare when that is over")
        if reactor in self._vessels.stops.stopped:
            raise NotNow(f"an emergency stop holds {reactor}: release it first")
        if self.is_tested(reactor):
            raise NotNow(f"{reactor} tests itself just now: compare when that is over")

    def _rest(self, session: Session) -> None:
        """Let stand what turned for a person; the stirrer of a run is the run's."""
        unit = self._vessels.at(session.reactor)
        if session.stage is Stage.ASKING and (unit is None or unit.view.ended):
            self._acts.rest(session)

    async def _act(self, began: Session) -> None:
        reason, raw, actual = "", 0.0, None
        try:
            self._refuse_busy(began.reactor)  # a run may have begun while it was put on record
            raw, actual = await self._acts.carry_out(began)
        except (ActFailed, NotNow) as failure:
            reason = str(failure)
        except Exception as error:  # other vessels have no part in it
            logger.exception("%s broke down", began.act_name)
            reason = f"{type(error).__name__}: {error}"
        if reason:
            await self._end(began, lambda now: steps.failed(now, reason))
        else:
            await self._end(began, lambda now: steps.acted(now, raw, actual))

    async def _end(self, began: Session, move: Callable[[Session], Session]) -> None:
        """Meanwhile the session may have been abandoned."""
        async with self._lock:
            now = self._sessions.get(began.id)
            if now is None or now.stage is not Stage.ACTING or now.acts != began.acts:
                return
            try:
                await self._move(move(now))
            except JournalFault as fault:
                logger.error("%s is not on record: %s", began.act_name, fault)
        self._tell(self.message())

    async def _move(self, after: Session) -> dict[str, Any]:
        sessions = {**self._sessions, after.id: after}
        if after.stage in OVER:
            del sessions[after.id]
        kept = {"sessions": msgspec.to_builtins(list(sessions.values()))}
        await self._journal.keep(KEPT, kept)
        self._sessions = sessions
        told: dict[str, Any] = msgspec.to_builtins(_record(after))
        return {"session": told}

    def _open(self, reactor: str) -> list[Session]:
        return [each for each in self._sessions.values() if each.reactor == reactor]

    def _session(self, id_: str) -> Session:
        if id_ not in self._sessions:
            raise Unfit(
                f"there is no session {id_} here; it was kept or abandoned, or is another's"
            )
        return self._sessions[id_]

    # ---- calibrations

    async def _keep_calibration(self, session: Session, args: Args, laid: Laid) -> dict[str, Any]:
        valid_for_s = args.get("valid_for_s")
        method, (points, curve) = _method(session, args), laid
        if method == OWN and points != session.points:
            raise NotNow("its points changed while the plugin laid its curve: keep it again")
        after, made = steps.keep(
            session,
            name=str(args["name"]),
            method=method,
            degree=int(args.get("degree", 2)),
            now_wall_s=self._clock.now().wall_s,
            valid_for_s=None if valid_for_s is None else float(valid_for_s),
            note=str(args.get("note", "")),
            curve=curve,
        )
        await self._cabinet.add(session.reactor, made, activate=bool(args.get("activate", False)))
        return await self._move(after) | {"name": made.name}

    async def _lay(self, args: Args) -> Laid:
        """A plugin's own curve, asked for once, before anybody waits: from then on it is data."""
        if args.get("do") != "keep":
            return (), ()
        session = self._session(str(args["session"]))
        if _method(session, args) != OWN:
            return (), ()
        own = self._cabinet.own_kind(session.wish.device)
        if own is None or own.compared.method != OWN:
            raise Unfit(f"no plugin has a fit of its own for {session.wish.device}")
        try:
            return session.points, await own.fit(session.points)
        except NotFitted as error:
            raise Unfit(str(error)) from error

    async def _file(self, do: str, reactor: str, args: Args) -> dict[str, Any]:
        if do == "import":
            record = msgspec.convert(args["calibration"], CalibrationRecord)
            activate = bool(args.get("activate", False))
            await self._cabinet.add(reactor, record.calibration(), activate=activate)
            return {"name": record.name}
        device, name = str(args["device"]), str(args["name"])
        if do == "activate":
            await self._cabinet.activate(reactor, device, name)
        else:
            await self._cabinet.delete(reactor, device, name)
        return {"name": name}


def _never(_: str) -> bool:
    return False


def _finite(value: Any) -> float:
    number = float(value)
    if not isfinite(number):
        raise ValueError(f"{value!r} is no number")
    return number


def _method(session: Session, args: Args) -> Method:
    method: Method = args.get("method") or session.wish.compared.method
    return method


def _record(session: Session) -> SessionRecord:
    task, own = session.task, session.wish.own
    asked = None
    if session.stage is Stage.ASKING and task is not None:
        asked = Asked(question=task.question, type=task.answer_type, expected=task.expected)
    return SessionRecord(
        id=session.id,
        reactor=session.reactor,
        device=session.wish.device,
        kind=session.wish.kind,
        by=session.by,
        began_wall_s=session.began_wall_s,
        stage=session.stage.value,
        done=len(session.points),
        of=len(session.tasks),
        prepare=task.prepare if task is not None and session.stage is Stage.PREPARING else "",
        asked=asked,
        raw=session.raw,
        sensor=sensor_of(session.wish),
        lasts_s=lasts_s(task) if task is not None else 0.0,
        points=[(point.raw, point.actual) for point in session.points],
        trouble=session.trouble,
        raw_type=own.raw if own is not None else "",
        actual_type=own.actual if own is not None else "",
        method=own.method if own is not None else "",
        room_ml=None if session.room_ml is None else session.room_ml - session.stray_ml,
    )
