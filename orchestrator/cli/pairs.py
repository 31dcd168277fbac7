"""Options of the form `KEY=VALUE`."""

from __future__ import annotations

from orchestrator.cli.exits import BadRequest


def pairs(given: tuple[str, ...], option: str) -> dict[str, str]:
    """Read `KEY=VALUE` options.

    Raises:
        BadRequest: naming the option and what was given.
    """
    read: dict[str, str] = {}
    for text in given:
        key, equals, value = text.partition("=")
        if not equals or not key.strip():
            raise BadRequest(f"{option} {text}: it takes KEY=VALUE")
        read[key.strip()] = value.strip()
    return read
