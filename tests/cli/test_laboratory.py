"""What leader and workers share is said once, in a cluster document."""

from __future__ import annotations

import json
from pathlib import Path

import click
import pytest

from orchestrator.cli.backup import backup
from orchestrator.cli.exits import BadRequest
from orchestrator.cli.laboratory import defaults_of, read_cluster
from orchestrator.cli.prepare import prepare
from orchestrator.cli.services.leader import leader
from orchestrator.cli.services.library_options import OFTEN_S, LibraryWish, library_options
from orchestrator.cli.services.worker import worker
from orchestrator.cli.up import up
from orchestrator.documents.catalogue import load_offer
from tests.support.plugin_folders import write_plugin

CLUSTER = """\
axenic: cluster/1
name: Laboratory
timezone: Europe/Berlin
broker: mqtt://broker.local:1883
store: postgresql://axenic@db.local/axenic
listen: 127.0.0.1:9000
notifications: [!secret chat]
"""
DAILY = """\
axenic: profile/1
name: Daily
vessels: {a: {volume: 15 mL}}
phases:
  - name: hold
    duration: 3 d
    schedule:
      - {name: look, cron: "0 9 * * *", do: [log: Good morning]}
"""


@pytest.fixture
def document(tmp_path: Path) -> Path:
    (tmp_path / "secrets.yaml").write_text("chat: json://127.0.0.1/alerts\n", "utf-8")
    path = tmp_path / "cluster.yaml"
    path.write_text(CLUSTER, "utf-8")
    return path


def parsed(command: click.Command, *words: str) -> dict[str, object]:
    """The options of a command as it would be called with them."""
    return command.make_context(command.name, [*words]).params


def test_a_leader_takes_broker_address_notifications_and_zone_from_it(document: Path) -> None:
    options = parsed(leader, "--cluster", str(document))
    assert options["broker"] == "mqtt://broker.local:1883"
    assert options["store"] == "postgresql://axenic@db.local/axenic"
    assert (options["host"], options["port"]) == ("127.0.0.1", 9000)
    assert options["notify"] == ("json://127.0.0.1/alerts",)
    assert options["timezone"] == "Europe/Berlin"


def test_a_worker_needs_no_broker_besides_it(document: Path) -> None:
    words = ("unit1", "--hardware", "pi.yaml", "--cluster", str(document))
    assert parsed(worker, *words)["broker"] == "mqtt://broker.local:1883"


def test_what_is_said_on_the_command_line_or_in_the_environment_comes_first(
    document: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AXENIC_BROKER", "mqtt://another:1883")
    options = parsed(leader, "--timezone", "Asia/Tokyo", "--cluster", str(document))
    assert options["timezone"] == "Asia/Tokyo"
    assert options["broker"] == "mqtt://another:1883"
    assert parsed(up, "--cluster", str(document), "--port", "9001")["port"] == 9001


def test_recipients_are_heard_from_the_environment_as_words_or_with_all_that_a_document_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AXENIC_NOTIFY", "json://127.0.0.1/a ntfy://lab/b")
    assert parsed(leader)["notify"] == ("json://127.0.0.1/a", "ntfy://lab/b")
    route = {"to": "json://127.0.0.1/a", "severity": "critical", "every": "15 min"}
    monkeypatch.setenv("AXENIC_NOTIFY", json.dumps([route, "ntfy://lab/b"]))
    assert parsed(leader)["notify"] == (route, "ntfy://lab/b")
    assert parsed(leader, "--notify", "json://127.0.0.1/c")["notify"] == ("json://127.0.0.1/c",)
    with pytest.raises(click.BadParameter, match="an Apprise URL is needed"):
        parsed(leader, "--notify", "someone")
    monkeypatch.setenv("AXENIC_NOTIFY", "[")
    with pytest.raises(click.BadParameter, match="no list in JSON"):
        parsed(leader)


def test_a_command_without_a_document_is_as_before() -> None:
    options = parsed(leader)
    assert (options["broker"], options["port"], options["timezone"]) == ("auto", 8420, "UTC")


def test_a_wrong_document_is_refused_with_all_that_is_wrong(
    document: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document.write_text(CLUSTER.replace("Europe/Berlin", "Europe/Berlim").replace("chat", "chta"))
    with pytest.raises(SystemExit):
        read_cluster(document)
    said = capsys.readouterr().err
    assert "cluster.yaml:3:11" in said and "[unknown-timezone]" in said
    assert "[unknown-secret]" in said and "json://" not in said


def test_another_kind_of_document_is_no_cluster(tmp_path: Path) -> None:
    path = tmp_path / "profile.yaml"
    path.write_text(DAILY, "utf-8")
    with pytest.raises(BadRequest, match=r"takes axenic: cluster/1"):
        read_cluster(path)


def test_a_zone_that_does_not_exist_is_refused() -> None:
    with pytest.raises(click.BadParameter, match="Mars/Base"):
        parsed(leader, "--timezone", "Mars/Base")


def test_what_a_document_leaves_out_stays_as_it_is() -> None:
    assert defaults_of({"axenic": "cluster/1", "name": "Bare"}) == {}


def test_a_cron_entry_without_a_zone_lives_in_the_clusters_and_the_plan_says_so() -> None:
    """SEMANTICS rule 7."""
    checked = prepare(DAILY, "daily.yaml", {}, timezone="Europe/Berlin")
    assert checked.plan is not None
    assert checked.plan.timezone == "Europe/Berlin"
    [item] = checked.plan.vessels[0].phases[0].items
    assert getattr(item, "timezone", None) == "Europe/Berlin"
    assert [each.code for each in checked.diagnostics] == ["missing-timezone"]


def test_it_names_the_folder_of_plugins_unless_the_environment_does(
    document: Path, plugin_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document.write_text(f"{CLUSTER}plugins: ours\n", "utf-8")
    write_plugin(document.parent / "ours", "looker")
    parsed(leader, "--cluster", str(document))
    assert load_offer().plugins == ()
    monkeypatch.delenv("AXENIC_PLUGINS")
    monkeypatch.setenv("XDG_DATA_HOME", str(plugin_folder))
    parsed(leader, "--cluster", str(document))
    assert [each.name for each in load_offer().plugins] == ["looker"]


def test_the_library_of_a_laboratory_is_said_in_its_document(tmp_path: Path) -> None:
    (tmp_path / "secrets.yaml").write_text("hook: open-sesame\n", "utf-8")
    path = tmp_path / "cluster.yaml"
    path.write_text(
        "axenic: cluster/1\nname: Laboratory\nlibrary:\n"
        "  remote: https://git.lab/cultures.git\n  branch: trunk\n  pull_every: 15 min\n"
        "  webhook_secret: !secret hook\n",
        "utf-8",
    )
    found = parsed(leader, "--cluster", str(path))
    assert found["library_remote"] == "https://git.lab/cultures.git"
    assert (found["library_branch"], found["pull_every"]) == ("trunk", 900.0)
    assert found["webhook_secret"] == "open-sesame"
    said = parsed(leader, "--cluster", str(path), "--pull-every", "1 h", "--library", "profiles")
    assert (said["pull_every"], said["library"]) == (3600.0, Path("profiles"))


def test_maintenance_is_said_in_its_document(tmp_path: Path) -> None:
    path = tmp_path / "cluster.yaml"
    upkeep = '{schedule: "30 3 * * *", folder: /srv/axenic, keep: 30, sync: "nas:axenic"}'
    path.write_text(f"axenic: cluster/1\nname: Laboratory\nmaintenance: {upkeep}\n", "utf-8")
    found = parsed(leader, "--cluster", str(path))
    assert (found["maintenance"], found["sync"]) == ("30 3 * * *", "nas:axenic")
    assert (found["backups"], found["keep_backups"]) == (Path("/srv/axenic"), 30)
    assert parsed(backup, "--cluster", str(path))["backups"] == Path("/srv/axenic")
    said = parsed(leader, "--cluster", str(path), "--maintenance", "0 4 * * 0")
    assert said["maintenance"] == "0 4 * * 0"


def test_a_schedule_that_cannot_be_read_is_told_at_its_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "cluster.yaml"
    path.write_text(
        'axenic: cluster/1\nname: Laboratory\nmaintenance:\n  schedule: "30 25 * * *"\n', "utf-8"
    )
    with pytest.raises(SystemExit):
        read_cluster(path)
    said = capsys.readouterr().err
    assert "cluster.yaml:4:17" in said and "[cron-invalid]" in said


def test_a_leader_keeps_its_library_in_its_data_and_pulls_not_too_often(tmp_path: Path) -> None:
    heard: list[LibraryWish] = []

    @click.command()
    @click.option("--data", type=click.Path(path_type=Path), required=True)
    @library_options
    def command(data: Path, wish: LibraryWish) -> None:
        heard.append(wish)

    for words in (["--pull-every", "1 s"], ["--library", str(tmp_path / "mine")]):
        command.main(["--data", str(tmp_path), *words], standalone_mode=False)
    assert (heard[0].folder, heard[0].pull_every_s) == (tmp_path / "library", OFTEN_S)
    assert (heard[1].folder, heard[1].pull_every_s) == (tmp_path / "mine", None)
    assert heard[0].open().standing().kind == "git"
