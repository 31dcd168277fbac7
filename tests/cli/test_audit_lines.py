"""What a line of `axenic audit` says."""

from __future__ import annotations

import pytest

from orchestrator.cli.remarks import asked_for, outcome


def test_what_is_empty_is_left_out_and_what_is_nought_is_not() -> None:
    asked = {"key": "k1", "volume_ml": 0.0, "note": "", "vessel": None, "tags": [], "inputs": {}}
    assert asked_for(asked) == '{"key": "k1", "volume_ml": 0.0}'
    assert asked_for({"note": ""}) == "–"


@pytest.mark.parametrize(
    ("status", "words"),
    [(201, "done"), (403, "refused (403)"), (507, "failed (507)"), (None, "not known")],
)
def test_an_outcome_is_told_as_on_the_page(status: int | None, words: str) -> None:
    assert outcome(status) == words
