"""A worker's hardware description, from YAML or, for simulated reactors, as the bench wrote it."""

from __future__ import annotations

import json
from pathlib import Path

import click

from orchestrator.cli.exits import BadRequest
from orchestrator.hardware.spec import Hardware, HardwareError, hardware_of


def read_hardware(path: Path) -> Hardware:
    """The value of an `axenic: hardware/1` document.

    Raises:
        BadRequest: it cannot be read, or does not make sense.
    """
    try:
        if path.suffix == ".json":
            return hardware_of(json.loads(path.read_bytes()))
        return _checked(path)
    except OSError as error:
        raise BadRequest(f"{path} cannot be read: {error.strerror}") from error
    except (HardwareError, json.JSONDecodeError) as error:
        raise BadRequest(f"{path}: {error}") from error


def _checked(path: Path) -> Hardware:
    from orchestrator.documents.check import check_text
    from orchestrator.documents.load import load
    from orchestrator.documents.report import report

    content = path.read_bytes()
    checked = check_text(content, str(path))
    document, _ = load(content, str(path))
    if document is None or not checked.is_good:
        click.echo(report([checked]), nl=False, err=True)
        raise SystemExit(1)
    if checked.kind != "hardware/1":
        raise BadRequest(f"{path} is a {checked.kind} document; a worker needs axenic: hardware/1")
    return hardware_of(document.data)
