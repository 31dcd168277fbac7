"""Renew requirements/*.txt and web/package-lock.json: pinned, hashed, for every platform.

No address of a package index stands in them, so each machine uses its own.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

import hatch_build

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = ROOT / "requirements"
OLDEST_PYTHON = "3.11"
LOCKING_TOOLS = ["uv"]
EDITABLE_TOOLS = ["editables>=0.5"]
"""What hatchling asks for besides, to install a checkout."""
COMPILE_LIMIT_S = 300


def main() -> None:
    """Write every lock anew, with the newest versions that fit pyproject.toml."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    runtime: list[str] = project["project"]["dependencies"]
    extras: dict[str, list[str]] = project["project"]["optional-dependencies"]
    lock_requirements("runtime", runtime)
    # The extras stand on the versions that the runtime has.
    lock_requirements("pi", [*runtime, *extras["pi"]], constraint="runtime")
    lock_requirements("test", [*runtime, *extras["test"]], constraint="runtime")
    lock_requirements("build", [*project["build-system"]["requires"], *EDITABLE_TOOLS])
    lock_requirements("lock", LOCKING_TOOLS)
    lock_packages()


def lock_requirements(name: str, wanted: list[str], *, constraint: str | None = None) -> None:
    """Pin `wanted` and all that it needs in requirements/<name>.txt."""
    path = REQUIREMENTS / f"{name}.txt"
    command = [sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--universal"]
    command += ["--python-version", OLDEST_PYTHON, "--generate-hashes", "--no-header", "--upgrade"]
    command += ["--no-emit-index-url", "--no-emit-find-links", "--annotation-style", "line"]
    if constraint is not None:
        command += ["--constraint", f"requirements/{constraint}.txt"]
    pins = subprocess.run(
        [*command, "-"],
        cwd=ROOT,
        input="\n".join(wanted),
        stdout=subprocess.PIPE,
        text=True,
        timeout=COMPILE_LIMIT_S,
        check=True,
    ).stdout
    path.write_text(f"# Written by `make lock`.\n{pins}")
    print(f"{path.relative_to(ROOT)}: {pins.count('==')} packages")


def lock_packages() -> None:
    """Resolve web/package.json anew; advertising addresses are taken out.

    Elsewhere, since npm would copy an installed tree, and that knows no hashes.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for source in ("package.json", ".npmrc"):
            shutil.copy(hatch_build.WEB / source, folder)
        hatch_build.npm("install", "--package-lock-only", folder=folder)
        content = json.loads((folder / "package-lock.json").read_text())
    for package in content["packages"].values():
        package.pop("funding", None)
    lock = hatch_build.WEB / "package-lock.json"
    lock.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n")
    print(f"{lock.relative_to(ROOT)}: {len(content['packages']) - 1} packages")


if __name__ == "__main__":
    main()
