"""What hangs on this machine: pins, buses, sensors, PWM, watchdog, and who may use them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from orchestrator.cli.doctor.finding import Finding, Verdict
from orchestrator.hardware.i2c import Wire
from orchestrator.ports.reactor import DeviceFault

PI: Final = "Raspberry Pi"
SAID: Final = "add it to /boot/firmware/config.txt and reboot"
ADDRESSES: Final = range(0x08, 0x78)
KNOWN: Final = {
    0x2C: "pico",
    0x2D: "pico",
    **dict.fromkeys(range(0x48, 0x4C), "ads1115, ads1114 or tmp1075"),
    **dict.fromkeys(range(0x4C, 0x50), "tmp1075"),
    0x61: "ezo, oxygen",
    0x63: "ezo, pH",
    0x66: "ezo, temperature",
}
"""What usually answers there, by the driver's name in a hardware document."""
SENSORS: Final = ("imx", "ov")
"""How the drivers of image sensors begin."""
NO_CAMERAS: Final = ("bcm2835", "rpi-", "rpivid", "pispbe", "unicam")
"""How the names of a Pi's own devices for pictures begin, that are none."""
PACKAGES: Final = {"rpicam-still": "rpicam-apps", "ffmpeg": "ffmpeg"}
OpenWire = Callable[[int], Wire]


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """Where to look, and how."""

    root: Path = Path("/")
    open_wire: OpenWire
    may: Callable[[Path], bool] = lambda path: os.access(path, os.R_OK | os.W_OK)

    def text(self, name: str) -> str | None:
        """What a file of the machine says."""
        try:
            return (self.root / name).read_text(errors="replace").strip("\0\n ")
        except OSError:
            return None

    def found(self, pattern: str) -> list[Path]:
        """Files and folders of a pattern, in order."""
        return sorted(self.root.glob(pattern))


def look_at_machine(machine: Machine) -> Iterator[Finding]:
    """All of it, thing by thing."""
    model = machine.text("proc/device-tree/model")
    is_pi = model is not None and model.startswith(PI)
    yield _model(model, is_pi=is_pi)
    yield from _pins(machine, is_pi=is_pi)
    yield from _buses(machine, is_pi=is_pi)
    yield _one_wire(machine, is_pi=is_pi)
    yield _pwm(machine, is_pi=is_pi)
    yield _cameras(machine)
    yield _watchdog(machine)


def _model(model: str | None, *, is_pi: bool) -> Finding:
    if model is None:
        return Finding(
            what="machine",
            verdict="none",
            found="not a Pi; simulated reactors run here",
            next="'axenic demo' shows them",
        )
    verdict: Verdict = "good" if is_pi else "notice"
    return Finding(what="machine", verdict=verdict, found=model if is_pi else f"not a Pi: {model}")


def _missing(*, is_pi: bool) -> Verdict:
    return "bad" if is_pi else "none"


def _pins(machine: Machine, *, is_pi: bool) -> Iterator[Finding]:
    chips = machine.found("dev/gpiochip*")
    if not chips:
        yield Finding(what="pins", verdict=_missing(is_pi=is_pi), found="no GPIO chip")
        return
    closed = [path.name for path in chips if not machine.may(path)]
    names = ", ".join(f"{path.name}{_label(machine, path)}" for path in chips)
    if closed:
        yield Finding(
            what="pins",
            verdict="bad",
            found=f"{', '.join(closed)} may not be opened",
            next="sudo usermod -aG gpio $USER, and sign in again",
        )
    else:
        yield Finding(what="pins", verdict="good", found=names)


def _label(machine: Machine, path: Path) -> str:
    label = machine.text(f"sys/bus/gpio/devices/{path.name}/of_node/name")
    return f" ({label})" if label else ""


def _buses(machine: Machine, *, is_pi: bool) -> Iterator[Finding]:
    buses = machine.found("dev/i2c-[0-9]*")
    if not buses:
        yield Finding(
            what="I2C",
            verdict=_missing(is_pi=is_pi),
            found="no bus",
            next=f"dtparam=i2c_arm=on: {SAID}" if is_pi else "",
        )
    for path in buses:
        yield _bus(machine, path)


def _bus(machine: Machine, path: Path) -> Finding:
    what = f"I2C {path.name.removeprefix('i2c-')}"
    if not machine.may(path):
        closed = f"{path.name} may not be opened"
        next_ = "sudo usermod -aG i2c $USER, and sign in again"
        return Finding(what=what, verdict="bad", found=closed, next=next_)
    try:
        wire = machine.open_wire(int(path.name.removeprefix("i2c-")))
    except DeviceFault as fault:
        return Finding(what=what, verdict="bad", found=str(fault))
    try:
        answering = [address for address in ADDRESSES if _answers(wire, address)]
    finally:
        close = getattr(wire, "close", None)
        if close is not None:
            close()
    if not answering:
        next_ = "where something should answer: look at its wires and its supply"
        return Finding(what=what, verdict="notice", found="nothing answers", next=next_)
    words = [
        f"{address:#04x} ({KNOWN[address]})" if address in KNOWN else f"{address:#04x}"
        for address in answering
    ]
    return Finding(what=what, verdict="good", found=", ".join(words))


def _answers(wire: Wire, address: int) -> bool:
    """Whether somebody acknowledges a read; nothing is written to chips that nobody knows."""
    try:
        wire.talk(address, b"", 1)
    except OSError:
        return False
    return True


def _one_wire(machine: Machine, *, is_pi: bool) -> Finding:
    sensors = machine.found("sys/bus/w1/devices/28-*")
    if sensors:
        told = [f"{path.name} ({_degrees(machine, path)})" for path in sensors]
        return Finding(what="1-wire", verdict="good", found=", ".join(told))
    if machine.found("sys/bus/w1/devices"):
        next_ = "a thermometer needs a resistor of 4.7 kΩ between data and 3.3 V"
        return Finding(what="1-wire", verdict="notice", found="no thermometer answers", next=next_)
    next_ = f"where a thermometer hangs on 1-wire, dtoverlay=w1-gpio: {SAID}" if is_pi else ""
    return Finding(what="1-wire", verdict="none", found="not there", next=next_)


def _degrees(machine: Machine, path: Path) -> str:
    text = machine.text(f"sys/bus/w1/devices/{path.name}/temperature")
    try:
        return f"{float(text or '') / 1000.0:.1f} °C"
    except ValueError:
        return "silent"


def _pwm(machine: Machine, *, is_pi: bool) -> Finding:
    chips = machine.found("sys/class/pwm/pwmchip*")
    if not chips:
        next_ = f"by software it works on every pin; dtoverlay=pwm-2chan: {SAID}" if is_pi else ""
        return Finding(what="PWM", verdict="none", found="none by hardware", next=next_)
    channels = [f"{path.name}: {machine.text(f'sys/class/pwm/{path.name}/npwm')}" for path in chips]
    return Finding(what="PWM", verdict="good", found=f"{', '.join(channels)} channels")


def _cameras(machine: Machine) -> Finding:
    """What answers as a camera: chips at a Pi's ribbon have a driver of their own, and others their
    name beside a device. The Pi's decoders are devices too, and no cameras."""
    ribbon = [path.name for path in machine.found("sys/bus/i2c/drivers/*") if _sees(machine, path)]
    usb = []
    for device in machine.found("sys/class/video4linux/video*"):
        name = machine.text(f"sys/class/video4linux/{device.name}/name") or ""
        first = machine.text(f"sys/class/video4linux/{device.name}/index") in (None, "0")
        if name and first and not name.startswith(NO_CAMERAS):
            usb.append(f"/dev/{device.name} ({name})")
    tools = [f"{chip} at the ribbon (rpicam)" for chip in ribbon] + [
        f"{each}, v4l2" for each in usb
    ]
    if not tools:
        return Finding(what="cameras", verdict="none", found="none")
    lacks = [name for name, wanted in (("rpicam-still", ribbon), ("ffmpeg", usb)) if wanted]
    missing = [name for name in lacks if not _has(machine, name)]
    if missing:
        next_ = f"sudo apt install {' '.join(PACKAGES[name] for name in missing)}"
        return Finding(what="cameras", verdict="notice", found=", ".join(tools), next=next_)
    return Finding(what="cameras", verdict="good", found=", ".join(tools))


def _sees(machine: Machine, driver: Path) -> bool:
    return driver.name.startswith(SENSORS) and bool(
        machine.found(f"sys/bus/i2c/drivers/{driver.name}/[0-9]*-*")
    )


def _has(machine: Machine, program: str) -> bool:
    old = {"rpicam-still": "libcamera-still"}.get(program, program)
    return bool(machine.found(f"usr/bin/{program}") or machine.found(f"usr/bin/{old}"))


def _watchdog(machine: Machine) -> Finding:
    devices = machine.found("dev/watchdog*")
    if not devices:
        return Finding(what="watchdog", verdict="none", found="not there")
    identity = machine.text("sys/class/watchdog/watchdog0/identity") or devices[0].name
    if not machine.may(devices[0]):
        return Finding(
            what="watchdog",
            verdict="notice",
            found=f"{identity}; /dev/{devices[0].name} may not be opened by this user",
            next="where a hardware document names it, the keeper's user has to be allowed to",
        )
    next_ = f"watchdog: /dev/{devices[0].name} in the hardware document uses it"
    return Finding(what="watchdog", verdict="good", found=identity, next=next_)
