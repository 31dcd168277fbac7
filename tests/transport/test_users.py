from __future__ import annotations

import json
import stat
import time
from pathlib import Path

from orchestrator.transport.users import (
    CREDENTIALS,
    User,
    hash_password,
    keep_credentials,
    password_fits,
    read_access,
    read_credentials,
    write_access,
)

USERS = (User(name="leader"), User(name="w1"))


def test_passwords_are_made_once_and_for_their_owner_alone(tmp_path: Path) -> None:
    first = keep_credentials(tmp_path / "data", USERS)
    assert keep_credentials(tmp_path / "data", USERS) == first
    assert first["leader"] != first["w1"]
    assert all(len(password) >= 40 for password in first.values())
    assert stat.S_IMODE((tmp_path / "data" / CREDENTIALS).stat().st_mode) == 0o600


def test_a_new_user_gets_a_password_and_the_others_keep_theirs(tmp_path: Path) -> None:
    first = keep_credentials(tmp_path, USERS)
    more = keep_credentials(tmp_path, (*USERS, User(name="w2")))
    assert {name: more[name] for name in first} == first
    assert set(read_credentials(tmp_path)) == {"leader", "w1", "w2"}
    assert [path.name for path in tmp_path.iterdir()] == [CREDENTIALS]


def test_only_the_right_password_fits() -> None:
    hashed = hash_password("right")
    assert password_fits("right", hashed)
    assert not password_fits("wrong", hashed)
    assert not password_fits("", hashed)
    assert hash_password("right") != hashed


def test_checking_a_password_does_not_hold_up_the_broker() -> None:
    hashed = hash_password("right")
    best_s = 1.0
    for _ in range(20):
        started_s = time.perf_counter()
        password_fits("right", hashed)
        best_s = min(best_s, time.perf_counter() - started_s)
    assert best_s < 0.005


def test_access_is_kept_without_passwords(tmp_path: Path) -> None:
    path = tmp_path / "access.json"
    user = User(name="w1", reads=("a",), writes=("b", "c/#"))
    write_access(path, (user,), {"w1": "secret"})
    users, hashes = read_access(path)
    assert users == {"w1": user}
    assert password_fits("secret", hashes["w1"])
    assert "secret" not in json.dumps(path.read_text())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
