"""What is around the hardware: clock, disk, memory, user, broker, leader, services."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from orchestrator.cli.doctor.finding import Finding, Verdict

MIB: Final = 2**20
WARN_MIB: Final = 1024
BAD_MIB: Final = 200
CONNECT_S: Final = 3.0
GROUPS: Final = ("gpio", "i2c")
UNIT_FOLDERS: Final = ("etc/systemd/system", "lib/systemd/system", "usr/lib/systemd/system")
PORTS: Final = {"mqtt": 1883, "mqtts": 8883, "http": 80, "https": 443}


def look_at_clock(is_synchronised: Callable[[], bool]) -> Finding:
    """Whether what stands on the wall clock will happen."""
    if is_synchronised():
        return Finding(what="clock", verdict="good", found="synchronised")
    return Finding(
        what="clock",
        verdict="bad",
        found="not synchronised: nothing that stands on the wall clock (cron) happens",
        next="sudo timedatectl set-ntp true; where there is no network, look at it and say "
        "--trust-clock",
    )


def look_at_disk(folder: Path) -> Finding:
    """The room where the data would grow."""
    there = next(each for each in (folder, *folder.absolute().parents) if each.exists())
    free_mib = shutil.disk_usage(there).free / MIB
    found = f"{free_mib / 1024:.1f} GiB free at {folder}"
    if free_mib < BAD_MIB:
        return Finding(what="disk", verdict="bad", found=found, next="make room: nothing starts")
    verdict: Verdict = "notice" if free_mib < WARN_MIB else "good"
    next_ = "below 1 GiB the leader raises an alert" if verdict == "notice" else ""
    return Finding(what="disk", verdict=verdict, found=found, next=next_)


def look_at_groups(known: Sequence[str], own: Sequence[str], *, is_root: bool) -> Finding:
    """Whether this user may use pins and buses."""
    if is_root:
        return Finding(
            what="user", verdict="notice", found="root", next="services need not be root"
        )
    wanted = [name for name in GROUPS if name in known]
    missing = [name for name in wanted if name not in own]
    if missing:
        next_ = f"sudo usermod -aG {','.join(missing)} $USER, and sign in again"
        found = f"not in {', '.join(missing)}"
        return Finding(what="user", verdict="bad", found=found, next=next_)
    if not wanted:
        return Finding(what="user", verdict="none", found="this system has no groups for pins")
    return Finding(what="user", verdict="good", found=f"in {', '.join(wanted)}")


def look_at_modules(found: Mapping[str, bool], *, is_pi: bool) -> Finding:
    """The libraries that drive pins and buses."""
    missing = [name for name, is_there in found.items() if not is_there]
    if not missing:
        return Finding(what="drivers", verdict="good", found=", ".join(found))
    next_ = "pip install 'axenic[pi]'" if is_pi else "pip install 'axenic[pi]' on a Pi"
    verdict: Verdict = "bad" if is_pi else "none"
    words = f"without {', '.join(missing)}"
    return Finding(what="drivers", verdict=verdict, found=words, next=next_)


def look_at_address(what: str, url: str, next_: str, usual: str = "") -> Finding:
    """Whether somebody listens at a URL, or where they usually do; nothing is said to them."""
    is_usual = not url
    url = url or usual
    if not url:
        return Finding(what=what, verdict="none", found="nobody said where", next=next_)
    parts = urlsplit(url)
    host = parts.hostname or ""
    try:
        port = parts.port or PORTS.get(parts.scheme, 0)
    except ValueError:
        port = 0
    if not host or not port:
        return Finding(what=what, verdict="bad", found="that is no URL", next=next_)
    place = f"{host}:{port}"
    try:
        with socket.create_connection((host, port), timeout=CONNECT_S):
            return Finding(what=what, verdict="good", found=f"{place} answers")
    except OSError as error:
        words = f"{place} does not answer: {error.strerror or error}"
        verdict: Verdict = "none" if is_usual else "bad"
        return Finding(what=what, verdict=verdict, found=words, next=next_)


def look_at_services(root: Path) -> Iterator[Finding]:
    """Units of systemd that start Axenic with the machine."""
    units = sorted(
        path.name for folder in UNIT_FOLDERS for path in (root / folder).glob("axenic-*.service")
    )
    enabled = sorted(
        path.name for path in (root / "etc/systemd/system").glob("*.wants/axenic-*.service")
    )
    if not units:
        yield Finding(
            what="services",
            verdict="none",
            found="no unit of Axenic",
            next="contrib/systemd has units that start it with the machine",
        )
    elif not enabled:
        yield Finding(
            what="services",
            verdict="notice",
            found=f"{', '.join(units)} are there, and none starts with the machine",
            next="sudo systemctl enable --now axenic-worker@NAME",
        )
    else:
        yield Finding(what="services", verdict="good", found=", ".join(enabled))
