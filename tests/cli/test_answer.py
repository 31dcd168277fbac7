"""`axenic answer`: what is asked, what fits, and what does not."""

from __future__ import annotations

from typing import Any

import pytest
from click.testing import CliRunner, Result

from orchestrator.cli import experiments

ASKED = {"vessel": "a", "asked_wall_s": None, "choices": [], "unit": "", "default": None}


def answering(monkeypatch: pytest.MonkeyPatch, said: Any, *words: str) -> Result:
    monkeypatch.setattr(experiments, "ask", lambda _url, _work: said)
    return CliRunner().invoke(experiments.answer, list(words))


def test_an_answer_that_does_not_fit_is_refused_with_the_workers_reason(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said = {"outcome": "refused", "reason": "a volume needs a unit such as mL"}
    shown = answering(monkeypatch, said, "k", "much")
    assert shown.exit_code == 1
    assert "'much' is no answer: a volume needs a unit such as mL" in shown.output


def test_an_answer_that_fits_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = answering(monkeypatch, {"outcome": "done", "reason": ""}, "k", "500 µL")
    assert (shown.exit_code, shown.output) == (0, "answered\n")


def test_the_list_says_which_answers_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = [
        {**ASKED, "text": "How much?", "key": "k1", "answer_type": "volume", "unit": "mL"},
        {**ASKED, "text": "Which?", "key": "k2", "answer_type": "text", "choices": ["x", "y"]},
        {**ASKED, "text": "Clear?", "key": "k3", "answer_type": "boolean", "default": False},
    ]
    shown = answering(monkeypatch, {"items": [{**each} for each in asked]})
    assert shown.exit_code == 0, shown.output
    for fits in ("volume (mL)", "x | y", "yes | no, else no"):
        assert fits in shown.output
