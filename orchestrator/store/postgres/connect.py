"""Connections to a PostgreSQL database: what they have in common, and the one that reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import psycopg
from psycopg import conninfo, pq
from psycopg.abc import Buffer
from psycopg.types.string import StrDumperUnknown

from orchestrator.ports.store import StoreBusy
from orchestrator.store.connection import Rows
from orchestrator.store.postgres.row import Row, named_row
from orchestrator.store.postgres.say import said

SCHEMA = "axenic"
"""Where the tables lie, so that a database may hold other things, too."""
CONNECT_LIMIT_S = 5
NOTHING: Mapping[str, Any] = {}
KEEPALIVE = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}
_SETTINGS = (
    # A machine that vanishes holds neither lock nor snapshot for hours.
    "SET tcp_keepalives_idle = 30",
    "SET tcp_keepalives_interval = 10",
    "SET tcp_keepalives_count = 3",
    f"SET search_path = {SCHEMA}, pg_catalog",
    "SET timezone = 'UTC'",
)
_SNAPSHOT = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"

Raw = psycopg.Connection[Row]


def connect(url: str, purpose: str) -> Raw:
    """Where each statement stands for itself until one begins a transaction.

    Raises:
        psycopg.OperationalError: the database cannot be reached.
    """
    asked = conninfo.make_conninfo(
        url, application_name=f"axenic {purpose}", connect_timeout=CONNECT_LIMIT_S, **KEEPALIVE
    )
    raw: Raw = psycopg.Connection.connect(asked, autocommit=True, row_factory=named_row)
    raw.adapters.register_dumper(str, _Text)
    for setting in _SETTINGS:
        raw.execute(setting.encode())
    return raw


def ask(raw: Raw, statement: str, parameters: Mapping[str, Any] = NOTHING) -> Rows:
    """Put a named statement to the database."""
    asked = said(statement)
    return raw.execute(asked.text, asked.given(parameters))


class PostgresConnection:
    """`store.connection.Connection`, over one that is made anew when it was lost."""

    def __init__(self, url: str, purpose: str) -> None:
        self._url, self._purpose = url, purpose
        self._raw: Raw | None = None

    def execute(self, statement: str, parameters: Mapping[str, Any] = NOTHING, /) -> Rows:
        return ask(self.raw, statement, parameters)

    def rollback(self) -> None:
        """Of a session that is lost the server undoes by itself what it did."""
        raw = self._raw
        if raw is None or raw.info.transaction_status is pq.TransactionStatus.IDLE:
            return
        try:
            raw.execute(b"ROLLBACK")
        except psycopg.OperationalError:
            raw.close()

    def named(self, error: Exception) -> Exception:
        """What the server does not answer has its name already."""
        return error

    def close(self) -> None:
        if self._raw is not None:
            self._raw.close()

    @property
    def raw(self) -> Raw:
        """The connection as it is.

        Raises:
            StoreBusy: there is none.
        """
        if self._raw is None:
            raise StoreBusy("the database is not there now")
        return self._raw

    def _ready(self) -> Raw:
        """One that works, as far as anybody knows."""
        if self._raw is not None and self._raw.info.status is pq.ConnStatus.OK:
            return self._raw
        try:
            if self._raw is not None:
                self._raw.close()
            self._raw = None
            self._raw = self._open()
        except psycopg.OperationalError as error:
            raise StoreBusy(f"the database is not there now: {error}") from error
        return self._raw

    def _open(self) -> Raw:
        return connect(self._url, self._purpose)


class PostgresReading(PostgresConnection):
    """`store.connection.ReadingConnection`."""

    def __init__(self, url: str) -> None:
        super().__init__(url, "reader")

    def execute(self, statement: str, parameters: Mapping[str, Any] = NOTHING, /) -> Rows:
        try:
            return super().execute(statement, parameters)
        except psycopg.OperationalError as error:
            raise StoreBusy(f"the database cannot be asked now: {error}") from error

    def begin(self) -> None:
        self._ready()
        try:
            self.execute(_SNAPSHOT)
        except StoreBusy:
            # The server may have been restarted since the last question.
            self._ready()
            self.execute(_SNAPSHOT)


class _Text(StrDumperUnknown):
    """PostgreSQL keeps every text but those with NUL in them."""

    def dump(self, obj: str) -> Buffer | None:
        return super().dump(obj.replace("\0", "\N{REPLACEMENT CHARACTER}"))
