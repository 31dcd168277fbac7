"""What every test may use."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

pytest_plugins = [
    "tests.support.browser",
    "tests.support.leftovers",
    "tests.support.needs",
    "tests.support.plugin_folders",
    "tests.support.postgres",
]

# What is plugged in on this machine is no part of what is tested.
os.environ["AXENIC_PLUGINS"] = ""

CHECKOUT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def checkout() -> Path:
    """The repository's root."""
    return CHECKOUT


@pytest.fixture(scope="session")
def canonical_profile() -> Path:
    """The example that DESIGN.md promises to run as written."""
    return CHECKOUT / "profiles" / "heat-adapted-turbidostat.yaml"


@pytest.fixture
def free_port() -> int:
    """A TCP port on the loopback that nothing listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
