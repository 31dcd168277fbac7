"""Kinds of calibration that plugins bring, as the worker knows them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from orchestrator.model.calibration import Comparable, Point


class PluginKind(Protocol):
    """How a device is compared that no built-in kind is for."""

    @property
    def name(self) -> str: ...

    @property
    def device(self) -> str:
        """The sensor that shows what is compared."""
        ...

    @property
    def compared(self) -> Comparable: ...

    async def fit(self, points: Sequence[Point]) -> tuple[Point, ...]:
        """The points through which the curve goes, by the plugin's own way to lay it.

        Raises:
            NotFitted: it makes none of these, or does not answer.
        """
        ...
