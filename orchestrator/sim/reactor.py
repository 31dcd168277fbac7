"""A simulated reactor: one culture behind named outputs and sensors, as its wires would offer it.

Nothing here has a clock. Every call says what time it is; the reactor first lets the time since
the last call pass, then does what it was asked. Outputs go off by themselves at `off_at_s`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import inf
from random import Random
from typing import Any

from orchestrator.sim.apparatus import AT_ANGLES, Apparatus, Photodiode
from orchestrator.sim.culture import Culture
from orchestrator.sim.disturbed import Disturbed, Sees
from orchestrator.sim.organism import E_COLI, Disturbances, Organism
from orchestrator.sim.parts import Counters, Output, Pump, Sensor, SensorDead
from orchestrator.sim.picture import draw
from orchestrator.sim.sensors import level_v, photodiode_v, probe_v, tachometer_rpm, thermometer_c
from orchestrator.sim.state import IDLE, Actuators, CultureState, TimeRanBackwards

DRUG_PUMP = "drug_pump"
"""Its medium holds the drug that an organism may know."""

WASTE_PUMP, STIRRER, HEATER = "waste_pump", "stirrer", "heater"
PHOTODIODE, THERMOMETER, TACHOMETER = "photodiode", "thermometer", "tachometer"
LEVEL_PROBE = "level_probe"
HEATER_RELAY, PUMP_RELAY = "heater_relay", "pump_relay"

__all__ = ["Counters", "Reactor", "SensorDead", "TimeRanBackwards"]


class Reactor:
    """One vessel with its pumps, heater, stirrer and sensors."""

    def __init__(
        self,
        organism: Organism = E_COLI,
        apparatus: Apparatus | None = None,
        *,
        seed: int = 0,
        now_s: float = 0.0,
        inoculated: bool = False,
    ) -> None:
        self.apparatus = apparatus or Apparatus()
        self.culture = Culture.sterile(organism, self.apparatus, now_s=now_s)
        if inoculated:
            self.culture.inoculate()
        wanted = organism.disturbances
        self.media_pumps = {
            name: Pump(
                flow_ml_s=make.flow_ml_min / 60.0,
                error_factor=make.error_factor * (1.0 + wanted.feed_pumps_error),
                bottle_ml=make.bottle_ml,
            )
            for name, make in self.apparatus.media_pumps.items()
        }
        waste = self.apparatus.waste_pump
        self.waste_pump = Pump(
            flow_ml_s=waste.flow_ml_min / 60.0,
            error_factor=waste.error_factor * (1.0 + wanted.waste_pump_error),
        )
        self.outputs: dict[str, Output] = {
            **self.media_pumps,
            WASTE_PUMP: self.waste_pump,
            STIRRER: Output(),
            HEATER: Output(),
            **{name: Output() for name in (*self.apparatus.lamps, *self.apparatus.valves)},
            **{name: Output() for name in self.apparatus.relays},
        }
        self.photodiodes = {PHOTODIODE: self.apparatus.photodiode} | {
            f"{PHOTODIODE}_{angle}": each for angle, each in self.apparatus.angles.items()
        }
        level = () if self.apparatus.level is None else (LEVEL_PROBE,)
        self.sensors = {
            name: Sensor(chance=Random(f"{seed}/{name}"))
            for name in (
                *self.photodiodes,
                *(THERMOMETER, TACHOMETER, *level),
                *self.apparatus.probes,
            )
        }
        self._readings: dict[str, Callable[[Random], float]] = {
            **{name: partial(self._photodiode_v, each) for name, each in self.photodiodes.items()},
            THERMOMETER: self._thermometer_c,
            TACHOMETER: self._tachometer_rpm,
            LEVEL_PROBE: self._level_v,
            **{name: partial(probe_v, probe) for name, probe in self.apparatus.probes.items()},
        }
        self._disturbed: dict[str, Disturbed] = {}
        self._disturb(wanted, seed, now_s)
        self.blind: set[str] = set()
        """Cameras that are broken."""
        self._actuators = IDLE
        self._running: list[Output] = []
        self._next_change_s = inf

    @property
    def now_s(self) -> float:
        """The last moment that anybody mentioned."""
        return self.culture.state.now_s

    def drive(self, output: str, duty: float, now_s: float, *, off_at_s: float = inf) -> None:
        """Set an output's duty from now on, or until `off_at_s`."""
        part = self._output(output)
        _check_duty(output, duty)
        self.advance(now_s)
        if off_at_s <= now_s:
            duty = 0.0
        if duty == 0.0:
            off_at_s = inf
        if duty == part.commanded_duty and off_at_s == part.off_at_s:
            return
        regulated = duty > 0.0 and part.duty > 0.0 and off_at_s == part.off_at_s
        part.commanded_duty, part.off_at_s = duty, off_at_s
        if regulated and output == STIRRER:
            self._actuators = self._actuators._replace(stirrer_duty=part.duty)
        elif regulated and output == HEATER:
            self._actuators = self._actuators._replace(heater_duty=part.duty)
        else:
            self._rewire()

    def read(self, sensor: str, now_s: float) -> float:
        """Return what a sensor shows now: volts, °C or rpm; raise `SensorDead` if it is."""
        if sensor not in self.sensors:
            raise KeyError(f"no sensor {sensor!r} here; there are {', '.join(self.sensors)}")
        self.advance(now_s)
        part = self.sensors[sensor]
        return part.show(self._readings[sensor](part.chance))

    def photograph(self, camera: str, now_s: float) -> bytes:
        """Return what a camera sees now, a PNG; raise `SensorDead` if it is."""
        if camera not in self.apparatus.cameras:
            known = ", ".join(self.apparatus.cameras)
            raise KeyError(f"no camera {camera!r} here; there are {known}")
        self.advance(now_s)
        if camera in self.blind:
            raise SensorDead(camera)
        filled = self.culture.state.volume_ml / self.apparatus.vial.capacity_ml
        lit = max((self.outputs[name].duty for name in self.apparatus.lamps), default=0.0)
        return draw(self.culture.od600, filled, lit)

    def inoculate(self, now_s: float, biomass_g_l: float | None = None) -> None:
        """Add the organism's inoculum, or another amount of it."""
        self.advance(now_s)
        self.culture.inoculate(biomass_g_l)

    def remove_sample(self, volume_ml: float, now_s: float) -> float:
        """Take culture out by hand and return how much there was to take."""
        self.advance(now_s)
        return self.culture.remove(volume_ml)

    def stick(self, output: str, duty: float | None, now_s: float) -> None:
        """Break an output so that it keeps this duty; `None` repairs it."""
        part = self._output(output)
        if duty is not None:
            _check_duty(output, duty)
        self.advance(now_s)
        part.stuck_duty = duty
        self._rewire()

    def miscalibrate(self, pump: str, error_factor: float, now_s: float) -> None:
        """Make a pump move this multiple of what its calibration says."""
        part = self._output(pump)
        if not isinstance(part, Pump):
            raise KeyError(f"{pump!r} is not a pump")
        if error_factor < 0.0:
            raise ValueError(f"{pump}: a pump cannot run backwards by {error_factor}")
        self.advance(now_s)
        part.error_factor = error_factor
        self._rewire()

    def truth(self, now_s: float | None = None) -> dict[str, float]:
        """Return what no sensor knows exactly, by the names of the `sim` signals."""
        if now_s is not None:
            self.advance(now_s)
        state = self.culture.state
        return {
            "sim.biomass_g_l": state.biomass_g_l,
            "sim.substrate_g_l": state.substrate_g_l,
            "sim.drug_mg_l": state.drug_mg_l,
            "sim.volume_ml": state.volume_ml,
            "sim.fed_ml": state.fed_ml,
            "sim.removed_ml": state.removed_ml,
            "sim.overflow_ml": state.overflow_ml,
            "sim.od600": self.culture.od600,
            "sim.temperature_c": state.temperature_c,
            "sim.stirring_rpm": state.stirring_rpm,
            "sim.light": self._actuators.light_umol_m2_s,
        }

    def counters(self) -> Counters:
        """Return what was sampled, pumped and powered so far."""
        pumps = {**self.media_pumps, WASTE_PUMP: self.waste_pump}
        return Counters(
            samples={name: sensor.samples for name, sensor in self.sensors.items()},
            moved_ml={name: pump.moved_ml for name, pump in pumps.items()},
            on_s={name: output.on_s for name, output in self.outputs.items()},
        )

    def advance(self, now_s: float) -> None:
        """Let time pass until `now_s`, stopping where an output goes off or a bottle runs dry."""
        while self._next_change_s <= now_s:
            self._pass(self._next_change_s)
            for output in self.outputs.values():
                if output.off_at_s <= self.now_s:
                    output.commanded_duty, output.off_at_s = 0.0, inf
            self._rewire()
        if now_s != self.culture.state.now_s:
            self._pass(now_s)

    def snapshot(self) -> dict[str, Any]:
        """Return everything that changes as JSON-able values, chance and faults included."""
        return {
            "culture": self.culture.state.to_dict(),
            "outputs": {name: output.to_dict() for name, output in self.outputs.items()},
            "sensors": {name: sensor.to_dict() for name, sensor in self.sensors.items()},
            "disturbed": {name: each.to_dict() for name, each in self._disturbed.items()},
        }

    def restore(self, snapshot: dict[str, Any]) -> None:
        """Become what `snapshot` kept of a reactor with the same organism and apparatus.

        Lamps and valves may be missing there: older snapshots know of none. Photodiodes at other
        angles come and go.
        """
        further = {f"{PHOTODIODE}_{angle}" for angle in AT_ANGLES}
        younger = {*self.apparatus.lamps, *self.apparatus.valves, *further}
        for kind, here in (("outputs", self.outputs), ("sensors", self.sensors)):
            if set(snapshot[kind]) | younger != set(here) | younger:
                raise ValueError(
                    f"the snapshot has {kind} {sorted(snapshot[kind])}, not {sorted(here)}"
                )
        self.culture.state = CultureState(**snapshot["culture"])
        for name, kept in snapshot["outputs"].items():
            self.outputs[name].restore(kept)
        for name, sensor in self.sensors.items():
            if name in snapshot["sensors"]:
                sensor.restore(snapshot["sensors"][name])
        for name, kept in snapshot.get("disturbed", {}).items():
            self._disturbed[name].restore(kept)
        self._rewire()

    def _disturb(self, wanted: Disturbances, seed: int, now_s: float) -> None:
        """Lay bubbles, dropouts and drift over those sensors that have any."""
        for name in self.sensors:
            sees: Sees = "density" if name in self.photodiodes else "else"
            sees = "warmth" if name == THERMOMETER else sees
            disturbed = Disturbed.by(wanted, sees, now_s, f"{seed}/{name}")
            if disturbed is not None:
                self._disturbed[name] = disturbed
                sound = self._readings[name]
                self._readings[name] = partial(self._read_disturbed, disturbed, sound)

    def _read_disturbed(
        self, disturbed: Disturbed, sound: Callable[..., float], chance: Random
    ) -> float:
        added = disturbed.added(self.now_s)
        return sound(chance, added) if added else sound(chance)

    def _pass(self, to_s: float) -> None:
        """Let time pass in which no duty and no flow changes."""
        state, actuators = self.culture.state, self._actuators
        step_s, removed_ml = to_s - state.now_s, state.removed_ml
        self.culture.advance(to_s, actuators)
        for output in self._running:
            output.on_s += step_s
        if actuators.inflow_ml_s > 0.0:
            for pump in self.media_pumps.values():
                pump.draw(step_s)
        if actuators.waste_ml_s > 0.0:
            self.waste_pump.moved_ml += state.removed_ml - removed_ml

    def _rewire(self) -> None:
        """Work out anew what acts on the culture, after any output has changed."""
        inflow_ml_s = substrate_mg_s = drug_ug_s = 0.0
        outputs = self.outputs.values()
        self._give_current()
        self._running = [output for output in outputs if output.duty > 0.0]
        self._next_change_s = min([output.off_at_s for output in outputs])
        for name, pump in self.media_pumps.items():
            flow_ml_s = pump.true_flow_ml_s
            if flow_ml_s <= 0.0:
                continue
            inflow_ml_s += flow_ml_s
            substrate_mg_s += flow_ml_s * self._substrate_g_l(name)
            if name == DRUG_PUMP:
                drug_ug_s += flow_ml_s * self.culture.organism.drug_mg_l
            self._next_change_s = min(self._next_change_s, self.now_s + pump.empty_in_s)
        self._actuators = Actuators(
            heater_duty=self.outputs[HEATER].duty,
            stirrer_duty=self.outputs[STIRRER].duty,
            inflow_ml_s=inflow_ml_s,
            inflow_g_l=substrate_mg_s / inflow_ml_s if inflow_ml_s > 0.0 else 0.0,
            inflow_drug_mg_l=drug_ug_s / inflow_ml_s if inflow_ml_s > 0.0 else 0.0,
            waste_ml_s=self.waste_pump.true_flow_ml_s,
            light_umol_m2_s=sum(
                lamp.full_umol_m2_s * self.outputs[name].duty
                for name, lamp in self.apparatus.lamps.items()
            ),
        )

    def _give_current(self) -> None:
        """What a relay feeds has current while the relay is closed."""
        for relay in self.apparatus.relays:
            fed = [HEATER] if relay == HEATER_RELAY else [WASTE_PUMP, *self.media_pumps]
            for name in fed:
                self.outputs[name].has_current = self.outputs[relay].duty > 0.0

    def _substrate_g_l(self, pump: str) -> float:
        own_g_l = self.apparatus.media_pumps[pump].substrate_g_l
        return self.culture.organism.feed_g_l if own_g_l is None else own_g_l

    def _output(self, name: str) -> Output:
        if name not in self.outputs:
            raise KeyError(f"no output {name!r} here; there are {', '.join(self.outputs)}")
        return self.outputs[name]

    def _photodiode_v(
        self, photodiode: Photodiode, chance: Random, added_od600: float = 0.0
    ) -> float:
        noise = self.culture.organism.noise
        volts = photodiode_v(self.culture.od600 + added_od600, photodiode, noise, chance)
        return volts * self.outputs[photodiode.light].duty if photodiode.light else volts

    def _level_v(self, chance: Random) -> float:
        assert self.apparatus.level is not None
        return level_v(self.culture.state.volume_ml, self.apparatus.level, chance)

    def _thermometer_c(self, chance: Random, added_c: float = 0.0) -> float:
        temperature_c = self.culture.state.temperature_c + added_c
        return thermometer_c(temperature_c, self.culture.organism.noise, chance)

    def _tachometer_rpm(self, chance: Random) -> float:
        return tachometer_rpm(self.culture.state.stirring_rpm, self.culture.organism.noise, chance)


def _check_duty(output: str, duty: float) -> None:
    if not 0.0 <= duty <= 1.0:
        raise ValueError(f"{output}: a duty lies between 0 and 1, not {duty}")
