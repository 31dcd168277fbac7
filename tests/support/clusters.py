"""A cluster document in a folder of its own."""

from __future__ import annotations

from pathlib import Path

from orchestrator.cli.cluster_document import ClusterDocument
from orchestrator.library.open_library import open_library
from tests.server.office import NOW_S

CLUSTER = "axenic: cluster/1\nname: Lab\nopen_per_user: 5\n"


def a_cluster_document(folder: Path, text: str = CLUSTER) -> ClusterDocument:
    """The file `lab.yaml`, and its past beside it."""
    path = folder / "lab.yaml"
    if not path.exists():
        path.write_text(text)
    return ClusterDocument(path, open_library(folder / "configuration"), NOW_S)
