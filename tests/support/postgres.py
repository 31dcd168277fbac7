"""A PostgreSQL of the tests' own, on a Unix socket in a folder of its own.

One server serves the whole session, for tests that carry the mark `postgres`. It spares the disk:
what a commit is worth is shown by tests that start servers themselves (`PostgresServer`) and kill
them.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import psycopg
import pytest

from tests.support.needs import postgres_program

READY_LIMIT_S = 30.0
SPARING = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
_USER = "axenic"
# Emptied row by row: TRUNCATE makes new files for each table, which takes a hundred times as long.
_TABLES = """
SELECT format('DELETE FROM %I.%I', schemaname, tablename) FROM pg_tables
WHERE schemaname = 'axenic' AND tablename <> 'store_version' AND tablename !~ '^readings_'
UNION ALL
SELECT format('SELECT setval(%L, 1, false)', format('%I.%I', schemaname, sequencename))
FROM pg_sequences WHERE schemaname = 'axenic'
"""


class PostgresServer:
    """A cluster in a temporary folder, and the process that serves it."""

    def __init__(self, settings: Sequence[str] = ()) -> None:
        self._settings = settings
        self._folder = Path(tempfile.mkdtemp(prefix="axenic-pg-"))
        self._process: subprocess.Popen[bytes] | None = None
        # PostgreSQL serves nobody as root.
        self._user = "postgres" if os.getuid() == 0 else None
        if self._user:
            shutil.chown(self._folder, self._user)
        options = ["--no-sync", "--auth=trust", f"--username={_USER}", "--encoding=UTF8"]
        ran = self._run("initdb", "-D", f"{self._data}", "--locale=C", *options)
        assert ran.wait(READY_LIMIT_S) == 0, self._told()

    @property
    def url(self) -> str:
        """Of the database that every cluster has."""
        return self.url_of("postgres")

    def url_of(self, database: str) -> str:
        """Of one of its databases."""
        return f"postgresql://{_USER}@/{database}?host={self._folder}"

    def start(self) -> None:
        """Serve, and answer once it does."""
        settings = ["listen_addresses=", f"unix_socket_directories={self._folder}", *self._settings]
        given = [part for setting in settings for part in ("-c", setting)]
        self._process = self._run("postgres", "-D", f"{self._data}", *given)
        give_up = time.monotonic() + READY_LIMIT_S
        while True:
            try:
                psycopg.connect(self.url).close()
            except psycopg.OperationalError:
                assert time.monotonic() < give_up, self._told()
                assert self._process.poll() is None, self._told()
                time.sleep(0.02)
            else:
                return

    def kill(self) -> None:
        """With -9: the server and all that serve its sessions."""
        assert self._process is not None
        children = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(self._process.pid)], capture_output=True, text=True
        ).stdout.split()
        for pid in (self._process.pid, *map(int, children)):
            os.kill(pid, signal.SIGKILL)
        self._process.wait(READY_LIMIT_S)
        self._process = None

    def stop(self) -> None:
        """For good."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(READY_LIMIT_S)
        shutil.rmtree(self._folder)

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    def _run(self, name: str, *arguments: str) -> subprocess.Popen[bytes]:
        program = postgres_program(name)
        assert program is not None, "mark the test `postgres`"
        with (self._folder / "log").open("ab") as log:
            return subprocess.Popen(
                [program, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self._folder,
                user=self._user,
                group=self._user,
                extra_groups=[] if self._user else None,
            )

    def _told(self) -> str:
        return (self._folder / "log").read_text("utf-8", "replace")[-2000:]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The server starts before what watches over leftovers of single tests."""
    for item in items:
        if item.get_closest_marker("postgres") and isinstance(item, pytest.Function):
            item.fixturenames.insert(0, "postgres_server")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """The session's server; the test carries the mark `postgres`."""
    server = PostgresServer(SPARING)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> str:
    """A database without rows; tables may be there already, as an earlier test left them."""
    with psycopg.connect(postgres_server.url) as connection:
        for (statement,) in connection.execute(_TABLES.encode()).fetchall():
            connection.execute(statement.encode())
    return postgres_server.url
