"""A pin that cannot do what is asked of it."""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Cursor, Draft
from orchestrator.documents.hardware import devices_in, wired_in
from orchestrator.documents.values import read_constant

HIDDEN = range(28, 54)
"""Pins that a Raspberry Pi does not lead out; what is no pin at all the grammar tells."""
IDENTITY = (0, 1)
"""Where a HAT tells what it is."""
BUS = (2, 3)
"""I2C bus 1."""
PWM_HZ_MAX = 10_000.0
"""Of a pin that a program switches."""


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Report pins that are not led out, that belong to a bus, or that are to switch too fast."""
    on_bus = any(_is_on_first_bus(device.cursor) for device in devices_in(draft))
    for _, wired in wired_in(draft):
        pin, frequency = wired.get("pin"), wired.get("frequency")
        if pin is not None and isinstance(pin.data, int):
            reason = _reason(pin.data, on_bus)
            if reason:
                yield draft.error(pin.span, "no-pwm", f"pin {pin.data} is not to be had: {reason}")
        if frequency is None:
            continue
        hertz = read_constant(frequency, "frequency")
        if isinstance(hertz, float) and hertz > PWM_HZ_MAX:
            message = f"a pin is switched up to {PWM_HZ_MAX:,.0f} times a second, not {hertz:,.0f}"
            yield draft.error(frequency.span, "no-pwm", message)


def _is_on_first_bus(device: Cursor) -> bool:
    bus = device.get("bus")
    return device.get("address") is not None and (bus is None or bus.data == 1)


def _reason(pin: int, on_bus: bool) -> str:
    if pin in HIDDEN:
        return "a Raspberry Pi leads out 0 to 27 (BCM numbers)"
    if pin in IDENTITY:
        return "a HAT tells here what it is"
    return "I2C needs 2 and 3" if on_bus and pin in BUS else ""
