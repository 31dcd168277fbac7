"""What was asked and answered once, for those who read the API's description.

`examples.json` is written by the tests out of real answers, and checked against the description
with every run.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import msgspec

FILE: Final = Path(__file__).with_name("examples.json")


class Example(msgspec.Struct, frozen=True, kw_only=True):
    """One request and its answer, without what is long."""

    path: dict[str, str] = {}
    """Names in the path."""
    body: Any = None
    answer: Any = None


@cache
def examples() -> Mapping[str, Example]:
    """By the operation's id."""
    return msgspec.json.decode(FILE.read_bytes(), type=dict[str, Example])
