"""`axenic alerts` against a real server."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from click.testing import CliRunner

from orchestrator.cli.alerts import alerts
from orchestrator.ports.records import NewAlert
from orchestrator.ports.routes import Settled, Sorted
from orchestrator.ports.store import Store
from tests.server.office import ROUTE
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


def test_routes_are_listed_and_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AXENIC_ACTOR", "ada")
    monkeypatch.setenv("AXENIC_ROLE", "administrator")

    def axenic(*words: str, exit_code: int = 0) -> str:
        shown = CliRunner().invoke(alerts, list(words))
        assert shown.exit_code == exit_code, shown.output
        return shown.output

    with served() as leader:
        monkeypatch.setenv("AXENIC_LEADER", leader.url)
        leader.on_its_loop(lambda: leader.store.raise_alert(OFFLINE))
        leader.on_its_loop(lambda: told_by(leader.store, ROUTE.name))
        listed = axenic("routes")
        assert "warning, critical, over" in listed
        assert "not 22:00 to 07:00 Europe/Berlin" in listed
        [shown] = json.loads(axenic("routes", "--format", "json"))
        assert (shown["to"], shown["waiting"]) == (["ntfy://…"], 0)
        assert "night shift" in axenic()
        assert axenic("test") == "night shift: went out within 0.2 s\n"
        assert axenic("test", "night shift") == "night shift: went out within 0.2 s\n"
        assert "no route elsewhere" in axenic("test", "elsewhere", exit_code=1)


async def told_by(store: Store, route: str) -> None:
    [alert] = await store.unsorted_alerts()
    await store.sort_alerts([Sorted(alert=alert, routes=[route])], at_wall_s=1.0)
    [waiting] = await store.to_tell(route, since_wall_s=0.0)
    await store.settle([Settled(delivery=waiting.delivery, outcome="sent")], at_wall_s=2.0)
