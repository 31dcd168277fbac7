"""Whole commands as a shell would start them, and the bare scripts beside them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from orchestrator.documents.compose import compose_schema
from tools.bench.processes import PYTHON

_AXENIC = """\
import sys
from orchestrator.cli.main import main
if __name__ == "__main__":
    sys.exit(main())
"""
_BARE = """\
import json, sys
from pathlib import Path
import yaml
from jsonschema import Draft202012Validator
validator = Draft202012Validator(json.loads(Path(sys.argv[1]).read_bytes()))
loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
for path in sys.argv[2:]:
    for file in sorted(Path(path).rglob("*.yaml")) if Path(path).is_dir() else [path]:
        if [*validator.iter_errors(yaml.load(Path(file).read_bytes(), loader))]:
            sys.exit(1)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Commands:
    """What to start; more arguments are added at the end."""

    python: tuple[str, ...]
    """Python alone."""
    axenic: tuple[str, ...]
    """As pip installs it."""
    bare: tuple[str, ...]
    """PyYAML and jsonschema, with the schema composed ahead."""


def commands(folder: Path) -> Commands:
    """Write the scripts into a folder."""
    axenic, bare, schema = folder / "axenic", folder / "bare.py", folder / "schema.json"
    axenic.write_text(_AXENIC)
    bare.write_text(_BARE)
    schema.write_text(json.dumps(compose_schema()))
    return Commands(
        python=(PYTHON, "-c", "pass"),
        axenic=(PYTHON, str(axenic)),
        bare=(PYTHON, str(bare), str(schema)),
    )
