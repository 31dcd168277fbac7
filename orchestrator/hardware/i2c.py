"""The I2C bus: bytes to a chip and back, one conversation with it at a time."""

from __future__ import annotations

from threading import RLock
from typing import Any, Protocol

from orchestrator.ports.reactor import DeviceFault


class Wire(Protocol):
    """A bus. What it raises, an OSError, says that the chip did not answer."""

    def talk(self, address: int, sent: bytes, wanted: int = 0) -> bytes:
        """Send bytes, then read as many as are wanted, without anybody coming in between."""
        ...

    @property
    def turn(self) -> RLock:
        """To be held by who needs several exchanges in a row: sensors are read by threads."""
        ...


class SmbusWire:
    """A bus of this machine, by smbus2."""

    def __init__(self, bus: int) -> None:
        """Open it.

        Raises:
            DeviceFault: this machine has no such bus, or nothing to reach it with.
        """
        try:
            from smbus2 import SMBus, i2c_msg
        except ImportError as error:
            message = f"I2C bus {bus} needs smbus2, which is not installed"
            raise DeviceFault(f"{message}: pip install 'axenic[pi]'") from error
        self._message: Any = i2c_msg
        try:
            self._bus: Any = SMBus(bus)
        except PermissionError as error:
            message = f"I2C bus {bus} may not be opened; the worker's user needs the group i2c"
            raise DeviceFault(f"{message} ({error})") from error
        except OSError as error:
            message = f"there is no I2C bus {bus} on this machine"
            raise DeviceFault(f"{message}; see `dtparam=i2c_arm=on` ({error})") from error
        self._turn = RLock()

    @property
    def turn(self) -> RLock:
        """To be held over several exchanges in a row."""
        return self._turn

    def talk(self, address: int, sent: bytes, wanted: int = 0) -> bytes:
        """Send, and read, in one transaction."""
        messages = [self._message.write(address, list(sent))] if sent else []
        answer = self._message.read(address, wanted) if wanted else None
        with self._turn:
            self._bus.i2c_rdwr(*messages, *([answer] if answer is not None else []))
        return bytes(answer) if answer is not None else b""

    def close(self) -> None:
        """Let go of the bus."""
        self._bus.close()


class Wires:
    """The buses that are in use, each opened once."""

    def __init__(self) -> None:
        self._open: dict[int, SmbusWire] = {}

    def on(self, bus: int) -> Wire:
        """Return a bus.

        Raises:
            DeviceFault: there is none.
        """
        if bus not in self._open:
            self._open[bus] = SmbusWire(bus)
        return self._open[bus]

    def close(self) -> None:
        """Let go of all."""
        for wire in self._open.values():
            wire.close()
        self._open.clear()
