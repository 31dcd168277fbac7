"""With what an attempt began: the versions and calibrations that its data points rest on."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from typing import Any

from orchestrator import __version__
from orchestrator.leader.presence import Presences
from orchestrator.messages.reports import Capabilities
from orchestrator.ports.records import Binding


def made_with(bindings: Mapping[str, Binding], presences: Presences) -> dict[str, Any]:
    """What the leader is, and what its workers said of themselves."""
    workers: dict[str, Any] = {}
    for binding in bindings.values():
        presence = presences.get(binding.worker)
        said = presence.capabilities if presence else None
        about = workers.setdefault(binding.worker, _worker(said))
        report = said.reactors.get(binding.reactor) if said else None
        about["reactors"][binding.reactor] = {
            "calibrations": dict(report.calibrations) if report else {}
        }
    return {
        "leader": {
            "version": __version__,
            "python": platform.python_version(),
            "system": f"{platform.system()} {platform.machine()}",
        },
        "workers": workers,
    }


def _worker(said: Capabilities | None) -> dict[str, Any]:
    return {
        "version": said.version if said else "",
        "simulated": said.simulated if said else False,
        "plugins": dict(said.plugins) if said else {},
        "reactors": {},
    }
