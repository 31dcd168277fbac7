"""Locks pin and hash everything that is asked for, and name no address."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

PIN = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)")


@pytest.mark.parametrize("name", ["runtime", "pi", "test", "build", "lock"])
def test_every_pin_has_a_hash_and_no_address_is_named(checkout: Path, name: str) -> None:
    text = (checkout / "requirements" / f"{name}.txt").read_text()
    entries = [entry for entry in re.split(r"\n(?=\S)", text) if PIN.match(entry)]
    assert entries
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []
    assert re.findall(r"^--?(?:index|extra|find|trusted|i|f)\b.*|\w+://.*", text, re.M) == []


@pytest.mark.parametrize("name", ["runtime", "pi", "test"])
def test_the_lock_satisfies_what_the_project_asks_for(checkout: Path, name: str) -> None:
    project = tomllib.loads((checkout / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"].get(name, [])]
    assert _unsatisfied(wanted, checkout / "requirements" / f"{name}.txt") == []


def test_the_build_lock_satisfies_the_build_system(checkout: Path) -> None:
    wanted = tomllib.loads((checkout / "pyproject.toml").read_text())["build-system"]["requires"]
    assert _unsatisfied(wanted, checkout / "requirements" / "build.txt") == []


@pytest.mark.parametrize("name", ["pi", "test"])
def test_the_extras_stand_on_the_same_versions_as_the_runtime(checkout: Path, name: str) -> None:
    runtime = _pins(checkout / "requirements" / "runtime.txt")
    extra = _pins(checkout / "requirements" / f"{name}.txt")
    assert {package: extra.get(package) for package in runtime} == runtime


def test_the_web_lock_is_of_this_package_and_names_no_address(checkout: Path) -> None:
    wanted = json.loads((checkout / "web" / "package.json").read_text())
    text = (checkout / "web" / "package-lock.json").read_text()
    locked = json.loads(text)["packages"]
    for kind in ("dependencies", "devDependencies"):
        assert locked[""][kind] == wanted[kind]
    assert [name for name, entry in locked.items() if name and "integrity" not in entry] == []
    assert re.findall(r"\w+://\S*", text) == []


def _pins(path: Path) -> dict[str, Version]:
    found = (PIN.match(line) for line in path.read_text().splitlines())
    return {canonicalize_name(pin[1]): Version(pin[2]) for pin in found if pin}


def _unsatisfied(wanted: list[str], lock: Path) -> list[str]:
    pins = _pins(lock)
    return [
        text
        for text in wanted
        if (requirement := Requirement(text)).specifier.contains(
            pins.get(canonicalize_name(requirement.name), Version("0.dev0"))
        )
        is False
    ]
