"""An event of the log in words, for a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def event_text(data: Mapping[str, Any]) -> str:
    """What happened; of a phase more than its name where that would not tell."""
    phase, awaited = data.get("phase"), ", ".join(data.get("awaits", ()))
    words = {
        "arrived": f"waits before {phase}" + (f" for {awaited}" if awaited else ""),
        "phase_leaving": f"leaves {phase}",
        "held": f"the clock of {phase} stands",
        "picture": f"picture by {data.get('camera')}: {data.get('state') or data.get('file')}",
        "freed": f"the clock of {phase} goes on",
    }
    return (
        words.get(data.get("entry", ""))
        or data.get("text")
        or data.get("detail")
        or phase
        or data.get("state")
        or ""
    )
