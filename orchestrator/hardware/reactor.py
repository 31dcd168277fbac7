"""A reactor whose outputs are in the hands of the keeper: `ports.Reactor` for real pins and for a
bench."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Final, Protocol

from orchestrator.hardware.bench_client import BenchClient
from orchestrator.hardware.boards import open_board
from orchestrator.hardware.camera import CameraTool, Look
from orchestrator.hardware.heed import LASTS_S, Heed
from orchestrator.hardware.i2c import Wires
from orchestrator.hardware.keeper.client import KeeperClient
from orchestrator.hardware.keeper.config import Bench, Gpio, GpioPin, KeeperConfig, Light
from orchestrator.hardware.keeper.core import RunEnd
from orchestrator.hardware.keeper.start import reap, start_keeper
from orchestrator.hardware.machine import open_machine
from orchestrator.hardware.reference import against
from orchestrator.hardware.sensors import Device, ThreadedSensor, open_device
from orchestrator.hardware.spec import (
    BENCH,
    MACHINE,
    Hardware,
    Output,
    Pump,
    ReactorPart,
    Sensor,
    spec_of,
)
from orchestrator.hardware.staging import Deliver, Read, Stage, Staging
from orchestrator.model.picture import Shot
from orchestrator.ports.reactor import Held, PumpEnd, ReactorSpec

LASTING: Final = ("stirrer", "heater", "heater_relay", "pump_relay")
"""Outputs that a worker which comes back finds as they were."""


class Plugged(Protocol):
    """A sensor that somebody else reads."""

    def read(self, deliver: Deliver, /) -> None: ...

    def close(self) -> None: ...


Plug = Callable[[str, str, Mapping[str, float | bool | str]], Plugged]
"""(sensor, reactor, its options) → the sensor."""


class KeptReactor:
    """One vessel: sensors and cameras by name, outputs through the keeper."""

    def __init__(
        self,
        name: str,
        part: ReactorPart,
        keeper: KeeperClient,
        sensors: Mapping[str, Read],
        cameras: Mapping[str, Look] = MappingProxyType({}),
    ) -> None:
        self.spec = spec_of(name, part)
        self._keeper = keeper
        self._sensors = {
            sensor: against(read, sensors[of.reference], of.reference, of.reference_v)
            if (of := part.sensors[sensor]).reference
            else read
            for sensor, read in sensors.items()
        }
        self._stages = {
            sensor: Stage(read.light, quiet=read.quiet, settle_s=read.settle_s)
            for sensor, read in part.sensors.items()
            if read.light or read.quiet
        }
        self._wanted: dict[str, float] = {}
        self._turning: Counter[str] = Counter()
        """Pumps that were begun and did not say yet how it ended."""
        self._held: set[str] = set()
        self._staging = Staging(self._take, self._give_back)
        self._interlocks = {each.device: each for each in part.locked}
        self._heed = Heed(self._blocked, _soon)
        self._outputs = [f"{name}/{output}" for output in self.spec.outputs]
        self._pumps = [f"{name}/{pump}" for pump in self.spec.pumps]
        self._cameras = cameras
        if cameras:
            self._lights_off()

    def sense(self, sensor: str, deliver: Deliver) -> None:
        """Ask a sensor; answered within 2 s of the room, and what it takes to prepare a reading."""
        read = self._sensors.get(sensor)
        if read is None:
            return deliver(None, f"there is no {sensor} here")
        if (stage := self._stages.get(sensor)) is not None:
            return self._staging.read(stage, read, deliver)
        return read(deliver)

    def photograph(self, camera: str, shot: Shot, deliver: Deliver) -> None:
        """Ask a camera; answered within its limit, and what it takes to light the vessel."""
        look = self._cameras.get(camera)
        if look is None:
            return deliver(None, f"there is no {camera} here")
        if not shot.light or shot.brightness <= 0.0:
            return look(shot, deliver)
        stage = Stage(shot.light, shot.brightness, settle_s=shot.settle_s)
        return self._staging.read(stage, partial(look, shot), deliver)

    def _lights_off(self) -> None:
        """What a process that was killed over a picture may have left on. Whoever wants a light
        says so anew; stirring and heat go on (SEMANTICS rule 4)."""
        for output in self.spec.outputs:
            if output not in LASTING:
                self._keeper.drive(f"{self.spec.name}/{output}", 0.0)

    def drive(self, output: str, duty: float) -> None:
        """Hold an output at a duty."""
        if output not in self.spec.outputs:
            raise ValueError(f"{self.spec.name} has no output {output!r}")
        self._wanted[output] = duty = min(max(duty, 0.0), 1.0)
        if output not in self._held:
            self._keeper.drive(f"{self.spec.name}/{output}", duty)

    def begin_pump(
        self, run: str, pump: str, volume_ml: float, deliver: Callable[[PumpEnd], None]
    ) -> float:
        """Turn a pump for a volume; the keeper turns it off."""
        for_s = self.spec.pump_s(pump, volume_ml) if pump in self.spec.pumps else 0.0
        return self._begin(run, pump, for_s, volume_ml, deliver)

    def run_pump(
        self, run: str, pump: str, for_s: float, deliver: Callable[[PumpEnd], None]
    ) -> float:
        """Turn a pump for a time; the keeper turns it off."""
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
        known = pump in self.spec.pumps
        if not known or not for_s > 0.0:
            reason = "there is nothing to pump" if known else f"there is no {pump} here"
            deliver(PumpEnd(run=run, moved_ml=0.0, complete=False, reason=reason))
            return 0.0

        def ended(end: PumpEnd) -> None:
            self._turning[pump] -= 1
            deliver(end)

        tell = partial(_tell, self.spec, pump, wanted_ml, ended)
        self._turning[pump] += 1
        self._keeper.begin(run, f"{self.spec.name}/{pump}", for_s, tell)
        return for_s

    def stop_pumps(self) -> None:
        """Stop what turns."""
        self._keeper.stop_pumps(self._pumps)

    def hold(self, reason: str) -> None:
        """The keeper lets nothing be turned on, whoever asks."""
        self._keeper.hold([*self._outputs, *self._pumps], reason)

    def let_go(self) -> None:
        """It does again; nothing is turned on by that."""
        self._keeper.let_go([*self._outputs, *self._pumps])

    def heed(self, react: Held) -> None:
        """Who hears of interlocks from now on."""
        self._heed.by(react)

    def interlocks_changed(self) -> None:
        """The keeper told of an interlock, perhaps of another reactor's."""
        self._heed.changed()

    def why_off(self, device: str) -> str:
        """Judge by what was driven and what the keeper told."""
        interlock, blocked = self._interlocks.get(device), self._blocked()
        if interlock is None:
            return ""
        return interlock.against(
            lambda other: (
                self._turning[other] > 0
                or (self._wanted.get(other, 0.0) > 0.0 and other not in blocked)
            )
        )

    async def make_safe(self) -> None:
        """Turn everything off; raises DeviceFault if that is not confirmed."""
        self._wanted.clear()
        await self._keeper.make_safe([*self._outputs, *self._pumps])

    def _take(self, output: str, duty: float) -> None:
        """A light that somebody drives keeps its duty."""
        self._held.add(output)
        self._heed.busy = True
        if duty > 0.0:
            duty = self._wanted.get(output) or duty
        self._keeper.drive(f"{self.spec.name}/{output}", duty)

    def _give_back(self, output: str) -> None:
        self._held.discard(output)
        self._keeper.drive(f"{self.spec.name}/{output}", self._wanted.get(output, 0.0))
        if not self._held:
            self._heed.busy = False
            self._heed.changed()

    def _blocked(self) -> Mapping[str, str]:
        """Outputs of this reactor that are held off, as they are called in it."""
        prefix = f"{self.spec.name}/"
        return {
            name.removeprefix(prefix): reason.replace(prefix, "")
            for name, reason in self._keeper.blocked.items()
            if name.startswith(prefix)
        }


def _soon(look: Callable[[], None]) -> None:
    asyncio.get_running_loop().call_later(LASTS_S, look)


def _tell(
    spec: ReactorSpec,
    pump: str,
    wanted_ml: float,
    deliver: Callable[[PumpEnd], None],
    ended: RunEnd,
    uncertain: bool,
) -> None:
    """By the calibration that was in force when the pump began."""
    deliver(
        PumpEnd(
            run=ended.run,
            moved_ml=spec.moved_ml(pump, wanted_ml, ended.on_s, ended.for_s),
            complete=ended.complete and not uncertain,
            reason=ended.reason.replace(f"{spec.name}/", "") if ended.held else ended.reason,
            uncertain=uncertain,
            on_s=ended.on_s,
            held=ended.held,
        )
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenHardware:
    """All that a worker owns, ready for use."""

    reactors: Mapping[str, KeptReactor]
    keeper: KeeperClient
    """Here a planned restart is announced, before the end."""
    bench: BenchClient | None
    """The person at a simulated bench."""


@asynccontextmanager
async def open_hardware(
    hardware: Hardware,
    *,
    worker: str,
    keeper_path: Path,
    speed: float = 1.0,
    supervisor_pid: int | None = None,
    plugged_in: Mapping[str, Plug] = MappingProxyType({}),
    wires: Wires | None = None,
) -> AsyncIterator[OpenHardware]:
    """Find or start the keeper and open the sensors; at the end everything is off.

    `plugged_in` are the drivers that plugins bring.

    Raises:
        DeviceFault: there is no keeper to be had, or no pin.
    """
    config = keeper_config(hardware, keeper_path, speed, supervisor_pid)
    async with AsyncExitStack() as stack:
        stack.callback(reap)
        keeper = await stack.enter_async_context(
            KeeperClient(
                keeper_path,
                worker=worker,
                start=partial(start_keeper, config),
                devices=(*config.outputs, *config.pumps),
            )
        )
        stack.push_async_callback(keeper.dismiss)
        bench = None
        if hardware.bench:
            bench = await stack.enter_async_context(BenchClient(Path(hardware.bench)))
        wires = wires or Wires()
        stack.callback(wires.close)
        reactors = {
            name: KeptReactor(
                name,
                part,
                keeper,
                _open_sensors(name, part, bench, plugged_in, wires, stack),
                _open_cameras(name, part, bench, stack),
            )
            for name, part in hardware.reactors.items()
        }

        def tell() -> None:
            for reactor in reactors.values():
                reactor.interlocks_changed()

        keeper.on_interlock = tell
        yield OpenHardware(reactors=reactors, keeper=keeper, bench=bench)


def keeper_config(
    hardware: Hardware, path: Path, speed: float = 1.0, supervisor_pid: int | None = None
) -> KeeperConfig:
    """Say what a keeper has to know of the hardware."""
    switched = hardware.switched
    pins: Gpio | Bench = Bench(path=hardware.bench)
    if hardware.driver == "gpio":
        pins = Gpio(
            pins={name: _pin(each) for name, each in switched.items() if each.pin is not None},
            lights={name: _light(each) for name, each in switched.items() if each.pin is None},
        )
    return KeeperConfig(
        path=str(path),
        outputs=[name for name, output in switched.items() if not isinstance(output, Pump)],
        pumps=[name for name, output in switched.items() if isinstance(output, Pump)],
        pins=pins,
        interlocks=[
            each.of(name)
            for name, reactor in hardware.reactors.items()
            for each in reactor.locked
            if each.others
        ],
        stop_button=hardware.stop_button,
        watchdog=hardware.watchdog,
        speed=speed,
        supervisor_pid=supervisor_pid,
    )


def _pin(output: Output) -> GpioPin:
    assert output.pin is not None
    return GpioPin(
        pin=output.pin,
        frequency_hz=output.frequency_hz,
        active_high=output.active_high,
        maximum_duty=output.maximum_duty,
        switch=output.driver == "switch",
    )


def _light(output: Output) -> Light:
    assert output.address is not None
    assert output.channel is not None
    assert output.driver in ("pico", "dac43608")
    return Light(
        chip="pico" if output.driver == "pico" else "dac43608",
        address=output.address,
        channel=output.channel,
        bus=output.bus,
        maximum_duty=output.maximum_duty,
    )


def _open_sensors(
    name: str,
    part: ReactorPart,
    bench: BenchClient | None,
    plugged_in: Mapping[str, Plug],
    wires: Wires,
    stack: AsyncExitStack,
) -> Mapping[str, Read]:
    reads: dict[str, Read] = {}
    for sensor, read in part.sensors.items():
        if read.driver == BENCH:
            assert bench is not None
            reads[sensor] = partial(bench.read, name, sensor)
        elif read.driver in plugged_in:
            plugged = plugged_in[read.driver](sensor, name, read.options)
            stack.callback(plugged.close)
            reads[sensor] = plugged.read
        else:
            threaded = ThreadedSensor(sensor, _open_sensor(name, sensor, read, wires))
            stack.callback(threaded.close)
            reads[sensor] = threaded.read
    return reads


def _open_cameras(
    name: str, part: ReactorPart, bench: BenchClient | None, stack: AsyncExitStack
) -> Mapping[str, Look]:
    looks: dict[str, Look] = {}
    for camera, of in part.cameras.items():
        if of.driver == BENCH:
            assert bench is not None
            looks[camera] = partial(bench.photograph, name, camera)
        else:
            tool = CameraTool(camera, of)
            stack.push_async_callback(tool.close)
            looks[camera] = tool.photograph
    return looks


def _open_sensor(name: str, sensor: str, read: Sensor, wires: Wires) -> Device:
    if read.driver == MACHINE:
        return open_machine(sensor)
    if read.address is not None:
        return open_board(read, wires.on(read.bus))
    return open_device(f"{name}/{sensor}", read)
