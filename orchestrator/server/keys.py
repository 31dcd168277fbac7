"""What one part of a request's way leaves on it for another."""

from __future__ import annotations

from typing import Final

from aiohttp import web

CONCERNS: Final = web.RequestKey("concerns", str)
"""The experiment that a write is about, where its path does not say; for the audit."""
NONCE: Final = web.RequestKey("nonce", str)
"""Of this answer's own inline scripts and styles."""
