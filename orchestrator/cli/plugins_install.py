"""Bringing plugins in and taking them away again; from a folder nothing wrong is let in."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from orchestrator.cli.exits import BadRequest
from orchestrator.cli.guests import part_config, specs_of
from orchestrator.documents.catalogue import OFFERS, load_offer, look_again
from orchestrator.documents.check import check_path
from orchestrator.documents.plugins import (
    MANIFEST,
    PARTS,
    VARIABLE,
    Plugin,
    PluginPart,
    find_plugins,
    plugin_folders,
)
from orchestrator.documents.report import report
from orchestrator.jobs.guest import JobLost, Place

NOT_COPIED = shutil.ignore_patterns("__pycache__", ".*", "*.pyc")


def install_folder(source: Path) -> str:
    """Copy a plugin's folder to where plugins lie, once it was found to be right.

    Raises:
        BadRequest: it is not, or it is there already.
    """
    folders = plugin_folders()
    if not folders:
        raise BadRequest(f"{VARIABLE} is empty: it has to name the folder in which plugins lie")
    name = source.resolve().name
    target = folders[0] / name
    if target.exists():
        raise BadRequest(f"{target} is there already; axenic plugins remove {name} takes it away")
    _must_be_right(source)
    draft = folders[0] / f".{name}.new"
    shutil.rmtree(draft, ignore_errors=True)
    try:
        shutil.copytree(source, draft, ignore=NOT_COPIED)
        draft.rename(target)
        plugin = _must_be_usable(target)
        _must_load(plugin)
    except BaseException as error:
        shutil.rmtree(target, ignore_errors=True)
        if isinstance(error, OSError):
            raise BadRequest(f"{target}: {error.strerror}") from error
        raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return f"Copied to {target}.{_brings(plugin)}"


def install_with_pip(source: str) -> str:
    """Let pip install a package into the environment that Axenic runs in.

    Raises:
        BadRequest: pip could not, or there is no plugin in the package.
    """
    with TemporaryDirectory() as folder:
        told = Path(folder) / "report.json"
        _pip("install", "--report", str(told), source)
        installed = json.loads(told.read_text())["install"]
    brought = {_tidy(each["metadata"]["name"]) for each in installed}
    ran = subprocess.run(
        [sys.executable, "-m", "orchestrator", "plugins", "list"],  # as new commands will see it
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    plugins = {_tidy(found.distribution) for found in find_plugins() if found.distribution}
    if brought and not brought & plugins:
        raise BadRequest(
            f"{source} is installed and brings no plugin: no entry point in axenic.plugins"
        )
    return f"Installed into {sys.prefix}. There are now:\n{ran.stdout.rstrip()}"


def remove_plugin(name: str) -> str:
    """Take a plugin away, whether it can be used or not.

    Raises:
        BadRequest: there is none of that name.
    """
    offer = load_offer()
    known = {plugin.name: plugin.found for plugin in offer.plugins}
    known = {each.found.name: each.found for each in offer.left_out} | known
    if name not in known:
        there = f"there are {', '.join(sorted(known))}" if known else "there are none"
        raise BadRequest(f"there is no plugin {name}; {there}")
    found = known[name]
    if found.distribution:
        _pip("uninstall", "--yes", found.distribution)
        return f"Uninstalled the package {found.distribution} from {sys.prefix}."
    try:
        shutil.rmtree(found.root)
    except OSError as error:
        raise BadRequest(f"{found.root}: {error.strerror}") from error
    return f"Removed {found.root}."


def _must_be_right(folder: Path) -> None:
    """Check its documents; what is wrong is told with its places."""
    wrong = [
        checked
        for part in (MANIFEST, *OFFERS)
        if (folder / part).exists()
        for checked in check_path(folder / part)
        if not checked.is_good
    ]
    if wrong:
        click.echo(report(wrong), nl=False, err=True)
        raise SystemExit(1)


def _must_be_usable(target: Path) -> Plugin:
    look_again()
    offer = load_offer()
    for each in offer.left_out:
        if each.found.root == target:
            raise BadRequest(f"it cannot be used: {each.reason}")
    return next(each for each in offer.plugins if each.found.root == target)


def _must_load(plugin: Plugin) -> None:
    """Let each job and law begin once, as in a rehearsal, and load what else needs no device: in
    processes of their own."""
    from orchestrator.plugin_host.hosted import LockstepGuest
    from orchestrator.plugin_host.process import GuestProcess
    from orchestrator.plugin_host.spec import config_of

    for spec in specs_of(plugin, load_offer()):
        config = config_of(spec, Place(vessel="install", simulated=True))
        guest = LockstepGuest(spec, partial(GuestProcess, config))
        try:
            guest.begin({}, 0.0)
        except JobLost as lost:
            what = "law" if spec.leads else "job"
            raise BadRequest(f"its {what} {spec.name} does not begin: {lost}") from lost
        finally:
            guest.leave()
    fits = {each.kind.name: each.fit for each in plugin.calibrations.values() if each.fit}
    for what, parts in (
        ("self-test", plugin.self_tests),
        ("route", plugin.routes),
        ("calibration", fits),
    ):
        for name, part in parts.items():
            if why := _why_not_loaded(plugin, part):
                raise BadRequest(f"its {what} {name} cannot be loaded: {why}")


def _why_not_loaded(plugin: Plugin, part: PluginPart) -> str:
    from orchestrator.plugin_host.hosted import LOAD_S
    from orchestrator.plugin_host.process import GuestProcess, Silent
    from orchestrator.plugin_host.wire import Load, answer_of, pack

    process = GuestProcess(part_config(plugin, part, "install", {}, simulated=True))
    try:
        process.send(pack(Load()))
        said = process.wait(LOAD_S)
        if said is None:
            return f"it did not answer within {LOAD_S:g} s"
        answer_of(said)
    except Silent:
        return process.wait_for_ending() or "it fell silent"
    except JobLost as lost:
        return str(lost)
    finally:
        process.bury()
    return ""


def _brings(plugin: Plugin) -> str:
    brought = {part: getattr(plugin, part) for part in PARTS}
    words = {part.replace("_", "-").capitalize(): each for part, each in brought.items()}
    return "".join(f" {part}: {', '.join(each)}." for part, each in words.items() if each)


def _tidy(name: str) -> str:
    """A package's name, however it is spelled (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _pip(*words: str) -> None:
    ran = subprocess.run([sys.executable, "-m", "pip", *words], check=False)
    if ran.returncode:
        raise BadRequest(f"pip could not {words[0]} it (exit code {ran.returncode})")
