"""How the leader's store is copied, checked and put back, whichever kind it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from orchestrator.ports.maintenance import Tell


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """What can be done with one store. All block; those that take `Tell` say how far they are."""

    where: str
    """For people."""
    ending: str
    """Of its backups' names."""
    back_up: Callable[[Path, Tell], str]
    check: Callable[[Tell], str]
    check_backup: Callable[[Path], str]
    restore: Callable[[Path, str], str]
    """From a backup; what stood there goes aside under a name, and is in the way if that is empty.

    Raises:
        StepFailed, StoreUnusable: nothing was changed.
    """


def keeping_of(data: Path, url: str | None) -> Keeping:
    """Of the store that a leader with these settings uses."""
    return _of_database(url) if url else _of_file(data / "store.sqlite")


def _of_file(store: Path) -> Keeping:
    from orchestrator.store.sqlite import keep

    def restore(backup: Path, aside: str) -> str:
        before = store.with_name(f"{store.name}.{aside}") if aside else None
        return keep.restore(backup, store, before=before)

    return Keeping(
        where=str(store),
        ending=keep.ENDING,
        back_up=lambda to, tell: keep.back_up(store, to, tell),
        check=lambda tell: keep.check(store, tell),
        check_backup=lambda backup: keep.check(backup, lambda _: None),
        restore=restore,
    )


def _of_database(url: str) -> Keeping:
    from orchestrator.store.postgres import keep

    return Keeping(
        where="the database",
        ending=keep.ENDING,
        back_up=lambda to, tell: keep.back_up(url, to, tell),
        check=lambda tell: keep.check(url, tell),
        check_backup=keep.check_backup,
        restore=lambda backup, aside: keep.restore(
            backup, url, before=f"axenic_{aside}".replace("-", "_").lower() if aside else None
        ),
    )
