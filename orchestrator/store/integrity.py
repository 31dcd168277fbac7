"""Whether what a store holds fits together, whichever database holds it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from orchestrator.store.connection import Connection
from orchestrator.store.named import statements

SQL = statements("integrity")


def contradictions(connection: Connection, tell: Callable[[float], None]) -> Iterator[str]:
    """What does not fit, in words; reads every reading once or twice."""
    (misplaced,) = connection.execute(SQL["misplaced_readings"]).fetchone()
    if misplaced:
        yield f"{misplaced} readings belong to no series"
    tell(0.5)
    for row in connection.execute(SQL["miscounted_outboxes"]):
        yield f"of {row['outbox']} {row['told']} readings were accepted, {row['held']} are there"
    tell(0.9)
    for row in connection.execute(SQL["miscounted_ranges"]):
        yield (
            f"of {row['outbox']} {row['told']} records are kept, {row['numbered']} were accepted"
        )
    for row in connection.execute(SQL["lost_revisions"]):
        yield f"the profile of experiment {row['id']} is missing"


def held(connection: Connection) -> str:
    """How much that is, in words."""
    row = connection.execute(SQL["held"]).fetchone()
    return f"{row['experiments']} experiments, {row['readings']} readings"
