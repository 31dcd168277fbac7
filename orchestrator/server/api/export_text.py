"""How rows and moments look in exported files."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any


def as_csv(rows: Iterable[Iterable[Any]]) -> str:
    """Rows as text; None is empty."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def wall(wall_s: float | None) -> str:
    """A moment as ISO 8601, UTC; empty where the time was not known."""
    if wall_s is None:
        return ""
    moment = datetime.fromtimestamp(wall_s, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
