"""What import-linter cannot say about the rooms."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

IMPORT_LIMIT_S = 60
EDGE_ROOMS = ("worker", "jobs", "execution", "sim")
FORBIDDEN_AT_THE_EDGE = ("yaml", "jsonschema", "jinja2", "aiohttp")


@pytest.mark.parametrize("room", ["model", "control"])
def test_the_ground_floor_imports_only_the_standard_library(checkout: Path, room: str) -> None:
    allowed = set(sys.stdlib_module_names) | {"orchestrator"}
    foreign = [
        f"{path.relative_to(checkout)}: {name}"
        for path in (checkout / "orchestrator" / room).rglob("*.py")
        for name in _imported(path)
        if name.split(".")[0] not in allowed
    ]
    assert foreign == []


def test_every_room_is_named_by_the_contract_and_is_a_package(checkout: Path) -> None:
    contracts = tomllib.loads((checkout / "pyproject.toml").read_text())["tool"]["importlinter"]
    house = next(contract for contract in contracts["contracts"] if contract["id"] == "house")
    named = {part.strip(" ()") for layer in house["layers"] for part in layer.split("|")}
    rooms = {path.parent.name for path in (checkout / "orchestrator").glob("*/*.py")}
    assert rooms <= named
    assert [room for room in rooms if not _package(checkout, room).is_file()] == []


def _package(checkout: Path, room: str) -> Path:
    return checkout / "orchestrator" / room / "__init__.py"


@pytest.mark.processes
@pytest.mark.parametrize("room", EDGE_ROOMS)
def test_the_edge_loads_neither_yaml_nor_a_web_framework(checkout: Path, room: str) -> None:
    """The proof at run time, beside import-linter's at rest: load every module of the room."""
    modules = [
        ".".join(path.relative_to(checkout).with_suffix("").parts).removesuffix(".__init__")
        for path in sorted((checkout / "orchestrator" / room).rglob("*.py"))
    ]
    assert modules
    script = (
        f"import sys, importlib\nfor name in {modules}: importlib.import_module(name)\n"
        f"print(*sorted({{m.split('.')[0] for m in sys.modules}} & set({FORBIDDEN_AT_THE_EDGE})))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script],
        env=os.environ | {"PYTHONPATH": str(checkout)},
        capture_output=True,
        text=True,
        timeout=IMPORT_LIMIT_S,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.split() == []


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module
