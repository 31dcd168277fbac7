"""A folder of backups: how they are named, which stay, and where else they lie."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, datetime
from pathlib import Path

from orchestrator.ports.maintenance import StepFailed, Tell
from orchestrator.store.outside import run_program

_NAMED = re.compile(r"axenic-\d{8}T\d{6}Z\.(sqlite|pgdump)")
_REMOTE = re.compile(r"^(rsync://.+|([^\s/:@]+@)?[^\s/:@]+:.+)$")


def name_for(at_wall_s: float, ending: str) -> str:
    """Names sort by time."""
    return f"axenic-{datetime.fromtimestamp(at_wall_s, UTC):%Y%m%dT%H%M%SZ}{ending}"


def backups_in(folder: Path) -> list[Path]:
    """Newest first; what else lies there is nobody's business."""
    if not folder.is_dir():
        return []
    return sorted((each for each in folder.iterdir() if _NAMED.fullmatch(each.name)), reverse=True)


def prune(folder: Path, keep: int, tell: Tell) -> str:
    """Remove all but the newest."""
    there = backups_in(folder)
    old = there[keep:]
    for number, each in enumerate(old):
        each.unlink()
        tell((number + 1) / len(old))
    return f"{len(there) - len(old)} backups are kept, {len(old)} were removed"


def copy_away(folder: Path, target: str, tell: Tell) -> str:
    """Bring all backups to another place, which keeps what it has.

    `target` is a folder, such as a mounted share, or where rsync finds one: `nas:axenic`.

    Raises:
        StepFailed: the place is not there, or rsync says why not.
    """
    there = backups_in(folder)
    if _REMOTE.match(target):
        command = ["rsync", "--archive", "--partial", "--timeout=120", *map(str, there), target]
        run_program(command, tell)
        return f"{len(there)} backups are at {target}"
    away = Path(target)
    if not away.is_dir():
        raise StepFailed(f"{target} is not there: is the disk mounted?")
    new = [each for each in there if not _is_there(each, away / each.name)]
    try:
        for number, each in enumerate(new):
            half = away / f"{each.name}.part"
            shutil.copy2(each, half)
            half.rename(away / each.name)
            tell((number + 1) / len(new))
    except OSError as error:
        raise StepFailed(f"{target} does not take them: {error}") from error
    return f"{len(new)} of {len(there)} backups were new at {target}"


def _is_there(here: Path, away: Path) -> bool:
    return away.is_file() and away.stat().st_size == here.stat().st_size
