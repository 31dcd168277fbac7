"""Mosquitto as a child process, with users, rights and memory of its own."""

from __future__ import annotations

import asyncio
import os
import pwd
import shutil
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from orchestrator.transport.process import LOOPBACK, run_child
from orchestrator.transport.users import User, hash_password, write_private

FOLDER = "mosquitto"
USER = "mosquitto"
NOBODY = "nobody"


def find_mosquitto() -> str | None:
    """Return the program's path; Debian puts it where a normal user's PATH does not look."""
    return shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")


@asynccontextmanager
async def run_mosquitto(
    program: str,
    data_dir: Path,
    port: int,
    users: Sequence[User],
    passwords: Mapping[str, str],
) -> AsyncIterator[Process]:
    """Run it on loopback; yield its process.

    Started as root it must not stay root. The folder is given to its user, and all paths are
    relative to that folder, so nothing above it needs to be readable.
    """
    folder = data_dir / FOLDER
    owner = unprivileged_user() if os.geteuid() == 0 else None
    files = {
        "mosquitto.conf": configuration(port),
        "passwords": password_file(passwords),
        "acl": acl_file(users),
    }
    await asyncio.to_thread(prepare, folder, files, owner)
    command = (program, "-c", "mosquitto.conf")
    log = data_dir / "mosquitto.log"
    async with run_child(command, port=port, folder=folder, log=log, user=owner) as process:
        yield process


def configuration(port: int) -> str:
    """Write mosquitto.conf."""
    return "\n".join(
        (
            f"listener {port} {LOOPBACK}",
            "allow_anonymous false",
            "password_file passwords",
            "acl_file acl",
            "persistence true",
            "persistence_location ./",
            "autosave_interval 10",
            "persistent_client_expiration 1d",
            "max_inflight_messages 1000",
            "max_queued_messages 10000",
            "set_tcp_nodelay true",
            "connection_messages false",
            "log_dest stderr",
            "log_type error",
            "log_type warning",
            "log_timestamp_format %Y-%m-%dT%H:%M:%S",
            "",
        )
    )


def password_file(passwords: Mapping[str, str]) -> str:
    """Write one line for each user."""
    return "".join(f"{name}:{hash_password(password)}\n" for name, password in passwords.items())


def acl_file(users: Sequence[User]) -> str:
    """Write each user's rights; what is not listed is denied."""
    lines = []
    for user in users:
        lines.append(f"user {user.name}")
        lines += [f"topic read {one}" for one in user.reads]
        lines += [f"topic write {one}" for one in user.writes]
        lines.append("")
    return "\n".join(lines)


def unprivileged_user() -> str:
    """Name the user that Mosquitto runs as when we are root."""
    try:
        pwd.getpwnam(USER)
    except KeyError:
        return NOBODY
    return USER


def prepare(folder: Path, files: Mapping[str, str], owner: str | None) -> None:
    """Write the files, and let the owner own the folder and all that is in it."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name, text in files.items():
        write_private(folder / name, text.encode())
    if owner is not None:
        entry = pwd.getpwnam(owner)
        for path in (folder, *folder.iterdir()):
            os.chown(path, entry.pw_uid, entry.pw_gid, follow_symlinks=False)
