"""Where a broker is and who we are there, as one URL."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import parse_qs, quote, unquote, urlencode, urlsplit

DEFAULT_PORTS = {"mqtt": 1883, "mqtts": 8883}
VERSIONS = ("5", "3.1.1")


class HandshakeOrClosed(ssl.SSLSocket):
    """Does not stay open when the handshake fails; paho would leave it to the garbage."""

    def do_handshake(self, block: bool = False) -> None:
        try:
            super().do_handshake(block)
        except BaseException:
            self.close()
            raise


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerUrl:
    """`mqtt://user:password@host:port` or `mqtts://…`.

    `?version=3.1.1` (or 5) fixes the protocol, `?ca=FILE` names the authority to trust.
    """

    scheme: str
    host: str
    port: int
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    version: str | None = None
    ca: str | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the URL, or raise ValueError saying what is wrong with it."""
        parts = urlsplit(text)
        if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
            raise ValueError("a broker's URL looks like mqtt://user:password@host:1883")
        options = {key: values[-1] for key, values in parse_qs(parts.query).items()}
        version = options.pop("version", None)
        ca = options.pop("ca", None)
        if options:
            raise ValueError(f"unknown option '{next(iter(options))}' in the broker's URL")
        if version not in (None, *VERSIONS):
            raise ValueError(f"MQTT version {version} is not known; use 5 or 3.1.1")
        return cls(
            scheme=parts.scheme,
            host=parts.hostname,
            port=parts.port or DEFAULT_PORTS[parts.scheme],
            user=None if parts.username is None else unquote(parts.username),
            password=None if parts.password is None else unquote(parts.password),
            version=version,
            ca=ca,
        )

    def text(self, *, secret: bool = False) -> str:
        """Write the URL, with the password only where it is asked for."""
        who = ""
        if self.user is not None:
            shown = f":{quote(self.password, safe='')}" if secret and self.password else ""
            who = f"{quote(self.user, safe='')}{shown}@"
        options = {"version": self.version, "ca": self.ca}
        query = urlencode({key: value for key, value in options.items() if value})
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{who}{host}:{self.port}" + (f"?{query}" if query else "")

    def tls_context(self) -> ssl.SSLContext | None:
        """Trust for mqtts; reads certificates from disk, so not for the event loop."""
        if self.scheme != "mqtts":
            return None
        context = ssl.create_default_context(cafile=self.ca)
        context.sslsocket_class = HandshakeOrClosed
        return context
