"""Whether a request names this machine, for servers that listen on the loopback."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from urllib.parse import urlsplit


def is_ours(host: str, names: Collection[str] = ()) -> bool:
    """Whether a Host header names the loopback or a name that was configured."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    if name == "localhost" or name.endswith(".localhost") or name in names:
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def is_same_origin(host: str, origin: str | None, fetch_site: str) -> bool:
    """Whether a write comes from one's own page or from a program, not from another site's page."""
    if origin is not None:
        return urlsplit(origin).netloc.lower() == host.lower()
    return fetch_site in ("none", "same-origin")
