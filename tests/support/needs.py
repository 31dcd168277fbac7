"""Tests that need a program are skipped where it is missing, and fail where nothing may be skipped.

`@pytest.mark.browser` needs Chromium, `@pytest.mark.broker` needs Mosquitto,
`@pytest.mark.postgres` needs PostgreSQL, `@pytest.mark.rsync` needs rsync. With `CI=true` (or
`AXENIC_CI=true`) a run that skips anything fails, whatever skipped it.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

PROGRAMS = {
    "browser": ("chromium", "chromium-browser", "google-chrome"),
    "broker": ("mosquitto",),
    "postgres": ("postgres",),
    "rsync": ("rsync",),
}
PACKAGES = {"postgres": "postgresql"}
"""Where the package is called otherwise than the program."""
# Debian keeps daemons in a folder that only root has on its PATH.
POSTGRES_FOLDERS = sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin")), reverse=True)
SEARCH_PATH = os.pathsep.join(
    [os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin", *POSTGRES_FOLDERS]
)


def find_program(*names: str) -> Path | None:
    """Path of the first of these programs that is installed."""
    for name in names:
        if found := shutil.which(name, path=SEARCH_PATH):
            return Path(found)
    return None


def nothing_may_be_skipped() -> bool:
    """Whether this is CI, where a skipped test is a failed one."""
    return "true" in (os.environ.get("CI"), os.environ.get("AXENIC_CI"))


def pytest_runtest_setup(item: pytest.Item) -> None:
    for mark, names in PROGRAMS.items():
        if item.get_closest_marker(mark) is None or find_program(*names):
            continue
        reason = f"needs {names[0]}: apt-get install {PACKAGES.get(names[0], names[0])}"
        if nothing_may_be_skipped():
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    if nothing_may_be_skipped() and _skipped(session.config) and session.exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = _skipped(terminalreporter.config)
    if skipped and nothing_may_be_skipped():
        terminalreporter.write_line(f"nothing may be skipped here, {skipped} were", red=True)


def _skipped(config: pytest.Config) -> int:
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    return len(reporter.stats.get("skipped", ())) if reporter is not None else 0


@pytest.fixture(scope="session")
def chromium_path() -> Path:
    """Chromium's executable; the test carries the mark `browser`."""
    found = find_program(*PROGRAMS["browser"])
    assert found is not None, "mark the test `browser`"
    return found


def postgres_program(name: str) -> Path | None:
    """A program of PostgreSQL's server, which Debian keeps in a folder of each version's own."""
    found = shutil.which(name, path=os.pathsep.join(POSTGRES_FOLDERS)) or shutil.which(name)
    return Path(found) if found else None


@pytest.fixture(scope="session")
def mosquitto_path() -> Path:
    """Mosquitto's executable; the test carries the mark `broker`."""
    found = find_program(*PROGRAMS["broker"])
    assert found is not None, "mark the test `broker`"
    return found
