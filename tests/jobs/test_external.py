"""What other machines say becomes a number, or is counted as wrong."""

from __future__ import annotations

import pytest

from orchestrator.jobs.external import Wrong, number_in


@pytest.mark.parametrize(
    ("text", "path", "number"),
    [
        ("7.5", "", 7.5),
        (" -3e2\n", "", -300.0),
        ('{"ph": 7}', "ph", 7.0),
        ('{"data": [{"rh": "41.5"}]}', "data.0.rh", 41.5),
        ("[1, 2]", "1", 2.0),
    ],
)
def test_a_number_is_found_where_it_was_said_to_stand(text: str, path: str, number: float) -> None:
    assert number_in(text, path) == number


@pytest.mark.parametrize(
    ("text", "path", "why"),
    [
        ("", "", "no number"),
        ("warm", "", "'warm' is no number"),
        ("nan", "", "no number"),
        ("1e999", "", "no number"),
        ("{", "ph", "no JSON"),
        ("[" * 5000, "0", "no JSON"),
        ('{"ph": true}', "ph", "no number"),
        ('{"ph": null}', "ph", "no number"),
        ('{"ph": {"a": 1}}', "ph", "no number"),
        ('{"pH": 7}', "ph", "there is no ph in it"),
        ("[1]", "1", "there is no 1 in it"),
        ("7", "ph", "there is no ph in it"),
        ('{"ph": ' + "9" * 400 + "}", "ph", "no number"),
    ],
)
def test_what_is_no_number_is_told_and_breaks_nothing(text: str, path: str, why: str) -> None:
    with pytest.raises(Wrong, match=why):
        number_in(text, path)
