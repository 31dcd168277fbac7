"""What is committed names no package index and no machine."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

# Spelt in pieces, so that this file is not its own finding.
INDEX_HOSTS = ("pypi" + ".org", "files.python" + "hosted.org", "registry." + "npmjs.org")
MACHINE_PATHS = re.compile(r"(?<![\w.])/(?:root|work|home/\w+|Users/\w+)/(?:\.?\w)")
LOCK_LIMIT_BYTES = 2_000_000


@pytest.fixture(scope="module")
def texts(checkout: Path) -> dict[str, str]:
    """Every committed text file by its name."""
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z"],
        cwd=checkout,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    ).stdout
    found = {}
    for name in filter(None, listed.split("\0")):
        path = checkout / name
        if path.is_file() and b"\0" not in (content := path.read_bytes()[:LOCK_LIMIT_BYTES]):
            found[name] = content.decode()
    assert "pyproject.toml" in found
    return found


def test_no_package_index_is_named(texts: dict[str, str]) -> None:
    found = [(name, host) for name, text in texts.items() for host in INDEX_HOSTS if host in text]
    assert found == []


def test_no_path_of_a_machine_is_named(texts: dict[str, str]) -> None:
    found = [
        f"{name}: {line.strip()}"
        for name, text in texts.items()
        for line in text.splitlines()
        if MACHINE_PATHS.search(line)
    ]
    assert found == []


def test_what_is_built_is_not_committed(texts: dict[str, str]) -> None:
    built = re.compile(r"^(build|dist)/|(^|/)(node_modules|__pycache__|bundle)/")
    assert [name for name in texts if built.search(name)] == []


def test_the_version_stands_in_one_place(texts: dict[str, str]) -> None:
    assert "\nversion =" not in texts["pyproject.toml"].split("[tool.")[0]
    assert re.search(r'^__version__ = "\d+\.\d+\.\d+"$', texts["orchestrator/__init__.py"], re.M)
