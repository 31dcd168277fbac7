"""Whatever is imported is asked for in pyproject.toml, not merely there by luck."""

from __future__ import annotations

import ast
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

OURS = {"orchestrator", "tests", "tools", "hatch_build"}


@pytest.mark.parametrize(
    ("folders", "extras"),
    [
        pytest.param(["orchestrator"], ["lsp", "parquet", "pi", "postgres"], id="axenic"),
        pytest.param(["tests", "tools"], ["test"], id="tests and tools"),
    ],
)
def test_every_import_is_of_a_declared_dependency(
    checkout: Path, folders: list[str], extras: list[str]
) -> None:
    project = tomllib.loads((checkout / "pyproject.toml").read_text())["project"]
    asked = [*project["dependencies"]]
    for extra in extras:
        asked += project["optional-dependencies"][extra]
    declared = {canonicalize_name(Requirement(text).name) for text in asked}
    providers = packages_distributions()
    undeclared = {
        f"{name} in {path.relative_to(checkout)}"
        for folder in folders
        for path in (checkout / folder).rglob("*.py")
        for name in _imported(path)
        if not {canonicalize_name(each) for each in providers.get(name, [name])} & declared
    }
    assert sorted(undeclared) == []


def _imported(path: Path) -> Iterator[str]:
    """Top-level names of what a file imports from others."""
    for node in ast.walk(ast.parse(path.read_text())):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names = [node.module]
        for name in names:
            top = name.split(".")[0]
            if top not in sys.stdlib_module_names and top not in OURS:
                yield top
