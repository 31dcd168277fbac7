"""What was asked and answered once, for those who read the API's description.

`examples.json` and `unit_examples.json` are written by the tests out of real answers, and checked
against the descriptions with every run.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import msgspec

FILE: Final = Path(__file__).with_name("examples.json")
"""Of the leader."""
UNIT_FILE: Final = Path(__file__).with_name("unit_examples.json")
"""Of a worker."""


class Example(msgspec.Struct, frozen=True, kw_only=True):
    """One request and its answer, without what is long."""

    path: dict[str, str] = {}
    """Names in the path."""
    body: Any = None
    answer: Any = None


@cache
def examples(file: Path = FILE) -> Mapping[str, Example]:
    """By the operation's id."""
    return msgspec.json.decode(file.read_bytes(), type=dict[str, Example])


def shown(said: dict[str, Any], example: Any) -> dict[str, Any]:
    """The same with an example, if there is one."""
    return said if example is None else {**said, "example": example}
