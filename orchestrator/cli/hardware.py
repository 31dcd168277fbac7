"""A worker's hardware, from an `axenic: hardware/1` document."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from orchestrator.cli.exits import BadRequest
from orchestrator.hardware.spec import Hardware, HardwareError, hardware_of


def read_hardware(path: Path) -> Hardware:
    """The value of the document; a bench's socket is where the path leads from here.

    Raises:
        BadRequest: it cannot be read, or is something else.
        SystemExit: it is wrong, and all that is wrong has been shown.
    """
    from orchestrator.cli.guests import drivers_of_plugins
    from orchestrator.documents.check import check_text
    from orchestrator.documents.files import Folder
    from orchestrator.documents.report import report

    try:
        checked = check_text(path.read_bytes(), str(path), files=Folder(path.parent))
    except OSError as error:
        raise BadRequest(f"{path} cannot be read: {error.strerror}") from error
    if not checked.is_good:
        click.echo(report([checked]), nl=False, err=True)
        raise SystemExit(1)
    if checked.hardware is None:
        raise BadRequest(f"{path} is a {checked.kind} document; a worker needs axenic: hardware/1")
    try:
        hardware = hardware_of(checked.hardware, drivers_of_plugins())
    except HardwareError as error:
        raise BadRequest(f"{path}: {error}") from error
    if not hardware.bench:
        return hardware
    return msgspec.structs.replace(hardware, bench=str(Path(hardware.bench).absolute()))
