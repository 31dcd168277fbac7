"""What one part of a request's way leaves on it for another."""

from __future__ import annotations

from typing import Final

from aiohttp import web

NONCE: Final = web.RequestKey("nonce", str)
"""Of this answer's own inline scripts and styles."""
