"""Two devices at one place of a bus."""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.documents.diagnostic import Diagnostic, Span
from orchestrator.documents.draft import Draft
from orchestrator.documents.hardware import Device, address_of, devices_in

Chip = tuple[int, int]


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Report addresses with two kinds of chip, and channels with two devices."""
    chips: dict[Chip, tuple[Device, Span]] = {}
    channels: dict[tuple[Chip, bool, object], tuple[Device, Span]] = {}
    for device in devices_in(draft):
        address, place = address_of(device.cursor), device.cursor.get("address")
        if address is None or place is None:
            continue
        chip = _number(device, "bus", 1), address
        first, where = chips.setdefault(chip, (device, place.span))
        if first.driver != device.driver:
            told = f"{first} is at 0x{address:02x} already, and is no {device.driver}"
            yield _taken(draft, place.span, told, where)
            continue
        channel = device.cursor.get("channel")
        if channel is not None and not isinstance(channel.data, int):
            continue  # the grammar tells
        key = chip, device.group == "sensors", channel.data if channel is not None else None
        span = channel.span if channel is not None else place.span
        if key in channels:
            first, where = channels[key]
            told = f"{first} is on this channel of 0x{address:02x} already"
            if channel is None:
                told = f"{first} is at 0x{address:02x} already"
            yield _taken(draft, span, told, where)
        else:
            channels[key] = device, span


def _taken(draft: Draft, span: Span, told: str, where: Span) -> Diagnostic:
    return draft.error(span, "address-taken", f"{told}, at {where.line}:{where.column}")


def _number(device: Device, key: str, otherwise: int) -> int:
    cursor = device.cursor.get(key)
    return cursor.data if cursor is not None and isinstance(cursor.data, int) else otherwise
