"""One sample a rule: `err/<code>.yaml` is refused exactly as `err/<code>.out` says.

Run with AXENIC_ACCEPT=1 to write what is said now into the .out files, and read the difference.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from orchestrator.documents.check import check_text
from orchestrator.documents.files import Folder
from orchestrator.documents.report import report
from orchestrator.documents.rules import (
    AUTOMATION_RULES,
    CLUSTER_RULES,
    HARDWARE_RULES,
    RULES,
)
from orchestrator.documents.secrets import Secrets

SAMPLES = Path(__file__).parent / "err"
NAMES = sorted(path.stem for path in SAMPLES.glob("*.yaml") if path.name != "secrets.yaml")


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_is_refused_exactly_as_written_beside_it(name: str) -> None:
    sample, expected = SAMPLES / f"{name}.yaml", SAMPLES / f"{name}.out"
    files, secrets = Folder(SAMPLES), Secrets(SAMPLES)
    said = report([check_text(sample.read_bytes(), sample.name, files=files, secrets=secrets)])
    if os.environ.get("AXENIC_ACCEPT"):
        expected.write_text(said, "utf-8")
    assert said == expected.read_text("utf-8")
    assert said


def test_every_rule_has_a_sample_that_it_reports() -> None:
    missing = []
    for rule in {*RULES, *AUTOMATION_RULES, *CLUSTER_RULES, *HARDWARE_RULES}:
        name = rule.__module__.rpartition(".")[2]
        code = "wrong-unit" if name == "wrong_unit" else name.replace("_", "-")
        said = (SAMPLES / f"{name}.out").read_text("utf-8") if name in NAMES else ""
        if (
            f"[{code}]" not in said
            and f"[{code.replace('input-range', 'out-of-range')}]" not in said
        ):
            missing.append(name)
    assert missing == []
