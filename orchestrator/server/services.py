"""What the server is given to work with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web

from orchestrator.model.catalogue import Catalogue
from orchestrator.ports.check import Check
from orchestrator.ports.clock import Clock
from orchestrator.ports.configuration import Configuration
from orchestrator.ports.library import Library
from orchestrator.ports.machine import Machine
from orchestrator.ports.maintenance import Caretaker
from orchestrator.ports.office import Office
from orchestrator.ports.pictures import Gallery
from orchestrator.ports.report import Report
from orchestrator.ports.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The leader's desk, the store behind it, and what both cannot know."""

    office: Office
    store: Store
    check: Check
    clock: Clock
    catalogue: Catalogue
    units: Mapping[str, str]
    """signal → unit, as shown to people."""
    profiles: Path
    """Folder of the profiles that come with Axenic."""
    version: str
    library: Library | None = None
    """The laboratory's own profiles, if the leader keeps them."""
    report: Report | None = None
    """Draws an experiment's page for offline, if anybody can."""
    caretaker: Caretaker | None = None
    """Who keeps the store safe, if anybody does."""
    gallery: Gallery | None = None
    """Where pictures of experiments lie, if anybody fetches them."""
    machine: Machine | None = None
    """On which the leader runs, if anybody can tell of it."""
    configuration: Configuration | None = None
    """What leader and workers have in common, if there is a document of it."""
    plugins: Mapping[str, str] = field(default_factory=dict)
    """The leader's, name → version."""
    webhook_secret: str = ""
    """With which its remote's host signs; empty: none may call."""

    def unit_of(self, signal: str) -> str:
        """The unit of a signal; empty for plain numbers and for signals that nobody declared."""
        return self.units.get(signal, "")


SERVICES = web.AppKey("services", Services)
