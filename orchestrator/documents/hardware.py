"""A hardware document as plain values in canonical units, and its devices for the rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import inf
from typing import Any, Final

from orchestrator.documents.draft import Amount, Cursor, Draft
from orchestrator.documents.values import SOMETHING, constant_of, read_constant
from orchestrator.model.catalogue import canonical_name
from orchestrator.model.driver import CAMERA_DRIVERS, Driver, output_drivers, sensor_drivers
from orchestrator.model.expression import Const
from orchestrator.model.interlock import Interlock, Range
from orchestrator.model.lazy_dataclass import dataclass
from orchestrator.model.units import DIMENSIONS, UnitError

_GROUPS: Final = ("sensors", "outputs", "pumps", "cameras")


_WORDS: Final = ("options", "light", "quiet", "reference")
_VOLTS: Final = (("scale", "scale"), ("range", "range_v"), ("reference_at", "reference_v"))
"""Of a sensor: key → field."""
SETTLE_S_MAX: Final = 1.5
"""Of what is done around a reading: one that takes longer than 2 s is given up."""


CAMERA_S_MAX: Final = 60.0
"""Readings that need the dark wait until a picture is taken."""


@dataclass(frozen=True, slots=True)
class Device:
    """A sensor, an output, a pump or a camera, where it stands."""

    reactor: str
    name: str
    group: str
    """`sensors`, `outputs`, `pumps` or `cameras`."""
    cursor: Cursor

    @property
    def driver(self) -> str | None:
        """As it is written."""
        return self.cursor.text("driver")

    @property
    def known_drivers(self) -> Mapping[str, Driver]:
        """What it can be driven by."""
        if self.group == "cameras":
            return CAMERA_DRIVERS
        if self.group != "sensors":
            return output_drivers(self.name)
        built_in = sensor_drivers(self.name)
        if self.driver in built_in:
            return built_in
        return {**built_in, **_drivers_of_plugins()}

    def __str__(self) -> str:
        return f"{self.reactor}/{self.name}"


def _drivers_of_plugins() -> dict[str, Driver]:
    """Look at plugins only where a driver is none of our own: most documents do without."""
    from orchestrator.documents.catalogue import load_offer

    return {
        name: Driver(needs=(), why=f"the plugin {plugin.name}")
        for plugin in load_offer().plugins
        for name in plugin.drivers
    }


def reactors_in(draft: Draft) -> Iterator[tuple[str, Cursor]]:
    """Yield the reactors in their order."""
    reactors = Cursor(draft, draft.document.data).get("reactors")
    return reactors.items() if reactors is not None else iter(())


def devices_in(draft: Draft) -> Iterator[Device]:
    """Yield all devices, reactor by reactor."""
    for reactor, cursor in reactors_in(draft):
        for group in _GROUPS:
            devices = cursor.get(group)
            for name, device in devices.items() if devices is not None else ():
                yield Device(reactor, name, group, device)


def wired_in(draft: Draft) -> Iterator[tuple[str, Cursor]]:
    """Yield all that may be on a pin, by the name that people know it by."""
    button = Cursor(draft, draft.document.data).get("stop_button")
    if button is not None:
        yield "the stop button", button
    for device in devices_in(draft):
        yield str(device), device.cursor


def build_hardware(draft: Draft) -> dict[str, Any]:
    """Read what `hardware.spec.hardware_of` takes; only of use if the document has no errors."""
    root = Cursor(draft, draft.document.data)
    button = root.get("stop_button")
    wired = {} if button is None else {"stop_button": _copied(button, "pin", "contact")}
    return wired | {
        "bench": root.text("bench") or "",
        "watchdog": root.text("watchdog") or "",
        "reactors": {name: _reactor(reactor) for name, reactor in reactors_in(draft)},
    }


def _reactor(cursor: Cursor) -> dict[str, Any]:
    found: dict[str, Any] = {
        "capacity_ml": _quantity(cursor.get("capacity"), "volume"),
        "waste_tube_ml": _quantity(cursor.get("waste_tube"), "volume"),
        "evaporation_ml_h": _quantity(cursor.get("evaporation"), "volume_per_hour") or 0.0,
        "interlocks": {name: _interlock(each) for name, each in interlocks_in(cursor)},
    }
    for group, read in zip(_GROUPS, (_sensor, _output, _pump, _camera), strict=True):
        devices = cursor.get(group)
        found[group] = {name: read(device) for name, device in (devices.items() if devices else ())}
    return found | _copied(cursor, "options")


def interlocks_in(reactor: Cursor) -> Iterator[tuple[str, Cursor]]:
    """Yield what of a reactor may be on only while something else is so."""
    interlocks = reactor.get("interlocks")
    return interlocks.items() if interlocks is not None else iter(())


def switched_in(reactor: Cursor) -> list[str]:
    """List its outputs and pumps."""
    groups = (reactor.get("outputs"), reactor.get("pumps"))
    return [name for group in groups if group is not None for name, _ in group.items()]


def measurements_in(interlock: Cursor) -> Iterator[tuple[str, Cursor, str]]:
    """Yield the signals that an interlock asks for, with their range and kind of value, if any."""
    asked = interlock.get("while")
    if asked is None:
        return
    from orchestrator.documents.catalogue import load_offer

    catalogue = load_offer().catalogue
    for name, range_ in asked.items():
        signal = catalogue.signal(name)
        yield canonical_name(name), range_, signal.type if signal is not None else ""


def locks_in(reactor: Cursor) -> tuple[Interlock, ...]:
    """The interlocks of a reactor as values, as far as they can be read."""
    return tuple(
        Interlock(
            device=name,
            while_on=_names(each.get("while_on")),
            while_off=_names(each.get("while_off")),
            within={
                signal: Range(type=kind, **_bounds(range_, kind))
                for signal, range_, kind in measurements_in(each)
                if kind in DIMENSIONS
            },
        )
        for name, each in interlocks_in(reactor)
    )


def _interlock(cursor: Cursor) -> dict[str, Any]:
    found = _copied(cursor, "while_on", "while_off", "why")
    found["within"] = {
        signal: {"type": kind, **_bounds(range_, kind, tell=True)}
        for signal, range_, kind in measurements_in(cursor)
        if kind in DIMENSIONS
    }
    return found


def _bounds(range_: Cursor, kind: str, *, tell: bool = False) -> dict[str, float]:
    """What can be read of a range; what cannot is told once."""
    found: dict[str, float] = {}
    for name in ("above", "below"):
        bound = range_.get(name)
        if bound is None:
            continue
        try:
            value = read_constant(bound, kind) if tell else constant_of(bound.data, kind)
        except UnitError:
            continue
        if isinstance(value, float):
            found[name] = value
    return found


def _names(cursor: Cursor | None) -> tuple[str, ...]:
    names = cursor.data if cursor is not None and isinstance(cursor.data, list) else ()
    return tuple(name for name in names if isinstance(name, str))


def _sensor(cursor: Cursor) -> dict[str, Any]:
    found = _copied(cursor, "driver", "path", "pin", "pulses_per_turn", "angle", *_WORDS)
    for key, name in _VOLTS:
        if cursor.get(key) is not None:
            found[name] = _quantity(cursor.get(key), "voltage")
    if cursor.get("settle") is not None:
        found["settle_s"] = _quantity(cursor.get("settle"), "time", SETTLE_S_MAX)
    return found | _chip(cursor) | _calibration(cursor)


def _output(cursor: Cursor) -> dict[str, Any]:
    found = _copied(cursor, "driver", "pin")
    if cursor.get("frequency") is not None:
        found["frequency_hz"] = _quantity(cursor.get("frequency"), "frequency")
    if isinstance(cursor.data, dict) and "inverted" in cursor.data:
        found["active_high"] = not cursor.data["inverted"]
    if cursor.get("maximum_duty") is not None:
        found["maximum_duty"] = _quantity(cursor.get("maximum_duty"), "fraction", 1.0)
    return found | _chip(cursor)


def _pump(cursor: Cursor) -> dict[str, Any]:
    found = _output(cursor) | _copied(cursor, "medium", "direction")
    found["calibration"] = _calibration(cursor).get("calibration", "")
    found["flow_ml_min"] = _quantity(cursor.get("flow"), "flow")
    return found


def _camera(cursor: Cursor) -> dict[str, Any]:
    found = _copied(cursor, "driver", "number", "path", "size", "rotation")
    if cursor.get("limit") is not None:
        found["limit_s"] = _quantity(cursor.get("limit"), "time", CAMERA_S_MAX)
    return found


def _chip(cursor: Cursor) -> dict[str, Any]:
    """Where on which bus, as far as it hangs on one."""
    found, address = _copied(cursor, "bus", "channel"), address_of(cursor)
    return found if address is None else found | {"address": address}


def address_of(cursor: Cursor) -> int | None:
    """Return the address of a device on its bus, if it says one."""
    address = cursor.get("address")
    if address is None or not isinstance(address.data, str):
        return None
    try:
        return int(address.data, 16)
    except ValueError:  # the grammar tells
        return None


def _calibration(cursor: Cursor) -> dict[str, Any]:
    """Its name, and the numbers beside it."""
    calibration = cursor.get("calibration")
    if calibration is None or not isinstance(calibration.data, dict):
        return {}
    constants = {name: value for name, value in calibration.data.items() if name != "name"}
    return {"calibration": calibration.text("name") or "", "constants": constants}


def _copied(cursor: Cursor, *keys: str) -> dict[str, Any]:
    data = cursor.data if isinstance(cursor.data, dict) else {}
    return {key: data[key] for key in keys if key in data}


def _quantity(cursor: Cursor | None, dimension: str, most: float = inf) -> float | None:
    """Read a quantity, which has to be more than nothing."""
    value = read_constant(cursor, dimension) if cursor is not None else None
    if cursor is None or not isinstance(value, float):
        return None
    cursor.draft.amounts.append(
        Amount(
            tree=Const(value),
            type=dimension,
            span=cursor.span,
            least=SOMETHING,
            most=most,
            fixed=True,
        )
    )
    return value
