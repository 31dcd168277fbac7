"""Who may use a broker that we start, and for what.

Passwords are made once, kept readable for the owner alone, and stay the same from then on.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from orchestrator.transport.filters import any_covers

CREDENTIALS = "broker-credentials.json"
ITERATIONS = 101
"""Mosquitto's own figure; the passwords are 32 random bytes, so there is nothing to slow down."""


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A name at the broker with the topic filters it may read and write."""

    name: str
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()

    def may_read(self, topic_or_filter: str) -> bool:
        return any_covers(self.reads, topic_or_filter)

    def may_write(self, topic: str) -> bool:
        return any_covers(self.writes, topic)


def keep_credentials(data_dir: Path, users: Sequence[User]) -> dict[str, str]:
    """Return every user's password, making and keeping those that do not exist yet."""
    known = read_credentials(data_dir)
    missing = [user.name for user in users if user.name not in known]
    if missing:
        known |= {name: secrets.token_urlsafe(32) for name in missing}
        write_private(data_dir / CREDENTIALS, json.dumps(known, indent=1, sort_keys=True).encode())
    return {user.name: known[user.name] for user in users}


def read_credentials(data_dir: Path) -> dict[str, str]:
    """Passwords by user name, as far as any were made."""
    try:
        text = (data_dir / CREDENTIALS).read_bytes()
    except FileNotFoundError:
        return {}
    return {str(name): str(password) for name, password in json.loads(text).items()}


def hash_password(password: str, salt: bytes | None = None) -> str:
    """Hash in the form that Mosquitto reads and we check ourselves."""
    salt = secrets.token_bytes(12) if salt is None else salt
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, ITERATIONS)
    return f"$7${ITERATIONS}${_base64(salt)}${_base64(digest)}"


def password_fits(password: str, hashed: str) -> bool:
    """Compare without telling by the time taken how much was right."""
    salt = base64.b64decode(hashed.split("$")[3])
    return hmac.compare_digest(hash_password(password, salt), hashed)


def write_private(path: Path, content: bytes) -> None:
    """Replace a file whole, readable for its owner alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def write_access(path: Path, users: Sequence[User], passwords: Mapping[str, str]) -> None:
    """Write what the embedded broker needs to know of its users."""
    content = {
        user.name: {
            "hash": hash_password(passwords[user.name]),
            "reads": user.reads,
            "writes": user.writes,
        }
        for user in users
    }
    write_private(path, json.dumps(content, indent=1).encode())


def read_access(path: Path) -> tuple[dict[str, User], dict[str, str]]:
    """Return the users and their hashes by name."""
    content = json.loads(path.read_bytes())
    users = {
        name: User(name=name, reads=tuple(entry["reads"]), writes=tuple(entry["writes"]))
        for name, entry in content.items()
    }
    return users, {name: entry["hash"] for name, entry in content.items()}


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()
