"""What a newcomer meets first: make help, and one clear line when something is missing."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.processes

SCRIPT_LIMIT_S = 30
PROMISED = ["demo", "test", "check", "lint", "format", "docs", "bench", "screenshot", "clean"]

OFFLINE_PIP = """WARNING: Retrying (Retry(total=1)) after connection broken by
 'NewConnectionError: Failed to establish a new connection: [Errno -3] Temporary failure in name
 resolution': /simple/aiohttp/
ERROR: No matching distribution found for aiohttp==3.14.5"""
OFFLINE_NPM = """RuntimeError: `npm-cli.js ci` failed in web/:
npm error code EAI_AGAIN"""
NO_COMPILER = """error: [Errno 2] No such file or directory: 'x86_64-linux-gnu-gcc'
  ERROR: Failed building wheel for cffi
ERROR: Could not build wheels for cffi"""
DISTRUST = """WARNING: Retrying (Retry(total=1)) after connection broken by
 'SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] self-signed certificate"""
WRONG_HASH = "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE."
DISK_FULL = (
    "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device"
)


def test_make_help_has_a_line_for_each_target(checkout: Path) -> None:
    lines = _run(["make", "help"], checkout).stdout.splitlines()
    shown = {line.split()[1]: line.split()[2:] for line in lines if line.startswith("  make ")}
    assert set(PROMISED) <= set(shown)
    assert all(shown.values())


def test_plain_make_is_make_help(checkout: Path) -> None:
    assert _run(["make"], checkout).stdout == _run(["make", "help"], checkout).stdout


@pytest.mark.parametrize(
    ("log", "line"),
    [
        pytest.param(OFFLINE_PIP, "no network: pip cannot reach its package index", id="pip"),
        pytest.param(OFFLINE_NPM, "no network: npm cannot reach its registry", id="npm"),
        pytest.param(NO_COMPILER, "a compiler is missing for cffi", id="compiler"),
        pytest.param(DISTRUST, "certificate is not trusted", id="certificate"),
        pytest.param(WRONG_HASH, "does not match its pinned hash", id="hash"),
        pytest.param(DISK_FULL, "the disk is full", id="disk"),
    ],
)
def test_a_failed_installation_is_explained_in_one_line(
    checkout: Path, tmp_path: Path, log: str, line: str
) -> None:
    _program(tmp_path / ".venv/bin/python", f"[[ $1 == -c ]] && exit 0\ncat <<'LOG'\n{log}\nLOG")
    ran = _run([str(checkout / "tools/install.sh"), "package"], tmp_path)
    assert ran.returncode == 1
    (said,) = ran.stderr.splitlines()
    assert said.startswith("axenic: ")
    assert line in said


def test_an_unknown_failure_shows_the_end_of_its_log(checkout: Path, tmp_path: Path) -> None:
    _program(tmp_path / ".venv/bin/python", "[[ $1 == -c ]] && exit 0\necho something odd")
    ran = _run([str(checkout / "tools/install.sh"), "package"], tmp_path)
    assert ran.stderr.splitlines()[0] == "something odd"
    assert ran.stderr.splitlines()[-1].endswith("(the whole log is build/install.log).")


def test_an_old_python_is_refused_with_its_version(checkout: Path, tmp_path: Path) -> None:
    _program(tmp_path / "python3", "[[ $1 == --version ]] && { echo Python 3.9.2; exit 0; }")
    ran = _environment(checkout, tmp_path)
    assert ran.stderr == (
        f"axenic: Python 3.11 or newer is needed; {tmp_path}/python3 is Python 3.9.2.\n"
    )
    assert not (tmp_path / ".venv").exists()


def test_a_missing_venv_module_names_the_line_to_type(checkout: Path, tmp_path: Path) -> None:
    """As anybody but root; root gets it installed."""
    _program(tmp_path / "python3", 'case "$*" in *ensurepip*) exit 1 ;; *) exit 0 ;; esac')
    _program(tmp_path / "bin/id", "echo 1000; exit 0")
    ran = _environment(checkout, tmp_path, PATH=f"{tmp_path}/bin:{os.environ['PATH']}")
    assert ran.returncode == 1
    assert ran.stderr.endswith("Type: sudo apt-get install -y python3-venv\n")


@pytest.mark.parametrize(("ci", "status"), [("", 0), ("true", 1)])
def test_missing_programs_are_named_with_the_tests_they_cost(
    checkout: Path, tmp_path: Path, ci: str, status: int
) -> None:
    for name in ("bash", "env", "dirname"):
        (tmp_path / name).symlink_to(str(shutil.which(name)))
    _program(tmp_path / "id", "echo 1000; exit 0")
    script = (checkout / "tools/system.sh").read_text().replace(":/usr/sbin:/usr/local/sbin", "")
    _program(tmp_path / "system.sh", script)
    ran = _run(
        [str(tmp_path / "system.sh"), "mosquitto", "chromium"],
        tmp_path,
        PATH=str(tmp_path),
        CI=ci,
        AXENIC_CI="",
    )
    assert ran.returncode == status
    assert "mosquitto is missing: tests marked `broker` are skipped" in ran.stderr
    assert "sudo apt-get install -y chromium" in ran.stderr


def _environment(
    checkout: Path, folder: Path, **variables: str
) -> subprocess.CompletedProcess[str]:
    script = str(checkout / "tools/environment.sh")
    return _run([script, ".venv"], folder, PYTHON=f"{folder}/python3", **variables)


def _run(command: list[str], folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=folder,
        env=os.environ | {"MAKEFLAGS": "", "MAKELEVEL": "0"} | variables,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=SCRIPT_LIMIT_S,
        check=False,
    )


def _program(path: Path, body: str) -> None:
    """A stand-in that fails, unless its body says otherwise."""
    path.parent.mkdir(parents=True, exist_ok=True)
    shebang = "" if body.startswith("#!") else f"#!{shutil.which('bash')}\n"
    path.write_text(f"{shebang}{body}\nexit 1\n" if shebang else body)
    path.chmod(0o755)
