"""The files beside a document, as they stand on the desk: what is open comes before the disk."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pygls.uris import to_fs_path
from pygls.workspace import Workspace

from orchestrator.documents.files import NO_FILES, Files, Folder


class Desk(Folder):
    """A folder in which some files are being edited."""

    def __init__(self, root: Path, texts: Mapping[Path, str]) -> None:
        super().__init__(root)
        self._texts = texts

    def read(self, name: str, /) -> bytes:
        """Read a file as it is in the editor, or else on the disk."""
        text = self._texts.get(self._path(name).resolve())
        return text.encode("utf-8", "surrogatepass") if text is not None else super().read(name)


def files_beside(uri: str, workspace: Workspace) -> Files:
    """Give what a document may include, with what is open in the editor now."""
    path = to_fs_path(uri)
    if not uri.startswith("file:") or path is None:
        return NO_FILES
    texts = {
        Path(there).resolve(): each.source
        for address, each in workspace.text_documents.items()
        if address != uri and (there := to_fs_path(address)) is not None
    }
    return Desk(Path(path).parent, texts)
