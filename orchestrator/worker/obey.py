"""What a person wants now: commands, each answered once (SEMANTICS rule 17)."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from orchestrator.execution.answers import AnswerRefused
from orchestrator.messages.orders import CommandMessage, CommandResult
from orchestrator.model.event import PAYLOAD_MAX
from orchestrator.model.outcome import Ending, Outcome
from orchestrator.ports.clock import Clock
from orchestrator.ports.journal import JournalFault
from orchestrator.worker.calibrate import Calibrate
from orchestrator.worker.hand_acts import HAND_ACTS, OPENING, HandRefused, Hands
from orchestrator.worker.self_tests import SelfTests
from orchestrator.worker.show_picture import show_picture
from orchestrator.worker.tend_machine import TendMachine
from orchestrator.worker.unit import VesselUnit
from orchestrator.worker.vessels import Vessels

AGE_S_MAX = 10.0
RESULTS_MAX = 1000
STOPPING = ("emergency_stop", "release_stop")
"""Is of reactors, whatever runs on them."""
BY_COMMAND = ("button", "webhook")
"""What reaches a run by way of the leader."""

Reply = Callable[[CommandResult], None]


class CommandRefused(ValueError):
    """The person is told why."""


class Obey:
    """Carries out commands; one that comes twice gets the same answer twice."""

    def __init__(
        self,
        *,
        session: str,
        clock: Clock,
        vessels: Vessels,
        calibrate: Calibrate,
        hands: Hands,
        self_tests: SelfTests,
        machine: TendMachine,
        reply: Reply,
    ) -> None:
        self._machine = machine
        self._calibrate, self._hands, self._self_tests = calibrate, hands, self_tests
        self._session, self._clock, self._vessels, self._reply = session, clock, vessels, reply
        self._results: OrderedDict[str, CommandResult | None] = OrderedDict()

    def take(self, command: CommandMessage) -> None:
        """Do it; the reply may come later, for what takes a while."""
        if command.name == "picture":
            self._show(command)
            return
        if command.id in self._results:
            known = self._results[command.id]
            if known is not None:
                self._reply(known)
            return
        self._results[command.id] = None
        while len(self._results) > RESULTS_MAX:
            self._results.popitem(last=False)
        try:
            stale = self._stale(command)
            if stale:
                raise CommandRefused(f"stale: {stale}")
            result = self._do(command)
        except (CommandRefused, HandRefused) as refusal:
            result = {"outcome": Outcome.REFUSED.value, "reason": str(refusal)}
        except (KeyError, TypeError, ValueError) as error:
            reason = f"{command.name} lacks or misuses an argument: {error}"
            result = {"outcome": Outcome.REFUSED.value, "reason": reason}
        if result is not None:
            self._answer(command.id, **result)

    def _show(self, command: CommandMessage) -> None:
        """A piece of a picture. It changes nothing, and is far too large to be kept for those who
        ask twice."""
        if stale := self._stale(command):
            self._answer(command.id, Outcome.REFUSED.value, f"stale: {stale}")
            return
        shown = show_picture(self._vessels.album, command.args)
        self._vessels.spawn(self._shown(command.id, shown), f"picture for {command.by}")

    async def _shown(self, id_: str, shown: Coroutine[Any, Any, dict[str, Any]]) -> None:
        self._answer(id_, **await shown)

    def _stale(self, command: CommandMessage) -> str:
        if command.session != self._session:
            return "it was meant for an earlier session of this worker"
        if command.name == "emergency_stop" or _names_its_stop(command):
            return ""
        age_s = (self._clock.now().wall_s - command.sent_wall_s) / max(1.0, self._clock.speed)
        if abs(age_s) > AGE_S_MAX:
            return f"it was sent {age_s:.0f} s ago"
        return ""

    def _do(self, command: CommandMessage) -> dict[str, Any] | None:
        """What came of it; None where that is not known yet."""
        if command.name in STOPPING and command.reactor not in ("", *self._vessels.reactors):
            raise CommandRefused(f"there is no reactor {command.reactor!r} here")
        if command.name == "emergency_stop":
            self._vessels.spawn(self._stop_everything(command), f"stop for {command.by}")
            return None
        if command.name == "calibrate":
            self._vessels.spawn(self._compare(command), f"calibrate for {command.by}")
            return None
        if command.name == "machine":
            self._vessels.spawn(self._tend(command), f"the machine, for {command.by}")
            return None
        if command.name == "self_test":
            self._vessels.spawn(self._test(command), f"self-test for {command.by}")
            return None
        if command.name == "release_stop":
            self._vessels.spawn(self._release(command), f"release for {command.by}")
            return None
        if command.name == "look":
            return {"outcome": Outcome.DONE.value, "result": self._hands.look(command.reactor)}
        unit, args, by = self._unit(command), command.args, command.by
        if unit is None:
            self._vessels.spawn(self._open(command), f"{command.name} for {command.by}")
            return None
        if command.id in unit.commands:
            return _done_before(unit.commands[command.id])
        if command.name in HAND_ACTS:
            return self._by_hand(unit, command)
        if command.name == "answer":
            try:
                taken = unit.answer(str(args["key"]), args["answer"], by, command.id)
            except AnswerRefused as refusal:
                raise CommandRefused(str(refusal)) from None
            if not taken:
                raise CommandRefused("there is no such open question")
        elif command.name == "event":
            _bring(unit, command)
            self._vessels.spawn(self._once_durable(unit, command), f"keep {args['name']}")
            return None
        elif command.name == "resolve":
            volume_ml, note = float(args["volume_ml"]), str(args.get("note", ""))
            why_not = unit.resolve(str(args["key"]), volume_ml, by, note, command.id)
            if why_not:
                raise CommandRefused(why_not)
            self._vessels.spawn(self._once_durable(unit, command), f"keep {args['key']}")
            return None
        return {"outcome": Outcome.DONE.value}

    def _by_hand(self, unit: VesselUnit, command: CommandMessage) -> dict[str, Any] | None:
        def told(ending: Ending, result: Mapping[str, Any]) -> None:
            self._answer(command.id, ending.outcome.value, ending.reason, result)

        ended = self._hands.act(unit, command, told)
        return {"outcome": Outcome.DONE.value} if ended else None

    async def _open(self, command: CommandMessage) -> None:
        """Do it in a run of its own, since nothing runs there."""
        said: dict[str, Any] | None
        try:
            unit = await self._hands.open(command)
            said = _done_before("") if unit is None else self._by_hand(unit, command)
        except (CommandRefused, HandRefused) as refusal:
            said = {"outcome": Outcome.REFUSED.value, "reason": str(refusal)}
        except (KeyError, TypeError, ValueError) as error:
            reason = f"{command.name} lacks or misuses an argument: {error}"
            said = {"outcome": Outcome.REFUSED.value, "reason": reason}
        except JournalFault as fault:
            said = {"outcome": Outcome.FAILED.value, "reason": str(fault)}
        if said is not None:
            self._answer(command.id, **said)

    async def _once_durable(self, unit: VesselUnit, command: CommandMessage) -> None:
        """Whoever brought it may forget it once it cannot be lost any more."""
        try:
            await unit.durable()
        except JournalFault as fault:
            self._answer(command.id, Outcome.UNKNOWN.value, str(fault))
        else:
            self._answer(command.id, Outcome.DONE.value)

    async def _compare(self, command: CommandMessage) -> None:
        said = await self._calibrate.take(command.reactor, command.args, command.by)
        self._answer(command.id, **said)

    async def _tend(self, command: CommandMessage) -> None:
        try:
            said = await self._machine.take(command.args)
        except (KeyError, TypeError, ValueError) as error:
            reason = f"{command.name} lacks or misuses an argument: {error}"
            said = {"outcome": Outcome.REFUSED.value, "reason": reason}
        self._answer(command.id, **said)

    async def _test(self, command: CommandMessage) -> None:
        said = await self._self_tests.start(command.reactor, command.by)
        self._answer(command.id, **said)

    async def _stop_everything(self, command: CommandMessage) -> None:
        names = self._meant(command)
        trouble = await self._vessels.stop_everything(names, command.by)
        outcome = Outcome.FAILED if trouble else Outcome.DONE
        self._answer(command.id, outcome.value, trouble, {"stopped": names})

    async def _release(self, command: CommandMessage) -> None:
        stopped = self._vessels.stops.stopped
        names = [name for name in self._meant(command) if name in stopped]
        if _names_its_stop(command):
            known = command.args["stops"]
            if again := [name for name in names if known.get(name) != stopped[name].id]:
                reason = f"stale: {', '.join(again)} was stopped again since; look, and release it"
                self._answer(command.id, Outcome.REFUSED.value, reason)
                return
        trouble = await self._vessels.release(names, command.by)
        outcome = Outcome.FAILED if trouble else Outcome.DONE
        self._answer(command.id, outcome.value, trouble, {"released": names})

    def _meant(self, command: CommandMessage) -> list[str]:
        names = [*self._vessels.reactors]
        return [name for name in names if name == command.reactor] if command.reactor else names

    def _unit(self, command: CommandMessage) -> VesselUnit | None:
        """Whom it is for; None where nothing runs there and hands may begin."""
        names = [*self._vessels.reactors]
        reactor = command.reactor or (names[0] if len(names) == 1 else "")
        for unit in self._vessels.units:
            same_run = unit.program.attempt == command.attempt and unit.vessel == command.vessel
            if same_run or (not command.attempt and unit.reactor.spec.name == reactor):
                if not unit.view.ended:
                    return unit
                if command.attempt:
                    raise CommandRefused(f"the run of {unit.vessel} is over")
        if not command.attempt and not command.vessel and command.name in OPENING:
            if reactor in self._vessels.reactors:
                return None
            raise CommandRefused(f"say on which reactor: {', '.join(names)}")
        if command.vessel:
            raise CommandRefused(f"no vessel {command.vessel} runs on this worker")
        if reactor and reactor not in self._vessels.reactors:
            raise CommandRefused(f"there is no reactor {reactor!r} here; {', '.join(names)}")
        raise CommandRefused(_nothing_runs(command.name, reactor or ", ".join(names)))

    def _answer(
        self, id_: str, outcome: str, reason: str = "", result: Mapping[str, Any] | None = None
    ) -> None:
        answer = CommandResult(id=id_, outcome=outcome, reason=reason, result=dict(result or {}))
        if id_ in self._results:
            self._results[id_] = answer
        self._reply(answer)


def _names_its_stop(command: CommandMessage) -> bool:
    """Whether a release says which stops it means: then no clock need tell its age."""
    return command.name == "release_stop" and isinstance(command.args.get("stops"), Mapping)


def _done_before(outcome: str) -> dict[str, Any]:
    """What is said of a command that the ledger knows already, from before a restart."""
    reason = "it was asked for under this id before, and is not done again"
    return {"outcome": outcome or Outcome.UNKNOWN.value, "reason": reason}


def _nothing_runs(name: str, reactor: str) -> str:
    beginning = ", ".join(sorted(OPENING))
    return f"nothing runs on {reactor}; {name} is for what runs ({beginning} can begin something)"


def _bring(unit: VesselUnit, command: CommandMessage) -> None:
    """Something happened outside; it is known by its own id, however often it is sent."""
    args = command.args
    payload = str(args.get("payload", ""))
    if len(payload.encode()) > PAYLOAD_MAX:
        raise CommandRefused(f"at most {PAYLOAD_MAX} bytes can be brought")
    if args["event"] not in BY_COMMAND:
        raise CommandRefused(f"no {args['event']} comes as a command")
    why_not = unit.happen(
        str(args["event"]),
        str(args["name"]),
        payload,
        str(args["id"]),
        command.by,
        command=command.id,
    )
    if why_not:
        raise CommandRefused(why_not)
