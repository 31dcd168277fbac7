"""One leader per database."""

from __future__ import annotations

import time

from orchestrator.ports.store import StoreUnusable
from orchestrator.store.named import statements
from orchestrator.store.postgres.connect import Raw, ask

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
    """
    until_s = time.monotonic() + PATIENCE_S
    while not ask(raw, SQL["take_lock"], {"key": KEY}).fetchone()["taken"]:
        holder = ask(raw, SQL["holder"], {"key": KEY}).fetchone()
        if holder is not None and holder["pid"] == before:
            ask(raw, SQL["end_session"], {"pid": before})
        elif holder is not None and time.monotonic() > until_s:
            where = holder["address"] or "the server's own machine"
            raise StoreUnusable(
                "the database is in use by another leader (connected from "
                f"{where} since {holder['backend_start']:%Y-%m-%d %H:%M} UTC)"
            )
        time.sleep(_LOOK_EVERY_S)
