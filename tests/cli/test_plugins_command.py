"""`axenic plugins`: from nothing to a job that rehearses, and away again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from orchestrator.cli.check import check
from orchestrator.cli.plugins import plugins
from orchestrator.cli.simulate import simulate
from tests.support.plugin_folders import look_again, write_plugin
from tests.support.rehearsals import rehearse

CHECKOUT = Path(__file__).resolve().parent.parent.parent
LIMIT_S = 100
PROFILE = """\
axenic: profile/1
name: Counted
vessels:
  a: {volume: 15 mL}
jobs:
  stirring: {target: 500 rpm}
  od_reading: {interval: 5 s}
  yeast_age: {from_od600: 0.1}
phases:
  - name: inoculate
    do:
      - blank: {}
      - ask: Inoculate
  - name: grow
    duration: 4 h
"""


def call(*words: str) -> Result:
    look_again()
    return CliRunner().invoke(plugins, list(words))


def called(*words: str) -> str:
    result = call(*words)
    assert result.exit_code == 0, result.output
    return result.output


def own_tests(folder: Path) -> str:
    """Run the tests that lie in a plugin's folder, as its author does."""
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", os.devnull, "."],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(CHECKOUT), "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout
    return ran.stdout


@pytest.mark.processes
def test_a_new_plugin_is_tested_installed_rehearsed_and_removed(
    plugin_folder: Path, tmp_path: Path
) -> None:
    assert "There are no plugins" in called("list")
    called("new", "yeast_age", "--in", str(tmp_path))
    assert "4 passed" in own_tests(tmp_path / "yeast_age")
    assert "Jobs: yeast_age." in called("install", str(tmp_path / "yeast_age"))
    [listed] = json.loads(called("list", "--format", "json"))
    assert (listed["name"], listed["jobs"], listed["problem"]) == ("yeast_age", ["yeast_age"], "")
    look_again()
    profile = tmp_path / "profile.yaml"
    profile.write_text(PROFILE, encoding="utf-8")
    rehearsed = rehearse(profile, tmp_path / "out", [])
    ages = rehearsed.values("a", "yeast_age.generations")
    assert ages[0] < 0.5 < ages[-1] < 8.0
    again = rehearse(profile, tmp_path / "again", [])
    one, other = [(each.folder / "readings.csv").read_bytes() for each in (rehearsed, again)]
    assert one == other
    called("remove", "yeast_age")
    assert "There are no plugins" in called("list")
    look_again()
    assert CliRunner().invoke(simulate, [str(profile)]).exit_code == 1


SAWTOOTH = """\
axenic: profile/1
name: Sawtooth
vessels:
  a: {volume: 15 mL}
media:
  feed: {bottle: 1 L}
  waste: {bottle: 2 L}
jobs:
  stirring: {target: 500 rpm}
  od_reading: {interval: 10 s}
  temperature: {automation: thermostat, target: 37 °C}
  dosing: {automation: toothed, low_od600: 0.3, high_od600: 0.6}
phases:
  - name: inoculate
    do:
      - blank: {}
      - ask: Inoculate
  - name: grow
    duration: 8 h
"""


@pytest.mark.processes
def test_a_new_law_is_installed_and_leads_a_rehearsal(plugin_folder: Path, tmp_path: Path) -> None:
    called("new", "toothed", "--like", "sawtooth", "--in", str(tmp_path))
    assert "Automations: toothed." in called("install", str(tmp_path / "toothed"))
    assert "automations: toothed" in called("list")
    look_again()
    profile = tmp_path / "profile.yaml"
    profile.write_text(SAWTOOTH, encoding="utf-8")
    rehearsed = rehearse(profile, tmp_path / "out", [])
    late = rehearsed.values("a", "od600", 5 * 3600.0)
    assert 0.25 < min(late) < 0.35
    assert 0.55 < max(late) < 0.65
    assert max(rehearsed.values("a", "sim.volume_ml")) < 16.5


@pytest.mark.processes
def test_the_examples_pass_their_own_tests() -> None:
    own_tests(CHECKOUT / "contrib" / "plugins")


@pytest.mark.processes
def test_an_example_goes_by_any_name(plugin_folder: Path, tmp_path: Path) -> None:
    called("new", "redox_meter", "--like", "ph_meter", "--in", str(tmp_path))
    made = tmp_path / "redox_meter"
    assert {path.name for path in made.rglob("*") if path.is_file()} == {
        "plugin.yaml",
        "redox_meter.py",
        "redox_meter.yaml",
        "test_redox_meter.py",
    }
    assert CliRunner().invoke(check, [str(made)]).exit_code == 0
    assert "5 passed" in own_tests(made)


@pytest.mark.parametrize("name", ["Ph", "ph-meter", "../x", "", "1st", "x" * 41])
def test_a_name_that_cannot_be_a_job_and_a_module_is_refused(name: str, tmp_path: Path) -> None:
    result = call("new", name, "--in", str(tmp_path))
    assert result.exit_code == 1
    assert "no name for a plugin" in result.output
    assert list(tmp_path.iterdir()) == []


def test_a_name_that_is_taken_is_refused(tmp_path: Path) -> None:
    assert "there is a job stirring already" in call("new", "stirring").output
    (tmp_path / "ours").mkdir()
    refused = call("new", "ours", "--in", str(tmp_path))
    assert (refused.exit_code, "File exists" in refused.output) == (1, True)


@pytest.mark.processes
def test_what_is_wrong_is_not_installed_and_leaves_nothing(
    plugin_folder: Path, tmp_path: Path
) -> None:
    write_plugin(tmp_path, "looker")  # whose module ends the process that imports it
    assert "its job looker does not begin: " in call("install", str(tmp_path / "looker")).output
    write_plugin(tmp_path, "broken", brings="jbos: {}\n")
    refused = call("install", str(tmp_path / "broken"))
    assert "unknown-key" in refused.output
    route = "routes:\n  ages: {class: 'ages:Missing', description: Tells.}\n"
    write_plugin(tmp_path, "ages", brings=route, **{"ages.py": "Ages = 1\n"})
    refused = call("install", str(tmp_path / "ages"))
    assert "its route ages cannot be loaded: AttributeError: " in refused.output
    write_plugin(tmp_path, "stirring")
    refused = call("install", str(tmp_path / "stirring"))
    assert "there is a job stirring already" in refused.output
    assert list(plugin_folder.iterdir()) == []


def test_what_is_there_already_is_not_overwritten(plugin_folder: Path, tmp_path: Path) -> None:
    write_plugin(plugin_folder, "looker")
    write_plugin(tmp_path, "looker")
    refused = call("install", str(tmp_path / "looker"))
    assert (refused.exit_code, "is there already" in refused.output) == (1, True)


def test_nothing_is_removed_that_is_no_plugin(plugin_folder: Path) -> None:
    write_plugin(plugin_folder, "broken", brings="jbos: {}\n")
    refused = call("remove", "looker")
    assert "there is no plugin looker; there are broken" in refused.output
    assert "jbos" in called("list")
    called("remove", "broken")
    assert list(plugin_folder.iterdir()) == []


def test_check_says_what_is_left_out(plugin_folder: Path, canonical_profile: Path) -> None:
    write_plugin(plugin_folder, "broken", brings="jbos: {}\n")
    look_again()
    result = CliRunner().invoke(check, [str(canonical_profile)])
    assert result.exit_code == 0
    assert "The plugin broken is left out: " in result.output


@pytest.mark.processes
def test_a_package_is_installed_and_removed_by_pip(tmp_path: Path) -> None:
    """With a real pip, into an environment of its own."""
    environment = tmp_path / "env"
    venv.create(environment, with_pip=True)
    wheel = _wheel(tmp_path, "yeast_age")
    here = {
        "PYTHONPATH": f"{CHECKOUT}{os.pathsep}{sysconfig.get_path('purelib')}",
        "AXENIC_PLUGINS": "",
        "PIP_NO_INDEX": "1",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }
    said = _axenic(environment, here, "plugins", "install", str(wheel))
    assert "yeast_age 0.1.0" in said
    assert "lab_yeast_age" in said
    assert "yeast_age 0.1.0" in _axenic(environment, here, "plugins", "install", str(wheel)), (
        "again"
    )
    said = _axenic(environment, here, "plugins", "list", "--format", "json")
    assert json.loads(said)[0]["jobs"] == ["yeast_age"]
    _axenic(environment, here, "plugins", "remove", "yeast_age")
    assert "There are no plugins" in _axenic(environment, here, "plugins", "list")


def _axenic(environment: Path, here: Mapping[str, str], *words: str) -> str:
    ran = subprocess.run(
        [str(environment / "bin" / "python"), "-m", "orchestrator", *words],
        env=os.environ | here,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout
    return ran.stdout


def _wheel(folder: Path, name: str) -> Path:
    """A wheel as any build backend would make it of a plugin in a package."""
    called("new", name, "--in", str(folder))
    package, info = f"lab_{name}", f"lab_{name}-0.1.0.dist-info"
    wheel = folder / f"lab_{name}-0.1.0-py3-none-any.whl"
    files = {
        f"{package}/{path.relative_to(folder / name)}": path.read_text()
        for path in sorted((folder / name).rglob("*"))
        if path.is_file()
    }
    files[f"{package}/__init__.py"] = ""
    files[f"{info}/METADATA"] = f"Metadata-Version: 2.1\nName: lab-{name}\nVersion: 0.1.0\n"
    files[f"{info}/WHEEL"] = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    files[f"{info}/entry_points.txt"] = f"[axenic.plugins]\n{name} = {package}\n"
    record = "".join(f"{path},,\n" for path in files) + f"{info}/RECORD,,\n"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, text in {**files, f"{info}/RECORD": record}.items():
            archive.writestr(path, text)
    return wheel
