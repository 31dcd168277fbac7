"""Files that pages load, under addresses that change with their content."""

from __future__ import annotations

import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aiohttp import web

FOREVER: Final = "public, max-age=31536000, immutable"
FOLDER: Final = Path(__file__).with_name("static")


@dataclass(frozen=True, slots=True)
class Assets:
    """All files of a folder, found once; nothing else is ever served."""

    files: dict[str, Path]
    """By path inside the folder, `bundle/main.js`."""
    fingerprint: str
    """Of all of them together, since scripts name their neighbours by relative paths."""

    @classmethod
    def found_in(cls, folder: Path = FOLDER) -> Assets:
        """Look through a folder; a missing one holds nothing."""
        paths = sorted(path for path in folder.rglob("*") if path.is_file())
        files = {path.relative_to(folder).as_posix(): path for path in paths}
        digest = hashlib.sha256()
        for name, path in files.items():
            digest.update(name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
        return cls(files, digest.hexdigest()[:16])

    def url(self, name: str) -> str:
        """Where pages find a file."""
        return f"/static/{self.fingerprint}/{name}"


ASSETS = web.AppKey("assets", Assets)


async def serve_asset(request: web.Request) -> web.StreamResponse:
    """Answer `/static/{fingerprint}/{name}`; other fingerprints belong to other versions."""
    assets = request.app[ASSETS]
    path = assets.files.get(request.match_info["name"])
    if path is None or request.match_info["fingerprint"] != assets.fingerprint:
        raise web.HTTPNotFound
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return web.FileResponse(path, headers={"Cache-Control": FOREVER, "Content-Type": kind})
