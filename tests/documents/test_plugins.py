"""What plugins declare is part of the language, and none of their code is run for it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from orchestrator.cli.guests import guest_specs
from orchestrator.documents.catalogue import Offer, load_offer
from orchestrator.documents.check import check_path, check_text
from orchestrator.documents.compose import compose_schema
from orchestrator.documents.plugins import Found, find_plugins, read_plugin
from orchestrator.jobs.guest import OnLoss
from orchestrator.jobs.registry import BUILT_IN
from tests.support.plan_files import plan_of
from tests.support.plugin_folders import look_again, write_plugin

PROFILE = """\
axenic: profile/1
name: A plugin's job
vessels:
  a: {volume: 15 mL}
jobs:
  looker: {pace: 10 s}
phases:
  - name: only
    duration: 1 h
rules:
  - name: seen
    when: "{{ looker.seen > 3 }}"
    do:
      - set: {looker.pace: 1 min}
"""


def codes(text: str) -> list[str]:
    return [each.code for each in check_text(text, "profile.yaml").diagnostics]


def test_a_job_of_a_plugin_is_known_with_its_settings_and_signals(plugin_folder: Path) -> None:
    assert "unknown-job" in codes(PROFILE)
    write_plugin(plugin_folder, "looker")
    look_again()
    assert codes(PROFILE) == []
    assert codes(PROFILE.replace("pace: 10 s", "pace: 10 mL")) == ["wrong-unit"]
    assert codes(PROFILE.replace("looker.seen", "looker.sen")) == ["unknown-signal"]


def test_it_is_part_of_the_schema_that_editors_and_forms_use(plugin_folder: Path) -> None:
    write_plugin(plugin_folder, "looker")
    look_again()
    jobs = compose_schema()["$defs"]["jobs"]["properties"]
    assert jobs["looker"]["properties"]["pace"]["default"] == "5 s"


def test_charts_and_automations_come_with_a_plugin_that_has_no_code(plugin_folder: Path) -> None:
    write_plugin(
        plugin_folder,
        "gentle",
        brings="version: 1.2.0\n",
        charts__heat=("axenic: chart/1\nname: heat\ntitle: Heat\nseries: [temperature.measured]\n"),
        automations__rest=(
            "axenic: automation/1\nname: rest\njob: dosing\ndescription: Does nothing.\n"
        ),
    )
    for folder, name in (("charts", "heat"), ("automations", "rest")):
        place = plugin_folder / "gentle" / folder / name
        place.rename(place.with_suffix(".yaml"))
    look_again()
    offer = load_offer()
    assert offer.left_out == ()
    assert "heat" in offer.charts
    assert "rest" in offer.catalogue.automations_of("dosing")
    assert [(each.name, each.version) for each in offer.plugins] == [("gentle", "1.2.0")]


WRONG = {
    "a word that is not known": ("jbos: {}\n", "plugin.yaml:4:1: "),
    "a class that is none": ("jobs: {looker: {class: Looker}}\n", "module:Class"),
    "a time that is none": (
        "jobs: {looker: {class: 'a:B', within: 5 mL}}\n",
        "plugin.yaml:4:39: ",
    ),
    "a job without its document": (
        "jobs: {looker: {class: 'a:B'}}\n",
        "jobs/looker.yaml is missing",
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_plugin_that_is_wrong_is_left_out_and_nothing_else_is(
    plugin_folder: Path, what: str
) -> None:
    brings, reason = WRONG[what]
    write_plugin(plugin_folder, "broken", brings=brings)
    write_plugin(plugin_folder, "looker")
    look_again()
    offer = load_offer()
    assert [each.name for each in offer.plugins] == ["looker"]
    [left_out] = offer.left_out
    assert left_out.found.name == "broken"
    assert reason in left_out.reason
    assert codes(PROFILE) == []


def test_nobody_takes_a_name_that_is_taken(plugin_folder: Path) -> None:
    stirring = plugin_folder / "stirring"
    write_plugin(plugin_folder, "stirring")
    write_plugin(plugin_folder, "looker")
    second = write_plugin(plugin_folder, "second")
    (second / "plugin.yaml").write_text(
        "axenic: plugin/1\nname: looker\ndescription: Another.\n", encoding="utf-8"
    )
    look_again()
    offer = load_offer()
    assert {each.found.root: each.reason for each in offer.left_out} == {
        second: "there is another plugin looker",
        stirring: "there is a job stirring already",
    }
    assert offer.catalogue.jobs["stirring"].description.startswith("Turns the stir bar")


@pytest.mark.parametrize(
    ("group", "name", "reason"),
    [
        ("drivers", "w1", "there is a driver w1 already"),
        ("drivers", "adc", "there is a driver adc already"),
        ("notifiers", "pager", "there is a notifier pager already"),
    ],
)
def test_drivers_and_notifiers_have_names_of_their_own(
    plugin_folder: Path, group: str, name: str, reason: str
) -> None:
    both = "drivers: {adc: {class: 'a:B'}}\nnotifiers: {pager: {class: 'a:B'}}\n"
    write_plugin(plugin_folder, "first", brings=both)
    write_plugin(plugin_folder, "second", brings=f"{group}: {{{name}: {{class: 'a:B'}}}}\n")
    look_again()
    assert [each.reason for each in load_offer().left_out] == [reason]


HARDWARE = """\
axenic: hardware/1
reactors:
  r1:
    capacity: 20 mL
    sensors:
      photodiode: {driver: adc, options: {channel: 3}}
"""


def test_a_driver_of_a_plugin_is_known_to_hardware_documents(plugin_folder: Path) -> None:
    found = check_text(HARDWARE, "hardware.yaml").diagnostics
    assert [each.code for each in found] == ["unknown-driver"]
    write_plugin(plugin_folder, "first", brings="drivers: {adc: {class: 'a:B'}}\n")
    look_again()
    assert check_text(HARDWARE, "hardware.yaml").diagnostics == ()
    [wrong] = check_text(HARDWARE.replace("adc", "acd"), "hardware.yaml").diagnostics
    assert (wrong.code, wrong.suggestion) == ("unknown-driver", "adc")


def test_a_job_that_nobody_runs_is_left_out(plugin_folder: Path) -> None:
    root = write_plugin(plugin_folder, "looker")
    (root / "plugin.yaml").write_text(
        "axenic: plugin/1\nname: looker\ndescription: Forgot.\n", encoding="utf-8"
    )
    look_again()
    [left_out] = load_offer().left_out
    assert left_out.reason == "looker among the jobs of plugin.yaml is missing"


def test_what_a_worker_is_told_of_a_job_stands_in_its_documents(plugin_folder: Path) -> None:
    root = write_plugin(plugin_folder, "looker")
    (root / "plugin.yaml").write_text(
        "axenic: plugin/1\nname: looker\ndescription: All said.\njobs:\n  looker:\n"
        "    class: deep.module:Looker\n    watches: [od600, temperature.measured]\n"
        "    within: 2 min\n    memory: 2 GB\n    on_loss: fail\n",
        encoding="utf-8",
    )
    look_again()
    [spec] = guest_specs()
    assert (spec.module, spec.attribute, spec.folder) == ("deep.module", "Looker", str(root))
    assert spec.watches == ("od600", "temperature.measured")
    assert {name: each.max_age_s for name, each in spec.signals.items()} == {"looker.seen": 60.0}
    assert (spec.within_s, spec.memory_mb, spec.on_loss) == (120.0, 2000, OnLoss.FAIL)


def test_an_installed_package_is_found_by_its_entry_point_without_being_imported(
    tmp_path: Path, plugin_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = write_plugin(tmp_path / "site", "looker").rename(tmp_path / "site" / "lab_looker")
    (package / "__init__.py").write_text("raise SystemExit('imported')\n")
    info = tmp_path / "site" / "lab_looker_tools-1.0.dist-info"
    info.mkdir()
    (info / "entry_points.txt").write_text(
        "[console_scripts]\nx = y:z\n\n[axenic.plugins]\nlooker = lab_looker\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    look_again()
    [found] = find_plugins()
    assert (found.name, found.package, found.distribution) == (
        "looker",
        "lab_looker",
        "lab_looker_tools",
    )
    assert codes(PROFILE) == []
    [spec] = guest_specs()
    assert (spec.module, spec.folder) == ("lab_looker.looker", str(tmp_path / "site"))
    assert "lab_looker" not in sys.modules


def test_an_entry_point_that_leads_nowhere_is_told(
    tmp_path: Path, plugin_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    info = tmp_path / "site" / "gone-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "entry_points.txt").write_text("[axenic.plugins]\ngone = not_there_at_all\n")
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    look_again()
    [left_out] = load_offer().left_out
    assert left_out.found.name == "gone"
    assert "plugin.yaml" in left_out.reason


def test_without_plugins_everything_is_as_it_was(plugin_folder: Path) -> None:
    assert find_plugins() == []
    assert guest_specs() == ()
    offer = load_offer()
    assert (offer.plugins, offer.left_out) == ((), ())
    assert set(offer.catalogue.jobs) == set(BUILT_IN)


def test_documents_of_a_plugin_are_judged_with_what_it_brings(plugin_folder: Path) -> None:
    """Whoever writes a plugin checks it where it is written, before it is installed anywhere."""
    root = write_plugin(plugin_folder.parent, "looker")
    (root / "charts").mkdir()
    (root / "charts" / "seen.yaml").write_text(
        "axenic: chart/1\nname: seen\ntitle: Seen\nseries: [looker.seen]\n", encoding="utf-8"
    )
    assert [each for checked in check_path(root) for each in checked.diagnostics] == []
    chart = root / "charts" / "seen.yaml"
    chart.write_text(chart.read_text().replace("looker.seen", "looker.sen"))
    found = [each.code for checked in check_path(root) for each in checked.diagnostics]
    assert found == ["unknown-signal"]


def test_the_examples_are_right(checkout: Path) -> None:
    roots = sorted((checkout / "contrib" / "plugins").iterdir())
    assert [root.name for root in roots] == ["first_steps", "ph_meter", "redox_probe", "sawtooth"]
    for root in roots:
        assert read_plugin(Found(name=root.name, root=root)).name == root.name


LAW = "automations:\n  gentle: {class: 'gentle:Gentle', watches: [od600], within: 2 s}\n"
GENTLE = """\
axenic: automation/1
name: gentle
job: dosing
description: For a test.
needs_media: [feed, waste]
inputs:
  pace: {description: Pace, type: time, default: 5 min}
"""
LED = """\
axenic: profile/1
name: Led by a plugin's law
vessels:
  a: {volume: 15 mL}
media:
  feed: {bottle: 1 L}
  waste: {bottle: 2 L}
jobs:
  dosing: {automation: silent}
phases:
  - name: only
    duration: 1 h
    schedule:
      - at: 10 min
        do:
          - start: {dosing: {automation: gentle, pace: 2 min}}
"""


def test_a_law_in_python_is_known_with_its_inputs_and_stands_in_the_plan(
    plugin_folder: Path,
) -> None:
    """SEMANTICS rule 14: automations in Python are laws inside a job."""
    root = write_plugin(plugin_folder, "gentle", brings=LAW)
    assert "automations/gentle.yaml is missing" in load_offer_anew().left_out[0].reason
    (root / "automations").mkdir()
    (root / "automations" / "gentle.yaml").write_text(GENTLE, encoding="utf-8")
    assert load_offer_anew().left_out == ()
    assert codes(LED) == []
    assert codes(LED.replace("pace: 2 min", "pace: 2 mL")) == ["wrong-unit"]
    [spec] = guest_specs()
    assert (spec.name, spec.leads, spec.watches) == ("dosing.gentle", "dosing", ("od600",))
    assert (spec.within_s, spec.on_loss) == (2.0, OnLoss.RESTART)
    assert plan_of(LED).vessels[0].laws == ("dosing.gentle",)
    assert plan_of(LED.replace("gentle, pace: 2 min", "silent")).vessels[0].laws == ()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"job: dosing": "job: stirring"}, "stirring follows no law in Python; dosing and"),
        ({"inputs:": "rules: []\ninputs:"}, "gentle is a class, and has a schedule or rules too"),
    ],
)
def test_a_law_that_cannot_be_followed_leaves_its_plugin_out(
    plugin_folder: Path, change: dict[str, str], reason: str
) -> None:
    [(old, new)] = change.items()
    write_plugin(plugin_folder, "gentle", brings=LAW)
    folder = plugin_folder / "gentle" / "automations"
    folder.mkdir()
    (folder / "gentle.yaml").write_text(GENTLE.replace(old, new), encoding="utf-8")
    assert reason in load_offer_anew().left_out[0].reason


def load_offer_anew() -> Offer:
    look_again()
    return load_offer()


def test_a_route_is_read_and_may_take_no_longer_than_whoever_asks_waits(
    plugin_folder: Path,
) -> None:
    said = (
        "routes:\n  ages: {class: 'ages:Ages', description: Tells., only: administrators, within: "
    )
    root = write_plugin(plugin_folder, "ages", brings=f"{said}8 s}}\n")
    [ages] = read_plugin(Found(name="ages", root=root)).routes.values()
    assert (ages.method, ages.within_s, ages.is_for_administrators) == ("GET", 8.0, True)
    write_plugin(plugin_folder, "slow", brings=f"{said}1 min}}\n")
    [slow] = load_offer_anew().left_out
    assert "1 min is too long: 20 s is the most" in slow.reason


REDOX = """\
calibrations:
  redox:
    device: redox_probe
    raw: voltage
    actual: voltage
    values: [220 mV, 468 mV]
    prepare: Put it into {value}.
"""
COMPARED = """\
axenic: calibration/1
name: spring
device: redox_probe
points:
  - {raw: 200 mV, actual: 220 mV}
  - {raw: 0.44 V, actual: 468 mV}
"""


def test_a_kind_of_calibration_is_known_with_its_dimensions(plugin_folder: Path) -> None:
    def told() -> list[str]:
        return [each.code for each in check_text(COMPARED, "spring.yaml").diagnostics]

    assert told() == ["cannot-calibrate"]
    write_plugin(plugin_folder, "redox", brings=REDOX)
    own = load_offer_anew().catalogue.calibrations["redox_probe"]
    assert (own.name, own.compared.values, own.compared.method) == (
        "redox",
        (0.22, 0.468),
        "linear",
    )
    assert told() == []
    write_plugin(plugin_folder, "second", brings=REDOX.replace("redox_probe", "ph_probe"))
    write_plugin(plugin_folder, "third", brings=REDOX.replace("468 mV", "468 mL"))
    reasons = [each.reason for each in load_offer_anew().left_out]
    assert reasons[0] == "there is a calibration of the ph_probe already"
    assert "plugin.yaml:9:13: " in reasons[1]
