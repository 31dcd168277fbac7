"""The suite's own guards: a test that cannot fail guards nothing."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

CHECKOUT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def inner(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """An empty test folder under the same guards."""
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.delenv("AXENIC_CI", raising=False)
    monkeypatch.setenv("PYTHONPATH", str(CHECKOUT))
    pytester.makeini("[pytest]\nasyncio_mode = auto\nmarkers =\n  broker: x\n  browser: x\n")
    pytester.makeconftest(
        'pytest_plugins = ["tests.support.leftovers", "tests.support.needs"]\n'
        "import tests.support.leftovers\n"
        "tests.support.leftovers.GRACE_S = 0.3\n"
    )
    return pytester


def test_a_test_that_leaves_a_task_behind_fails(inner: pytest.Pytester) -> None:
    inner.makepyfile(
        """
        import asyncio

        async def test_left():
            global task
            task = asyncio.create_task(asyncio.sleep(60), name="forgotten")

        async def test_awaited():
            await asyncio.create_task(asyncio.sleep(0))
        """
    )
    result = inner.runpytest_subprocess("-q")
    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(["*left behind:*", "*task*forgotten*"])


def test_a_task_that_an_async_fixture_ends_is_not_left_behind(inner: pytest.Pytester) -> None:
    inner.makepyfile(
        """
        import asyncio, contextlib, pytest_asyncio

        @pytest_asyncio.fixture
        async def service():
            task = asyncio.create_task(asyncio.sleep(60))
            yield task
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

        async def test_served(service):
            assert not service.done()
        """
    )
    inner.runpytest_subprocess("-q").assert_outcomes(passed=1)


def test_a_test_that_leaves_a_thread_behind_fails(inner: pytest.Pytester) -> None:
    inner.makepyfile(
        """
        import threading

        def test_left():
            threading.Thread(target=threading.Event().wait, args=(1.5,), name="stray").start()
        """
    )
    result = inner.runpytest_subprocess("-q")
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*thread stray*"])


@pytest.mark.parametrize(
    "start",
    [
        pytest.param("subprocess.Popen(['sleep', '61'])", id="child"),
        pytest.param("subprocess.run('sleep 61 & true', shell=True)", id="orphan"),
    ],
)
def test_a_test_that_leaves_a_process_behind_fails_and_it_is_ended(
    inner: pytest.Pytester, start: str
) -> None:
    inner.makepyfile(
        f"""
        import subprocess

        def test_left():
            global process
            process = {start}
        """
    )
    result = inner.runpytest_subprocess("-q")
    result.assert_outcomes(passed=1, errors=1)
    line = next(line for line in result.stdout.lines if "sleep 61" in line and "process " in line)
    assert _ends(int(line.split("process ")[1].split(":")[0]))


def test_what_a_wider_fixture_started_may_stay_with_its_children(inner: pytest.Pytester) -> None:
    inner.makepyfile(
        """
        import os, subprocess, time, pytest

        @pytest.fixture(scope="module")
        def server():
            with subprocess.Popen(["sh", "-c", "read line; sleep 62 & wait"],
                                  stdin=subprocess.PIPE, start_new_session=True) as process:
                yield process
                os.killpg(process.pid, 9)

        def test_it_starts_a_helper(server):
            server.stdin.write(b"go\\n")
            server.stdin.flush()
            time.sleep(0.2)

        def test_it_is_still_there(server):
            assert server.poll() is None
        """
    )
    inner.runpytest_subprocess("-q").assert_outcomes(passed=2)


NEEDY = """
    import pytest

    @pytest.mark.broker
    def test_needy():
        pass
"""


@pytest.mark.parametrize(("ci", "skipped", "errors"), [("", 1, 0), ("true", 0, 1)])
def test_a_missing_program_skips_its_tests_and_breaks_them_in_ci(
    inner: pytest.Pytester,
    monkeypatch: pytest.MonkeyPatch,
    ci: str,
    skipped: int,
    errors: int,
) -> None:
    monkeypatch.setenv("AXENIC_CI", ci)
    inner.makeconftest(
        'pytest_plugins = ["tests.support.needs"]\n'
        "import tests.support.needs\n"
        'tests.support.needs.PROGRAMS = {"broker": ("no-such-broker",)}\n'
    )
    inner.makepyfile(NEEDY)
    result = inner.runpytest_subprocess("-q", "-ra")
    result.assert_outcomes(skipped=skipped, errors=errors)
    result.stdout.fnmatch_lines(["*needs no-such-broker: apt-get install no-such-broker*"])


def test_ci_refuses_a_run_that_skipped_anything(
    inner: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")
    inner.makepyfile('import pytest\n\ndef test_later():\n    pytest.skip("later")\n')
    result = inner.runpytest_subprocess("-q")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["nothing may be skipped here, 1 were"])


def _ends(pid: int) -> bool:
    """Whether the process is gone, or a zombie whose parent is, within two seconds."""
    for _ in range(100):
        try:
            os.kill(pid, 0)
            if "Z" in Path(f"/proc/{pid}/stat").read_text().split(")")[1].split()[0]:
                return True
        except (ProcessLookupError, FileNotFoundError):
            return True
        time.sleep(0.02)
    os.kill(pid, signal.SIGKILL)
    return False
