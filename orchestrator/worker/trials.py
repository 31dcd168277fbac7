"""What a self-test tries on each device of a reactor, and what it makes of the answers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine, Sequence
from math import sqrt
from statistics import fmean
from typing import Any, TypeAlias

from orchestrator.jobs.probes import line_of
from orchestrator.messages.calibrations import Trial, Verdict
from orchestrator.model.photodiode import is_photodiode
from orchestrator.ports.clock import Clock
from orchestrator.ports.plugin_test import PluginTest
from orchestrator.ports.reactor import PumpEnd, Reactor
from orchestrator.ports.wake import Wake
from orchestrator.worker.acts import ActFailed, look_once, sense_once
from orchestrator.worker.pump import MARGIN_S

READINGS = 3
SPIN_S = 8.0
STANDING_RPM = 30.0
WATCH_S = 15.0
"""For which nothing may happen by itself."""
HEAT_S = 60.0
WARMER_C = 0.5
WARM_C, HOT_C = 40.0, 45.0
"""Above the one no heating begins, and above the other it ends."""
BRIGHTNESSES = (0.25, 0.5, 1.0)
CORRELATED = 0.95
VISIBLE_V = 0.005
DOSE_ML = 1.0
UNITS = {"thermometer": "°C", "tachometer": "rpm"}
STIRRER, TACHOMETER, HEATER, THERMOMETER = "stirrer", "tachometer", "heater", "thermometer"
LEVEL_PROBE = "level_probe"
Found: TypeAlias = tuple[Verdict, str, str]
"""Result, figure, and the reason where it did not pass."""


class Stopped(RuntimeError):
    """Somebody needs the reactor, or stopped it."""


class Trials:
    """One self-test of one reactor; everything that it turned on is off at its end."""

    def __init__(
        self, clock: Clock, reactor: Reactor, id_: str, own: Sequence[PluginTest] = ()
    ) -> None:
        """`own` are tests that plugins bring, which come last."""
        self._clock, self._reactor, self._id = clock, reactor, id_
        self._spec, self._own = reactor.spec, own
        self._asked: asyncio.Task[Trial] | None = None
        """A plugin's test that is under way."""
        self._stopped = Wake()
        self._driven: set[str] = set()

    def stop(self) -> None:
        """End it now; all is off on return."""
        self._stopped.set()
        if self._asked is not None:
            self._asked.cancel()
        self._reactor.stop_pumps()
        self._all_off()

    async def run(self) -> AsyncIterator[Trial]:
        """Try one device after the other.

        Raises:
            Stopped: it did not come to its end.
        """
        try:
            for sensor in self._spec.sensors:
                yield await self._try(sensor, self._sensor(sensor))
            for camera in self._spec.cameras:
                yield await self._try(camera, self._camera(camera))
            # Early: what runs by itself floods the vessel meanwhile.
            for pump in sorted(self._spec.pumps, key=lambda each: self._spec.pumps[each].direction):
                yield await self._try(pump, self._pump(pump))
            if STIRRER in self._spec.outputs:
                yield await self._try(STIRRER, self._stirrer())
            for sensor, light in sorted(self._spec.lights.items()):
                yield await self._try(light, self._light(sensor, light))
            if HEATER in self._spec.outputs:
                yield await self._try(HEATER, self._heater())
            for test in self._own:
                yield await self._ask(test)
        finally:
            self._rest()

    async def _try(self, device: str, trial: Coroutine[Any, Any, Found]) -> Trial:
        if reason := self._reactor.why_off(device):
            trial.close()
            return Trial(device=device, result="skipped", reason=reason)
        try:
            result, figure, reason = await trial
        except ActFailed as failure:
            self._rest()
            return Trial(device=device, result="failed", reason=str(failure))
        return Trial(device=device, result=result, figure=figure, reason=reason)

    async def _ask(self, test: PluginTest) -> Trial:
        """Whoever needs the reactor does not wait for it."""
        self._look()
        run = test.run(self._spec.name, self._spec.options.get(test.name, {}))
        asked = self._asked = asyncio.create_task(run, name=f"self-test {self._id}/{test.name}")
        try:
            await asyncio.wait((asked,))
        finally:
            self._asked = None
            asked.cancel()
            await asyncio.wait((asked,))
        self._look()
        return asked.result()

    # ---- devices

    async def _sensor(self, sensor: str) -> Found:
        value = await self._mean(sensor)
        figure = f"{value:.3g} {UNITS.get(sensor, 'V')}"
        if (angle := self._spec.angles.get(sensor)) is not None:
            figure += f" at {angle}°"
        if sensor == THERMOMETER and not 0.0 < value < 70.0:
            return "failed", figure, "no vessel has such a temperature: is the probe connected?"
        if (is_photodiode(sensor) or sensor.endswith("photodiode")) and value <= 0.0:
            return "failed", figure, "it sees no light at all"
        return "passed", figure, ""

    async def _camera(self, camera: str) -> Found:
        """One picture, which nobody keeps."""
        picture = await look_once(self._reactor, camera)
        return "passed", f"a picture of {len(picture) / 1000.0:.3g} kB", ""

    async def _stirrer(self) -> Found:
        if TACHOMETER not in self._spec.sensors:
            return "unseen", "", "nothing here counts its turns: look whether it can turn"
        standing = await self._turn(0.0)
        slow, fast = await self._turn(0.3), await self._turn(0.6)
        self._drive(STIRRER, 0.0)
        figure = f"{slow:.0f} rpm at 30 %, {fast:.0f} rpm at 60 %"
        if standing > STANDING_RPM:
            return "failed", figure, f"it turns at {standing:.0f} rpm though it is off"
        if fast <= STANDING_RPM:
            return "failed", figure, "it does not turn"
        if fast < 1.2 * slow:
            return "failed", figure, "its speed does not follow what it is given"
        return "passed", figure, ""

    async def _light(self, sensor: str, light: str) -> Found:
        """What the photodiode shows has to follow the light that it sees its culture by."""
        seen = []
        for duty in BRIGHTNESSES:
            self._drive(light, duty)
            await self._pass(1.0)
            seen.append(await self._mean(sensor))
        self._drive(light, 0.0)
        together, span_v = _correlation(BRIGHTNESSES, seen), max(seen) - min(seen)
        figure = f"r = {together:.3f}, {min(seen):.3f} to {max(seen):.3f} V"
        if span_v < VISIBLE_V or together < CORRELATED:
            reason = f"the {sensor} does not see it become brighter: look at both, and between them"
            return "failed", figure, reason
        return "passed", figure, ""

    async def _heater(self) -> Found:
        if THERMOMETER not in self._spec.sensors:
            return "unseen", "", "nothing here measures its heat"
        first_c = await self._mean(THERMOMETER)
        await self._pass(WATCH_S)
        before_c = await self._mean(THERMOMETER)
        if before_c - first_c > WARMER_C:
            figure = f"{before_c - first_c:+.1f} °C in {WATCH_S:g} s"
            return "failed", figure, "it heats though it is off: take its current away"
        if before_c > WARM_C:
            return "skipped", f"{before_c:.1f} °C", "it is too warm here to heat for a test"
        self._drive(HEATER, 1.0)
        after_c, until_s = before_c, self._now_s() + HEAT_S
        while self._now_s() < until_s and after_c < HOT_C:
            await self._pass(5.0)
            after_c = await self._mean(THERMOMETER, 1)
        self._drive(HEATER, 0.0)
        figure = f"{after_c - before_c:+.1f} °C in {HEAT_S:g} s"
        if after_c - before_c < WARMER_C:
            return "failed", figure, "it does not heat, or the thermometer is not where it heats"
        return "passed", figure, ""

    async def _pump(self, pump: str) -> Found:
        """Only a level sensor sees whether anything moved."""
        of, before_ml = self._spec.pumps[pump], await self._level_ml()
        tube_ml, brim_ml = self._spec.waste_tube_ml or 0.0, self._spec.capacity_ml
        holds_ml = before_ml if before_ml is not None else tube_ml or 0.9 * brim_ml
        if before_ml is not None:
            await self._pass(WATCH_S)
            drift_ml = (await self._level_ml() or 0.0) - before_ml
            if abs(drift_ml) > 0.5 and (drift_ml > 0.0) is (of.direction == "in"):
                reason = "the level changes though no pump turns: take its current away"
                return "failed", f"{drift_ml:+.1f} mL in {WATCH_S:g} s", reason
        if of.direction == "in" and holds_ml + 2.0 * len(self._spec.pumps) * DOSE_ML > brim_ml:
            return "skipped", "", f"the vessel may hold {holds_ml:.1f} mL and has no room to spare"
        end = await self._run_pump(pump)
        if not end.complete:
            return "failed", f"ran {end.on_s:.3g} s", end.reason or "it stopped before its time"
        after_ml = await self._level_ml()
        if before_ml is None or after_ml is None:
            figure = f"ran {end.on_s:.3g} s for {DOSE_ML:g} mL by its calibration"
            return "unseen", figure, "nothing here measures the level: look whether it moved"
        moved_ml = after_ml - before_ml if of.direction == "in" else before_ml - after_ml
        figure = f"{moved_ml:.1f} mL by the level_probe, {DOSE_ML:g} mL by its calibration"
        if of.direction == "out" and before_ml < tube_ml + 1.2 * DOSE_ML and moved_ml < 0.5:
            return "unseen", figure, "the liquid may stand below the end of the waste tube"
        if moved_ml < 0.5 * DOSE_ML:
            hint = ": is its bottle empty?" if of.direction == "in" else ""
            return "failed", figure, f"it moves too little{hint}"
        if moved_ml > 1.5 * DOSE_ML:
            return "failed", figure, "it moves too much: compare it anew, or it does not go off"
        return "passed", figure, ""

    # ---- hands

    async def _turn(self, duty: float) -> float:
        self._drive(STIRRER, duty)
        await self._pass(SPIN_S)
        return await self._mean(TACHOMETER)

    async def _level_ml(self) -> float | None:
        if LEVEL_PROBE not in self._spec.sensors:
            return None
        meant = self._spec.curves.get(LEVEL_PROBE) or line_of(LEVEL_PROBE, self._spec.constants)
        return None if meant is None else meant.value(await self._mean(LEVEL_PROBE))

    async def _run_pump(self, pump: str) -> PumpEnd:
        ends: list[PumpEnd] = []
        heard = Wake()

        def deliver(end: PumpEnd) -> None:
            ends.append(end)
            heard.set()

        for_s = self._spec.pump_s(pump, DOSE_ML)
        self._look()
        self._reactor.run_pump(f"self-test {self._id}/{pump}", pump, for_s, deliver)
        give_up_s = self._now_s() + for_s + MARGIN_S * max(1.0, self._clock.speed)
        while not ends and self._now_s() < give_up_s:
            await self._clock.sleep_until(give_up_s, heard)
        self._look()
        if not ends:
            self._reactor.stop_pumps()
            reason = "it did not say how far it got"
            return PumpEnd(run=pump, moved_ml=0.0, complete=False, reason=reason)
        return ends[0]

    async def _mean(self, sensor: str, readings: int = READINGS) -> float:
        values = []
        for _ in range(readings):
            values.append(await sense_once(self._reactor, sensor))
            await self._pass(1.0)
        return fmean(values)

    def _drive(self, output: str, duty: float) -> None:
        self._look()
        self._driven.add(output)
        self._reactor.drive(output, duty)

    def _rest(self) -> None:
        """Turn off what is on; whoever stopped the test has seen to that."""
        if not self._stopped.is_set():
            self._all_off()

    def _all_off(self) -> None:
        for output in sorted(self._driven):
            self._reactor.drive(output, 0.0)

    async def _pass(self, seconds: float) -> None:
        until_s = self._now_s() + seconds
        while self._now_s() < until_s and not self._stopped.is_set():
            await self._clock.sleep_until(until_s, self._stopped)
        self._look()

    def _look(self) -> None:
        if self._stopped.is_set():
            raise Stopped("it was stopped")

    def _now_s(self) -> float:
        return self._clock.now().monotonic_s


def _correlation(ours: tuple[float, ...], theirs: list[float]) -> float:
    """Pearson's r; 0 where one of them does not change."""
    a, b = fmean(ours), fmean(theirs)
    both = sum((x - a) * (y - b) for x, y in zip(ours, theirs, strict=True))
    spread = sqrt(sum((x - a) ** 2 for x in ours) * sum((y - b) ** 2 for y in theirs))
    return both / spread if spread > 0.0 else 0.0
