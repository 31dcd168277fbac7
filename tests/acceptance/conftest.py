"""What tests of whole clusters share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.cluster import short_folder


@pytest.fixture
def folder() -> Iterator[Path]:
    """Where a cluster keeps what it has; its sockets want a short path."""
    with short_folder() as path:
        yield path
