"""Names that workers may have."""

from __future__ import annotations

from orchestrator.cli import wiring
from orchestrator.cli.exits import BadRequest
from orchestrator.cli.plain_names import plain


def names_of(workers: str) -> list[str]:
    """Of workers that may join."""
    names = [name.strip() for name in workers.split(",")]
    return [worker_name(name) for name in names if name]


def worker_name(name: str) -> str:
    """A plain name that nobody else has at the broker.

    Raises:
        BadRequest: it is none.
    """
    if name in wiring.NO_WORKERS:
        raise BadRequest(
            f"'{name}' cannot be a worker's name: at the broker it stands for "
            f"{wiring.NO_WORKERS[name]}; take another one, such as unit1"
        )
    return plain(name, "a worker's name")
