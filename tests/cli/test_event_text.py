"""Events of phases say what happened there, not just where."""

from __future__ import annotations

from typing import Any

import pytest

from orchestrator.cli.event_text import event_text


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (
            {"entry": "arrived", "phase": "joint", "awaits": ["b", "c"]},
            "waits before joint for b, c",
        ),
        ({"entry": "held", "phase": "grow"}, "the clock of grow stands"),
        ({"entry": "freed", "phase": "grow"}, "the clock of grow goes on"),
        ({"entry": "phase_leaving", "phase": "grow"}, "leaves grow"),
        ({"entry": "phase_entered", "phase": "grow"}, "grow"),
        ({"entry": "alert", "text": "too hot", "phase": "grow"}, "too hot"),
    ],
)
def test_an_event_is_told_in_words(data: dict[str, Any], text: str) -> None:
    assert event_text(data) == text
