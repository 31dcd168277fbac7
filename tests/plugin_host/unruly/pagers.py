"""Notifiers as a plugin may bring them. Loaded by processes of their own."""

from __future__ import annotations

import os
import time
from pathlib import Path

from orchestrator.plugin import Place


class Pager:
    """Writes what it is to tell into a file."""

    def __init__(self, place: Place) -> None:
        self.file = Path(str(place.options["file"]))

    def send(self, severity: str, title: str, body: str) -> None:
        with self.file.open("a", encoding="utf-8") as file:
            file.write(f"{severity} | {title} | {body}\n")


class Unplugged(Pager):
    def send(self, severity: str, title: str, body: str) -> None:
        raise ConnectionError("the pager is unplugged")


class Hanging(Pager):
    def send(self, severity: str, title: str, body: str) -> None:
        time.sleep(3600.0)


class Dying(Pager):
    def send(self, severity: str, title: str, body: str) -> None:
        os._exit(4)
