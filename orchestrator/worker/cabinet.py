"""The calibrations of a worker's devices: all that were made, and which are in force."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

import msgspec

from orchestrator.control.calibration.apply import curve_of, flow_ml_min
from orchestrator.control.calibration.fit import NotFitted
from orchestrator.messages.calibrations import CalibrationRecord, record_of
from orchestrator.model.calibration import Calibration, kind_of_device
from orchestrator.ports.journal import Journal
from orchestrator.ports.plugin_kind import PluginKind
from orchestrator.ports.reactor import Reactor, ReactorSpec

KEPT = "calibrations"
KEPT_MAX = 1000
"""Of all devices of a worker together."""


class Unfit(ValueError):
    """That calibration cannot be kept or used here; the message says why."""


class Cabinet:
    """Durable before anything goes by it; the hardware description stands where nothing is in
    force."""

    def __init__(
        self,
        journal: Journal,
        reactors: Mapping[str, Reactor],
        changed: Callable[[str], None],
        say: Callable[[str], None],
        own_kinds: Sequence[PluginKind] = (),
    ) -> None:
        """`changed` hears of each reactor of which a device means something else now."""
        self._own_kinds = {each.device: each for each in own_kinds}
        self._journal, self._reactors = journal, reactors
        self._changed, self._say = changed, say
        self._described = {name: reactor.spec for name, reactor in reactors.items()}
        self.records: tuple[CalibrationRecord, ...] = ()

    async def remember(self) -> None:
        """Put in force what was in force before."""
        kept = await self._journal.kept(KEPT)
        if kept is not None:
            self.records = tuple(msgspec.convert(kept["records"], list[CalibrationRecord]))
        for name in self._reactors:
            self._put_in_force(name)

    def of(self, reactor: str, device: str) -> list[CalibrationRecord]:
        """All of a device, oldest first."""
        return [each for each in self.records if (each.reactor, each.device) == (reactor, device)]

    async def add(self, reactor: str, made: Calibration, *, activate: bool) -> None:
        """Keep a calibration.

        Raises:
            Unfit: there is no such device, it has no curve, or its name is taken.
        """
        self._refuse_unfit(reactor, made)
        known = self.of(reactor, made.device)
        same = next((each for each in known if each.name == made.name), None)
        if same is not None and same.calibration() != made:
            raise Unfit(
                f"{reactor}/{made.device} has another calibration {made.name}: readings name it, "
                "so a new one needs a new name"
            )
        if len(self.records) >= KEPT_MAX:
            raise Unfit(f"{KEPT_MAX} calibrations are kept already: delete some")
        if same is None:
            await self._keep((*self.records, record_of(reactor, made)))
        if activate:
            await self.activate(reactor, made.device, made.name)

    async def activate(self, reactor: str, device: str, name: str) -> None:
        """Put one in force; empty: none, so that the hardware description stands again.

        Raises:
            Unfit: there is no such calibration.
        """
        known = [each.name for each in self.of(reactor, device)]
        if name and name not in known:
            listed = ", ".join(known) or "none"
            raise Unfit(f"{reactor}/{device} has no calibration {name}; it has {listed}")
        await self._keep(
            msgspec.structs.replace(each, active=each.name == name)
            if (each.reactor, each.device) == (reactor, device)
            else each
            for each in self.records
        )
        if reactor in self._reactors:
            self._put_in_force(reactor)
            self._changed(reactor)

    async def delete(self, reactor: str, device: str, name: str) -> None:
        """Forget one that is not in force; readings go on naming it.

        Raises:
            Unfit: there is none, or it is in force.
        """
        found = next((each for each in self.of(reactor, device) if each.name == name), None)
        if found is None:
            raise Unfit(f"{reactor}/{device} has no calibration {name}")
        if found.active:
            raise Unfit(f"{name} is in force: activate another one first, or none")
        await self._keep(each for each in self.records if each is not found)

    def refuse_device(self, reactor: str, device: str) -> None:
        """Say why nothing of this device can be compared.

        Raises:
            Unfit: there is no such device.
        """
        spec = self._described.get(reactor)
        if spec is None:
            raise Unfit(f"there is no reactor {reactor!r} here; there is {_names(self._reactors)}")
        devices = [
            each for each in (*spec.pumps, *spec.sensors, *spec.outputs) if self.kind_of(each)
        ]
        if device not in devices:
            raise Unfit(f"{reactor} has no {device!r} to calibrate; it has {_names(devices)}")

    def kind_of(self, device: str) -> str | None:
        """What kind of calibration a device can have here; None if it can have none."""
        own = self._own_kinds.get(device)
        return kind_of_device(device) or (own.name if own is not None else None)

    def own_kind(self, device: str) -> PluginKind | None:
        """The kind that a plugin brings for a device; None where it is built in."""
        return None if kind_of_device(device) else self._own_kinds.get(device)

    def _refuse_unfit(self, reactor: str, made: Calibration) -> None:
        self.refuse_device(reactor, made.device)
        if self.kind_of(made.device) != made.kind:
            raise Unfit(f"a {made.device} has no calibration of the kind {made.kind}")
        try:
            curve_of(made)
        except NotFitted as error:
            raise Unfit(str(error)) from error

    async def _keep(self, records: Iterable[CalibrationRecord]) -> None:
        wanted = tuple(records)
        await self._journal.keep(KEPT, {"records": msgspec.to_builtins(wanted)})
        self.records = wanted

    def _put_in_force(self, name: str) -> None:
        active = [each for each in self.records if each.reactor == name and each.active]
        usable = {}
        for each in active:
            try:
                made = each.calibration()
                curve_of(made)
                self.refuse_device(name, made.device)
            except (NotFitted, Unfit) as error:
                self._say(f"{name}/{each.device}: {each.name} is not in force: {error}")
            else:
                usable[each.device] = made
        self._reactors[name].spec = calibrated(self._described[name], usable)


def calibrated(spec: ReactorSpec, active: Mapping[str, Calibration]) -> ReactorSpec:
    """What a reactor is with these calibrations in force."""
    curves = {device: curve_of(made) for device, made in active.items()}
    constants = dict(spec.constants)
    for device, made in active.items():
        if made.kind == "od":
            constants[f"{device}.blank_v"] = curves[device].inverse(0.0)
    return replace(
        spec,
        calibrations=dict(spec.calibrations) | {name: made.name for name, made in active.items()},
        curves=curves,
        constants=constants,
        pumps={
            name: replace(pump, flow_ml_min=flow_ml_min(curves[name])) if name in curves else pump
            for name, pump in spec.pumps.items()
        },
        expires={
            device: made.expires_wall_s
            for device, made in active.items()
            if made.expires_wall_s is not None
        },
    )


def _names(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"
