"""Programs of others that keep copies: pg_dump, rsync."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Mapping, Sequence

from orchestrator.ports.maintenance import StepFailed, Tell

_LOOK_EVERY_S = 0.2
_PACKAGES = {"pg_dump": "postgresql-client", "pg_restore": "postgresql-client"}


def run_program(
    command: Sequence[str], tell: Tell, environment: Mapping[str, str] | None = None
) -> str:
    """Run one to its end and answer what it wrote; whoever stops it does so through `tell`.

    Raises:
        StepFailed: it is missing, or failed, with what it said.
    """
    name = command[0]
    with tempfile.TemporaryFile() as written, tempfile.TemporaryFile() as complaints:
        try:
            process = subprocess.Popen(
                command,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=written,
                stderr=complaints,
            )
        except FileNotFoundError:
            package = _PACKAGES.get(name, name)
            raise StepFailed(f"{name} is missing: sudo apt-get install {package}") from None
        try:
            _wait(process, tell)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
        complaints.seek(0)
        if process.returncode:
            said = complaints.read().decode("utf-8", "replace").strip()
            raise StepFailed(f"{name} failed: {said[-500:] or process.returncode}")
        written.seek(0)
        return written.read().decode("utf-8", "replace")


def _wait(process: subprocess.Popen[bytes], tell: Tell) -> None:
    while True:
        try:
            process.wait(_LOOK_EVERY_S)
        except subprocess.TimeoutExpired:
            tell(0.0)
        else:
            return
