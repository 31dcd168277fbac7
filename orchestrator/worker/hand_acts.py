"""What each command of a person does to a vessel, with or without an experiment on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import isfinite
from typing import Any, Final

import msgspec

from orchestrator.jobs.guest import Invitation
from orchestrator.jobs.job import Job
from orchestrator.messages.orders import CommandMessage
from orchestrator.model.calibration import PUMP_SUFFIX
from orchestrator.model.outcome import Ending
from orchestrator.model.picture import CAMERA
from orchestrator.model.units import format_quantity
from orchestrator.worker.hand_plan import hand_order
from orchestrator.worker.handled_run import Told
from orchestrator.worker.look import standing
from orchestrator.worker.performing import JOB_OF
from orchestrator.worker.unit import VesselUnit
from orchestrator.worker.vessels import Vessels, program_of

FEED: Final = "feed"
MODES: Final = {"stop": "stop", "hold": "hold"}
LIQUID: Final = frozenset({"dose", "dilute"})
PERFORMED: Final = frozenset({"circulate", "blank", "snapshot"})
AT_ONCE: Final = frozenset({"set", "release", "start", "stop", "hold", "sample", "bottle"})
HAND_ACTS: Final = LIQUID | PERFORMED | AT_ONCE
BOTTLE_ML_MAX: Final = 1_000_000.0
"""The largest tank that anybody feeds from; more is a slip of a unit."""
WORDS_LENGTH_MAX: Final = 500
OPENING: Final = frozenset({"start", *LIQUID})
"""What may begin where nothing runs."""


class HandRefused(ValueError):
    """The person is told why."""


class Hands:
    """Carries out what people do by hand."""

    def __init__(
        self, worker: str, vessels: Vessels, jobs: Callable[[str], Job[Any] | Invitation]
    ) -> None:
        self._worker, self._vessels, self._jobs = worker, vessels, jobs

    def look(self, reactor: str) -> dict[str, Any]:
        """How one reactor stands, or each."""
        names = [name for name in self._vessels.reactors if reactor in ("", name)]
        if not names:
            raise HandRefused(f"there is no reactor {reactor!r} here")
        found = [standing(self._worker, name, self._vessels) for name in names]
        plain: dict[str, Any] = {"reactors": msgspec.to_builtins(found)}
        return plain

    async def open(self, command: CommandMessage) -> VesselUnit | None:
        """A run of hands alone on a reactor on which nothing runs; durable on return.

        None where this very command opened one before.

        Raises:
            HandRefused: it cannot begin.
            JournalFault: it cannot be kept.
        """
        [*names] = self._vessels.reactors
        reactor = command.reactor or names[0]
        async with self._vessels.places[reactor]:
            before = self._vessels.at(reactor)
            if before is not None and not before.view.ended:
                return before
            stop = self._vessels.stops.stopped.get(reactor)
            if stop is not None:
                raise HandRefused(f"{reactor} is held by the emergency stop of {stop.by}")
            if command.name == "start":
                self._refuse_unknown(str(command.args["job"]))
            holds_ml = command.args.get("vessel_holds_ml")
            order = hand_order(
                self._vessels.reactors[reactor].spec,
                before.fluids if before is not None and before.by_hand else None,
                None if holds_ml is None else _positive(holds_ml, "the volume in the vessel"),
                id_=command.id,
                by=command.by,
            )
            if await self._vessels.has_had(order):
                return None
            await self._vessels.clear(reactor)
            await self._vessels.begin(order, program_of(order))
            begun = self._vessels.at(reactor)
            assert begun is not None
            return begun

    def act(self, unit: VesselUnit, command: CommandMessage, told: Told) -> bool:
        """Do it; True where it is done, False where `told` will hear of its end.

        Raises:
            HandRefused: with the reason.
        """
        if command.name in AT_ONCE:
            self._at_once(unit, command)
            return True
        if unit.paused and command.name not in ("blank", "snapshot"):
            raise HandRefused(f"{unit.vessel} is paused")
        args, by, id_ = command.args, command.by, command.id
        medium = str(args.get("medium") or FEED)
        if command.name in LIQUID:
            volume_ml = _positive(args["volume_ml"], f"a {command.name}")
            _refuse_unpumped(unit, medium)
            self._say_what_it_holds(unit, args.get("vessel_holds_ml"), by, id_)
            pour = unit.dose if command.name == "dose" else unit.dilute
            pour(volume_ml, medium, by, id_, told)
            return False
        wanted: dict[str, Any] = {}
        if command.name == "circulate":
            wanted = {"duration_s": _positive(args["duration_s"], "circulating"), "medium": medium}
        elif command.name == "snapshot":
            label = _brief(args.get("label", ""), "a label")
            wanted = {"job": str(args.get("job") or CAMERA), "text": label}
            wanted |= {"camera": str(args["camera"])} if args.get("camera") else {}
        job = JOB_OF.get(command.name) or str(wanted["job"])
        if job not in unit.regulate.standing():
            raise HandRefused(f"{command.name} needs the job {job}, which does not run")
        is_long = command.name == "circulate"
        unit.perform(command.name, wanted, by, id_, _nobody if is_long else told)
        return is_long

    def _say_what_it_holds(self, unit: VesselUnit, holds_ml: Any, by: str, id_: str) -> None:
        """Of a vessel without an experiment; the account of an experiment's is its own."""
        if holds_ml is None:
            return
        if not unit.by_hand:
            raise HandRefused(f"what {unit.vessel} holds is told by its experiment's account")
        unit.holds(_positive(holds_ml, "the volume in the vessel"), by, id_)

    def _at_once(self, unit: VesselUnit, command: CommandMessage) -> None:
        args, by, id_ = command.args, command.by, command.id
        for_s = args.get("for_s")
        if for_s is not None:
            for_s = _positive(for_s, "how long it lasts")
        if command.name == "set":
            _set(unit, str(args["setting"]), args["value"], by, for_s, id_)
        elif command.name == "release":
            if not unit.give_back(str(args["setting"]), by, id_):
                raise HandRefused(f"{args['setting']} is not held by anybody")
            if unit.by_hand:
                unit.end_if_through()
        elif command.name == "start":
            self._start(unit, args, by, for_s, id_)
        elif command.name == "sample":
            volume_ml = _positive(args["volume_ml"], "a sample")
            label = _brief(args.get("label", ""), "a label")
            _unless(unit.sample(volume_ml, label, by, id_))
        elif command.name == "bottle":
            self._change_bottle(unit, args, by, id_)
        else:
            self._stop_or_hold(unit, str(args["job"]), MODES[command.name], by, for_s, id_)

    def _start(
        self, unit: VesselUnit, args: Mapping[str, Any], by: str, for_s: float | None, id_: str
    ) -> None:
        job, settings, law = str(args["job"]), args.get("settings") or {}, args.get("automation")
        if not unit.plans(job):
            self._refuse_unknown(job)
            otherwise = args.get("otherwise") or {}
            law = law or otherwise.get("automation")
            settings = {**otherwise.get("settings", {}), **settings}
            missing = [name for name in otherwise.get("needs", ()) if name not in settings]
            if missing:
                raise HandRefused(f"{job} needs {', '.join(missing)}: no plan says it")
        if not all(isinstance(value, float | int | str) for value in settings.values()):
            raise HandRefused("settings are numbers, texts, true or false")
        refusal = unit.let_run(job, law, settings, by, for_s, id_)
        if refusal is not None:
            raise HandRefused(refusal.reason)

    def _stop_or_hold(
        self, unit: VesselUnit, job: str, mode: str, by: str, for_s: float | None, id_: str
    ) -> None:
        runs = {name for name in unit.regulate.standing() if "." not in name}  # a law is no job
        known = unit.jobs_known | runs
        if job not in known:
            raise HandRefused(f"no job {job!r} here; {', '.join(sorted(known))}")
        if unit.by_hand and mode == "stop":
            # Nothing is there to be kept off: what a hand let run, it takes away.
            unit.give_back(job, by, id_)
            unit.end_if_through()
            return
        unit.override(job, mode, by, for_s, id_)

    def _change_bottle(self, unit: VesselUnit, args: Mapping[str, Any], by: str, id_: str) -> None:
        """Of a bottle that vessels share, in the account of each."""
        medium, note = str(args["medium"]), _brief(args.get("note", ""), "a note")
        holds_ml = _positive(args["holds_ml"], "what the bottle holds")
        if holds_ml > BOTTLE_ML_MAX:
            most = format_quantity(BOTTLE_ML_MAX, "volume")
            raise HandRefused(f"a bottle holds at most {most}, not {holds_ml:g} mL")
        sharing = [unit]
        if medium in unit.fluids.shared:
            sharing += [
                each
                for each in self._vessels.units
                if each.program.attempt == unit.program.attempt
                and each is not unit
                and medium in each.fluids.shared
            ]
        for each in sharing:
            _unless(each.change_bottle(medium, holds_ml, by, note, id_))

    def _refuse_unknown(self, job: str) -> None:
        try:
            self._jobs(job)
        except KeyError as error:
            raise HandRefused(str(error.args[0])) from None


def _refuse_unpumped(unit: VesselUnit, medium: str) -> None:
    """Before a dilution has taken something out."""
    pumps = unit.reactor.spec.pumps
    if f"{medium}{PUMP_SUFFIX}" not in pumps:
        known = sorted(name.removesuffix(PUMP_SUFFIX) for name in pumps)
        raise HandRefused(
            f"no pump of {unit.reactor.spec.name} moves {medium}; {_meant(medium, known)}there is "
            f"one for {', '.join(known) or 'none'}"
        )


def _meant(name: str, known: Sequence[str]) -> str:
    """What was probably meant, as a question."""
    import difflib  # for slips only

    near = difflib.get_close_matches(name[:40], known, n=1)
    return f"did you mean {near[0]}? " if near else ""


def _set(
    unit: VesselUnit, setting: str, value: Any, by: str, for_s: float | None, id_: str
) -> None:
    known = unit.settings_known
    if setting not in known:
        raise HandRefused(f"nothing that runs has a setting {setting!r}")
    if isinstance(value, bool) != isinstance(known[setting], bool) or (
        isinstance(value, str) != isinstance(known[setting], str)
    ):
        raise HandRefused(f"{setting} cannot be {value!r}")
    refusal = unit.override(setting, value, by, for_s, id_)
    if refusal is not None:
        raise HandRefused(refusal.reason)


def _nobody(_ending: Ending, _result: Mapping[str, Any]) -> None:
    """It takes minutes, and the event log tells its end."""


def _positive(value: Any, what: str) -> float:
    number = float(value)
    if not number > 0.0 or not isfinite(number):
        is_ = "is" if what.startswith(("how", "what", "the")) else "needs"
        raise HandRefused(f"{what} {is_} a positive number, not {number:g}")
    return number


def _brief(value: Any, what: str) -> str:
    text = str(value)
    if len(text) > WORDS_LENGTH_MAX:
        raise HandRefused(f"{what} has at most {WORDS_LENGTH_MAX} characters, not {len(text)}")
    return text


def _unless(why_not: str) -> None:
    if why_not:
        raise HandRefused(why_not)
