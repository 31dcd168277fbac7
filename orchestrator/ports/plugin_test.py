"""Self-tests that plugins bring, as the worker knows them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from orchestrator.messages.calibrations import Trial


class PluginTest(Protocol):
    """Tries something that no built-in test knows of."""

    @property
    def name(self) -> str: ...

    async def run(self, reactor: str, options: Mapping[str, float | bool | str]) -> Trial:
        """Answer what was found, within a limit and whatever becomes of it; ends when cancelled."""
        ...
