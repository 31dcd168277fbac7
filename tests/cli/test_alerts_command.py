"""`axenic alerts` against a real server."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from click.testing import CliRunner

from orchestrator.cli.alerts import alerts
from orchestrator.ports.records import NewAlert
from tests.support.served import served

OFFLINE = NewAlert(
    text="bench is lost",
    severity="critical",
    source="offline",
    at_wall_s=1.0,
    identity="lost:bench",
    worker="bench",
)


def test_alerts_are_listed_seen_silenced_and_resolved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AXENIC_ACTOR", "ada")
    monkeypatch.setenv("AXENIC_ROLE", "administrator")

    def axenic(*words: str, exit_code: int = 0) -> str:
        shown = CliRunner().invoke(alerts, list(words))
        assert shown.exit_code == exit_code, shown.output
        return shown.output

    with served() as leader:
        monkeypatch.setenv("AXENIC_LEADER", leader.url)
        assert "nothing that you should know" in axenic()
        leader.on_its_loop(lambda: leader.store.raise_alert(OFFLINE))
        again = replace(OFFLINE, text="again", identity=None)
        leader.on_its_loop(lambda: leader.store.raise_alert(again))
        assert "bench is lost" in axenic()
        assert "seen by ada" in axenic("ack", "1", "--note", "on my way")
        [other] = json.loads(axenic("--format", "json"))
        assert (other["id"], other["state"]) == (2, "raised")
        assert "silence 1 until" in axenic("silence", "--kind", "offline", "--for", "2 h")
        assert "silenced until" in axenic()
        assert "offline" in axenic("silences")
        assert axenic("end", "1") == "ended\n"
        assert axenic("silences") == "Nothing is silenced.\n"
        assert "over, as ada says" in axenic("resolve", "1", "2", "--note", "back")
        assert "resolved by ada" in axenic("--all")
        assert "there is no alert 9" in axenic("ack", "9", exit_code=1)
        assert "say what is to be silent" in axenic("silence", "--for", "1 h", exit_code=1)
