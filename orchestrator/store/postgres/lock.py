"""One leader per database."""

from __future__ import annotations

import time

from orchestrator.ports.store import StoreBusy, StoreUnusable
from orchestrator.store.named import statements
from orchestrator.store.postgres.connect import Raw, ask
from orchestrator.store.postgres.row import Row

SQL = statements("postgres/own")
KEY = 0x4178656E
"""`Axen`"""
PATIENCE_S = 5.0
"""So long the server may take to notice that a killed leader is gone."""
_LOOK_EVERY_S = 0.1


def take_lock(raw: Raw, before: int | None = None) -> None:
    """An advisory lock of the session; the server releases it when the session ends.

    `before` is the session that we had: the server may not know yet that it is over.

    Raises:
        StoreUnusable: another leader has it.
        StoreBusy: the server does not get rid of the session that we had.
    """
    until_s = time.monotonic() + PATIENCE_S
    while not ask(raw, SQL["take_lock"], {"key": KEY}).fetchone()["taken"]:
        holder = ask(raw, SQL["holder"], {"key": KEY}).fetchone()
        is_ours = holder is not None and holder["pid"] == before
        if is_ours:
            ask(raw, SQL["end_session"], {"pid": before})
        if time.monotonic() > until_s:
            if is_ours:
                raise StoreBusy("the server has not ended the session that was lost")
            raise StoreUnusable(f"the database is in use by another leader{_where(holder)}")
        time.sleep(_LOOK_EVERY_S)


def _where(holder: Row | None) -> str:
    """The server tells it only of sessions of the same user."""
    if holder is None or holder["backend_start"] is None:
        return ""
    where = holder["address"] or "the server's own machine"
    return f" (connected from {where} since {holder['backend_start']:%Y-%m-%d %H:%M} UTC)"
