"""Examples for the API's description, out of what was asked and answered in a test."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Final

from orchestrator.server.examples import Example

ITEMS_MAX: Final = 2
TEXT_MAX: Final = 400
LINES_MAX: Final = 3
_IN_PATH: Final = re.compile(r"{(\w+)}")


def example_of(path: str, address: str, body: Any, answer: Any) -> Example:
    """What was asked at the address of a path, and what came back; short enough to be read."""
    pattern = _IN_PATH.sub(r"(?P<\1>[^/?]+)", path)
    found = re.match(pattern, address)
    assert found is not None, f"{address} is none of {path}"
    return Example(path=found.groupdict(), body=_short(body), answer=_short(answer))


def write(file: Path, examples: dict[str, Example], called: dict[str, str]) -> None:
    """In the order of their names, a line for each, so that a change is seen.

    `called` are names of this run, and what stands for them.
    """
    lines = [f"{json.dumps(name)}: {_line(examples[name])}" for name in sorted(examples)]
    text = "{\n" + ",\n".join(lines) + "\n}\n"
    for name, stands in called.items():
        text = text.replace(name, stands)
    file.write_text(text, encoding="utf-8")


def _line(one: Example) -> str:
    parts = {"path": one.path or None, "body": one.body, "answer": one.answer}
    return json.dumps({k: v for k, v in parts.items() if v is not None}, ensure_ascii=False)


def _short(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _short(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_short(each) for each in value[:ITEMS_MAX]]
    if isinstance(value, str) and len(value) > TEXT_MAX:
        return "\n".join(value[:TEXT_MAX].splitlines()[:-1]) + "\n"
    return value
