"""`axenic schema --kind`: each document of the family has a schema that stands alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from orchestrator.cli import schema as command
from orchestrator.documents import schema as family
from orchestrator.documents.load import load
from orchestrator.resources import resource

SAMPLES = {
    "chart": "contrib/charts/growth.yaml",
    "automation": "contrib/automations/morbidostat.yaml",
    "job": "contrib/jobs/stirring.yaml",
    "culture": "contrib/cultures/e-coli.yaml",
    "calibration": "contrib/calibrations/photodiode.yaml",
}


def printed(kind: str) -> dict[str, object]:
    shown = CliRunner().invoke(command.schema, ["--kind", kind])
    assert shown.exit_code == 0, shown.output
    found: dict[str, object] = json.loads(shown.output)
    return found


def test_every_kind_of_the_family_is_offered() -> None:
    assert sorted(command.KINDS) == sorted(family.KINDS.values())


@pytest.mark.parametrize("kind", command.KINDS)
def test_a_kinds_schema_is_valid_and_needs_no_other_file(kind: str) -> None:
    found = printed(kind)
    Draft202012Validator.check_schema(found)
    assert '"$ref": "profile.schema' not in json.dumps(found)


@pytest.mark.parametrize(("kind", "path"), SAMPLES.items())
def test_what_comes_with_axenic_fits_its_schema(kind: str, path: str) -> None:
    text = Path(str(resource(*path.split("/")))).read_text("utf-8")
    document, problems = load(text, path)
    assert document is not None, problems
    data = document.data
    Draft202012Validator(printed(kind)).validate(data)
    with pytest.raises(Exception, match="nonsense"):
        Draft202012Validator(printed(kind)).validate({**data, "nonsense": 1})
