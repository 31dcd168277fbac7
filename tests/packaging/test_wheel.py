"""A wheel carries all that Axenic needs and runs from any folder."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import orchestrator

pytestmark = [pytest.mark.processes, pytest.mark.timeout(300)]

BUILD_LIMIT_S = 240
RUN_LIMIT_S = 60


@pytest.fixture(scope="module")
def wheel(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout, built without network where the bundle is up to date."""
    folder = tmp_path_factory.mktemp("dist")
    _pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(checkout))
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds the wheel's content and nothing else."""
    target = tmp_path_factory.mktemp("installed")
    _pip("install", "--no-deps", "--no-index", "--target", str(target), str(wheel))
    return target


def test_the_wheel_is_for_every_platform_and_carries_the_version(wheel: Path) -> None:
    assert wheel.name == f"axenic-{orchestrator.__version__}-py3-none-any.whl"


@pytest.mark.parametrize("folder", ["schemas", "contrib", "profiles", "docs/checks"])
def test_the_wheel_carries_every_data_file(wheel: Path, checkout: Path, folder: str) -> None:
    wanted = {
        f"orchestrator/_data/{path.relative_to(checkout)}" for path in _tracked(checkout, folder)
    }
    assert wanted, f"nothing is tracked in {folder}/"
    assert wanted <= set(_names(wheel))


@pytest.mark.parametrize("suffix", [".sql", ".html", ".py"])
def test_the_wheel_carries_every_code_page_and_query(
    wheel: Path, checkout: Path, suffix: str
) -> None:
    wanted = {
        str(path.relative_to(checkout))
        for path in _tracked(checkout, "orchestrator")
        if path.suffix == suffix
    }
    assert wanted, f"no {suffix} files are tracked"
    assert wanted <= set(_names(wheel))


def test_the_wheel_carries_the_web_bundle_and_no_web_sources(wheel: Path) -> None:
    names = set(_names(wheel))
    bundle = "orchestrator/server/static/bundle"
    assert {f"{bundle}/main.js", f"{bundle}/main.css"} <= names
    assert not [name for name in names if name.endswith(".ts") or "node_modules" in name]


def test_nothing_of_the_tests_or_tools_is_installed(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in _names(wheel)}
    assert tops == {"orchestrator", f"axenic-{orchestrator.__version__}.dist-info"}


def test_it_says_its_version_from_another_folder(
    run_installed: Callable[..., str],
) -> None:
    assert orchestrator.__version__ in run_installed("-m", "orchestrator", "--version")


def test_it_finds_its_data_from_another_folder(
    run_installed: Callable[..., str], installed: Path
) -> None:
    script = "from orchestrator.resources import resource; print(resource('schemas'))"
    found = Path(run_installed("-c", script).strip())
    assert found == (installed / "orchestrator" / "_data" / "schemas").resolve()
    assert (found / "profile.schema.json").is_file()


def test_it_checks_the_shipped_profiles_and_what_they_include_from_another_folder(
    run_installed: Callable[..., str], installed: Path
) -> None:
    profiles = installed / "orchestrator/_data/profiles"
    assert (profiles / "heat-adapted-turbidostat.yaml").is_file()
    run_installed("-m", "orchestrator", "check", str(profiles))


@pytest.fixture
def run_installed(installed: Path, tmp_path: Path) -> Iterator[Callable[..., str]]:
    """Run Python where only the installed wheel is Axenic; its dependencies are ours."""

    def run(*arguments: str) -> str:
        environment = os.environ | {"PYTHONPATH": str(installed), "PYTHONSAFEPATH": "1"}
        ran = subprocess.run(
            [sys.executable, *arguments],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=RUN_LIMIT_S,
            check=False,
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout

    yield run


def _names(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


def _tracked(checkout: Path, folder: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z", folder],
        cwd=checkout,
        capture_output=True,
        text=True,
        timeout=RUN_LIMIT_S,
        check=True,
    ).stdout
    return [path for name in listed.split("\0") if name and (path := checkout / name).is_file()]


def _pip(*arguments: str) -> None:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input"]
    ran = subprocess.run(
        [*command, *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=BUILD_LIMIT_S,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
