"""Values to the text of a column and back."""

from __future__ import annotations

import json
from typing import Any

import msgspec

_ENCODER = msgspec.json.Encoder()


def to_json(value: Any) -> str:
    """Compact JSON."""
    return _ENCODER.encode(value).decode("utf-8")


def from_json(text: str | None, default: Any = None) -> Any:
    """The value in a column that may be empty."""
    return default if text is None else json.loads(text)
