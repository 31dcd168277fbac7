"""A simulated reactor behind the same port as a real one, for rehearsals and tests: no process, no
waiting."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import inf

from orchestrator.hardware.heed import LASTS_S, Heed
from orchestrator.hardware.keeper.core import Blocked, Core, Effect, Refused, RunEnd, Switch
from orchestrator.model.interlock import Interlock
from orchestrator.model.picture import Shot
from orchestrator.ports.clock import Clock, Timer
from orchestrator.ports.reactor import Held, PumpEnd, PumpSpec, ReactorSpec
from orchestrator.sim.apparatus import FixedProbe
from orchestrator.sim.reactor import (
    HEATER,
    LEVEL_PROBE,
    PHOTODIODE,
    STIRRER,
    TACHOMETER,
    THERMOMETER,
    WASTE_PUMP,
    Reactor,
    SensorDead,
)

PUMP_SUFFIX = "_pump"


def spec_of(physics: Reactor, name: str) -> ReactorSpec:
    """Describe a simulated reactor as the plan knows reactors; its calibrations are right by
    construction."""
    pumps = {
        pump: PumpSpec(
            medium=pump.removesuffix(PUMP_SUFFIX), direction="in", flow_ml_min=make.flow_ml_min
        )
        for pump, make in physics.apparatus.media_pumps.items()
    }
    waste = physics.apparatus.waste_pump
    pumps[WASTE_PUMP] = PumpSpec(medium="waste", direction="out", flow_ml_min=waste.flow_ml_min)
    photodiodes, probes = physics.photodiodes, dict(physics.apparatus.probes)
    if (level := physics.apparatus.level) is not None:
        line = {"low": 0.0, "low_v": 0.0, "high": 1.0, "high_v": level.volts_per_ml}
        probes[LEVEL_PROBE] = FixedProbe(volts=0.0, constants=line)
    apparatus = physics.apparatus
    return ReactorSpec(
        name=name,
        sensors=(*photodiodes, THERMOMETER, TACHOMETER, *probes),
        outputs=(STIRRER, HEATER, *apparatus.lamps, *apparatus.valves, *apparatus.relays),
        pumps=pumps,
        calibrations=dict.fromkeys((*photodiodes, *probes, *pumps), "simulated"),
        constants={
            f"{name}.od600_per_v": 1.0 / each.volts_per_od600 for name, each in photodiodes.items()
        }
        | {
            f"{name}.{constant}": value
            for name, probe in probes.items()
            for constant, value in probe.constants.items()
        },
        capacity_ml=physics.apparatus.vial.capacity_ml,
        waste_tube_ml=physics.apparatus.vial.waste_tube_ml,
        evaporation_ml_h=physics.apparatus.vial.evaporation_ml_h,
        cameras=apparatus.cameras,
        lights={name: each.light for name, each in photodiodes.items() if each.light},
        angles={f"{PHOTODIODE}_{angle}": angle for angle in apparatus.angles},
    )


class SimReactor:
    """`ports.Reactor` straight over the physics, with the keeper's rules and the clock's time."""

    def __init__(
        self,
        physics: Reactor,
        clock: Clock,
        name: str = "sim",
        interlocks: tuple[Interlock, ...] = (),
    ) -> None:
        self.physics = physics
        self.spec = replace(spec_of(physics, name), interlocks=interlocks)
        self._clock = clock
        self._core = Core(self.spec.outputs, self.spec.pumps, interlocks=interlocks)
        self._heed = Heed(lambda: self._core.blocked, self._later)
        self._waiting: dict[str, tuple[ReactorSpec, float, Callable[[PumpEnd], None]]] = {}
        self._timers: dict[str, Timer] = {}

    def sense(self, sensor: str, deliver: Callable[[float | None, str], None]) -> None:
        """Answer at once; a light is on meanwhile, at its own duty where somebody drives it."""
        value, fault, now_s = None, "", self._clock.now().monotonic_s
        light = self.spec.lights.get(sensor, "")
        is_dark = light != "" and self.physics.outputs[light].commanded_duty == 0.0
        try:
            if is_dark:
                self.physics.drive(light, 1.0, now_s)
            value = self.physics.read(sensor, now_s)
        except SensorDead:
            fault = f"the {sensor} is silent"
        except KeyError as unknown:
            fault = str(unknown.args[0])
        finally:
            if is_dark:
                self.physics.drive(light, 0.0, now_s)
        deliver(value, fault)

    def photograph(
        self, camera: str, shot: Shot, deliver: Callable[[bytes | None, str], None]
    ) -> None:
        """Answer at once, lit as it is asked for; a lamp that somebody drives keeps its duty."""
        picture, fault, now_s = None, "", self._now_s()
        light = shot.light if shot.light in self.physics.outputs else ""
        is_dark = bool(light) and self.physics.outputs[light].commanded_duty == 0.0
        is_dark = is_dark and not self._core.why_off(light)
        try:
            if is_dark:
                self.physics.drive(light, shot.brightness, now_s)
            picture = self.physics.photograph(camera, now_s)
        except SensorDead:
            fault = f"the {camera} is silent"
        except KeyError as unknown:
            fault = str(unknown.args[0])
        finally:
            if is_dark:
                self.physics.drive(light, 0.0, now_s)
        deliver(picture, fault)

    def drive(self, output: str, duty: float) -> None:
        """Hold an output at a duty from now on."""
        self._carry_out(self._core.drive(output, duty, self._now_s()))

    def begin_pump(
        self, run: str, pump: str, volume_ml: float, deliver: Callable[[PumpEnd], None]
    ) -> float:
        """Turn a pump for a volume; the physics turns it off to the moment."""
        for_s = self.spec.pump_s(pump, volume_ml) if pump in self.spec.pumps else 0.0
        return self._begin(run, pump, for_s, volume_ml, deliver)

    def run_pump(
        self, run: str, pump: str, for_s: float, deliver: Callable[[PumpEnd], None]
    ) -> float:
        """Turn a pump for a time; the physics turns it off to the moment."""
        wanted_ml = self.spec.pumped_ml(pump, for_s) if pump in self.spec.pumps else 0.0
        return self._begin(run, pump, for_s, wanted_ml, deliver)

    def _begin(
        self,
        run: str,
        pump: str,
        for_s: float,
        wanted_ml: float,
        deliver: Callable[[PumpEnd], None],
    ) -> float:
        now_s = self._now_s()
        try:
            effects = self._core.begin_run(run, pump, for_s, now_s)
        except Refused as refused:
            reason, held = str(refused), refused.held
            deliver(PumpEnd(run=run, moved_ml=0.0, complete=False, reason=reason, held=held))
            return 0.0
        self._waiting[run] = (self.spec, wanted_ml, deliver)
        self._carry_out(effects)
        self._timers[run] = self._clock.call_at(now_s + for_s, self._look_at_pumps)
        return for_s

    def stop_pumps(self) -> None:
        """Stop what turns."""
        self._carry_out(self._core.stop_pumps(self._now_s(), "the pumps were stopped"))

    def hold(self, reason: str) -> None:
        """Turn everything off, and let nothing be turned on."""
        self._carry_out(self._core.hold(self._now_s(), reason))

    def let_go(self) -> None:
        """Allow again what was held."""
        self._core.let_go(frozenset((*self.spec.outputs, *self.spec.pumps)))

    def heed(self, react: Held) -> None:
        """Who hears of interlocks from now on."""
        self._heed.by(react)

    def why_off(self, device: str) -> str:
        """Ask the keeper's rules."""
        return self._core.why_off(device)

    async def make_safe(self) -> None:
        """Turn everything off."""
        self._carry_out(self._core.all_off(self._now_s(), "the vessel was made safe"))

    def _look_at_pumps(self) -> None:
        self._carry_out(self._core.due(self._now_s()))

    def _carry_out(self, effects: list[Effect]) -> None:
        now_s = self._now_s()
        for effect in effects:
            if isinstance(effect, Switch):
                off_at_s = inf if effect.for_s is None else now_s + effect.for_s
                self.physics.drive(effect.output, effect.duty, now_s, off_at_s=off_at_s)
            elif isinstance(effect, Blocked):
                self._heed.changed()
            else:
                self._tell(effect)

    def _later(self, look: Callable[[], None]) -> None:
        self._clock.call_at(self._now_s() + LASTS_S, look)

    def _tell(self, ended: RunEnd) -> None:
        spec, wanted_ml, deliver = self._waiting.pop(ended.run)
        self._timers.pop(ended.run).cancel()
        deliver(
            PumpEnd(
                run=ended.run,
                moved_ml=spec.moved_ml(ended.pump, wanted_ml, ended.on_s, ended.for_s),
                complete=ended.complete,
                reason=ended.reason,
                on_s=ended.on_s,
                held=ended.held,
            )
        )

    def _now_s(self) -> float:
        return self._clock.now().monotonic_s
