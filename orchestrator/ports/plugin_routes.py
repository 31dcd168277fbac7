"""Routes of the API that plugins bring, as the server knows them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Protocol


class RouteRefused(Exception):
    """The plugin says what is wrong with the request."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


class RouteBroke(Exception):
    """It raised an error; the text is for people."""


class RouteLost(Exception):
    """Its process died, or cannot be had; another one is started in a while."""


class RouteLate(Exception):
    """It did not answer in time, and was ended."""


class PluginRoute(Protocol):
    """One address, and who answers there."""

    @property
    def plugin(self) -> str: ...

    @property
    def name(self) -> str: ...

    @property
    def method(self) -> Literal["GET", "POST"]: ...

    @property
    def description(self) -> str: ...

    @property
    def query(self) -> Mapping[str, str]:
        """Parameters of the query, with a sentence each."""
        ...

    @property
    def is_for_administrators(self) -> bool: ...

    async def answer(self, query: Mapping[str, str], body: Any, actor: str, role: str) -> bytes:
        """JSON.

        Raises:
            RouteRefused, RouteBroke, RouteLost, RouteLate: there is no answer, and why.
        """
        ...
