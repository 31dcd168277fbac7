"""A reactor on gpiozero's mock pins and a fake bus, its keeper in a thread."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from gpiozero.pins.mock import MockFactory

from orchestrator.hardware.i2c import Wires
from orchestrator.hardware.keeper.config import Gpio
from orchestrator.hardware.keeper.lights import Lights
from orchestrator.hardware.keeper.pins import GpioPins, PinsAndLights
from orchestrator.hardware.keeper.process import Keeper
from orchestrator.hardware.lines import clear, listen
from orchestrator.hardware.reactor import OpenHardware, keeper_config, open_hardware
from orchestrator.hardware.spec import Hardware


@asynccontextmanager
async def on_mock_pins(
    hardware: Hardware, folder: Path, factory: MockFactory, wires: Wires | None = None
) -> AsyncIterator[OpenHardware]:
    """The factory has to be gpiozero's at that moment, for sensors on pins."""
    path = folder / "keeper"
    config = keeper_config(hardware, path)
    assert isinstance(config.pins, Gpio)
    wires = wires if wires is not None else Wires()
    async with AsyncExitStack() as stack:
        lights = Lights(config.pins.lights, wires)
        on_bus = set(config.pins.lights)
        pins = PinsAndLights(GpioPins(config.pins.pins, factory), lights, on_bus)
        stack.callback(pins.close)
        server = listen(path)
        stack.callback(clear, path)
        stack.callback(server.close)
        thread = threading.Thread(target=Keeper(config, pins, server).serve, name="keeper")
        thread.start()
        stack.push_async_callback(asyncio.to_thread, thread.join, 5.0)
        opening = open_hardware(hardware, worker="w", keeper_path=path, wires=wires)
        yield await stack.enter_async_context(opening)
