"""A PostgreSQL of the bench's own, as it comes: every commit reaches the disk."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

LIMIT_S = 60.0
_USER = "axenic"
_NAMES = iter(range(1, 1_000_000))


def find_postgres() -> Path | None:
    """Its programs' folder; Debian keeps each version's apart."""
    apart = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), reverse=True)
    found = apart[0] if apart else shutil.which("postgres")
    return Path(found).parent if found else None


@contextmanager
def postgres_serving() -> Iterator[str]:
    """Serve on a socket in a temporary folder: the URL of its own database."""
    programs = find_postgres()
    assert programs is not None
    folder = Path(tempfile.mkdtemp(prefix="axenic-bench-pg-"))
    # PostgreSQL serves nobody as root.
    user = "postgres" if os.getuid() == 0 else None
    if user:
        shutil.chown(folder, user)
    options = ("--auth=trust", f"--username={_USER}", "--encoding=UTF8", "--locale=C")
    made = _run(programs / "initdb", folder, user, "-D", f"{folder / 'data'}", *options)
    served: subprocess.Popen[bytes] | None = None
    try:
        if made.wait(LIMIT_S):
            raise RuntimeError((folder / "log").read_text("utf-8", "replace")[-1000:])
        settings = ("-c", "listen_addresses=", "-c", f"unix_socket_directories={folder}")
        served = _run(programs / "postgres", folder, user, "-D", f"{folder / 'data'}", *settings)
        url = f"postgresql://{_USER}@/postgres?host={folder}"
        _wait(url)
        yield url
    finally:
        if served is not None:
            # At once: all of it is thrown away.
            served.send_signal(signal.SIGQUIT)
            served.wait(LIMIT_S)
        shutil.rmtree(folder)


@contextmanager
def empty_database(url: str) -> Iterator[str]:
    """The URL of a new one on the same server, which is gone afterwards."""
    name = f"bench_{next(_NAMES)}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
        try:
            yield url.replace("/postgres?", f"/{name}?")
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def _run(program: Path, folder: Path, user: str | None, *arguments: str) -> subprocess.Popen[bytes]:
    with (folder / "log").open("ab") as log:
        return subprocess.Popen(
            [program, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=folder,
            user=user,
            group=user,
            extra_groups=[] if user else None,
        )


def _wait(url: str) -> None:
    give_up = time.monotonic() + LIMIT_S
    while True:
        try:
            psycopg.connect(url).close()
        except psycopg.OperationalError:
            if time.monotonic() > give_up:
                raise
            time.sleep(0.02)
        else:
            return
