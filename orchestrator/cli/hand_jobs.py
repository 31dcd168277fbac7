"""`axenic run JOB`: what a job declares builds its command."""

from __future__ import annotations

from typing import Any

import click

from orchestrator.cli.by_hand import for_option, tell, where_options
from orchestrator.cli.exits import BadRequest
from orchestrator.cli.hand_values import example_of, offer, shown
from orchestrator.model.catalogue import Catalogue, SettingDeclaration

RESERVED = {"on", "all", "direct", "leader", "data", "format", "for", "automation", "help"}
"""Options of every such command; a setting of that name is `--with-NAME`."""


def job_command(catalogue: Catalogue, job: str) -> click.Command:
    """The command that lets one job run."""
    declared, laws = catalogue.jobs[job], _laws(catalogue, job)
    settings = _settings(catalogue, job)

    @where_options
    @for_option
    def let_run(for_s: float | None, automation: str | None = None, **said: Any) -> None:
        where = {
            name: said.pop(name)
            for name in ("places", "everything", "direct", "leader_url", "data", "form")
        }
        args = job_arguments(catalogue, job, automation, said)
        tell(where, "start", f"{job} runs", **args, for_s=for_s)

    command = click.command(job, help=f"{declared.description}")(let_run)
    for name, setting in reversed(settings.items()):
        command.params.insert(0, _option(name, setting))
    if laws:
        choice = click.Option(
            ["--automation"], type=click.Choice(laws), help="The law that it follows."
        )
        command.params.insert(0, choice)
    return command


def job_arguments(
    catalogue: Catalogue, job: str, automation: str | None, said: dict[str, str | None]
) -> dict[str, Any]:
    """What the worker is told: what was said, and what holds where no plan has the job.

    Raises:
        BadRequest: a value does not fit, or belongs to another automation.
    """
    law = automation or catalogue.jobs[job].default_automation
    known = catalogue.settings_of(job, law) if law else catalogue.settings_of(job)
    every = _settings(catalogue, job)
    given = {}
    for name, text in said.items():
        if text is None:
            continue
        setting = known.get(name) if automation else every[name]
        if setting is None:
            fits = ", ".join(known)
            raise BadRequest(f"{automation} of {job} has no input {name}; it takes {fits}")
        given[name] = offer(setting, text, f"{job}.{name}")
    defaults = {
        name: setting.default for name, setting in known.items() if setting.default is not None
    }
    needs = [name for name, setting in known.items() if setting.required]
    if automation is None:
        otherwise = {"automation": law, "settings": defaults, "needs": needs}
        return {"job": job, "settings": given, "otherwise": otherwise}
    missing = [name for name in needs if name not in given]
    if missing:
        options = ", ".join(f"--{name.replace('_', '-')}" for name in missing)
        raise BadRequest(f"{automation} of {job} needs {options}")
    return {"job": job, "automation": automation, "settings": {**defaults, **given}}


def _laws(catalogue: Catalogue, job: str) -> list[str]:
    """Those in Python; what is wholly in YAML is part of a plan."""
    names = catalogue.automations_of(job)
    return sorted(name for name in names if (job, name) not in catalogue.behaviours)


def _settings(catalogue: Catalogue, job: str) -> dict[str, SettingDeclaration]:
    """The settings of a job, and the inputs of all these laws."""
    found = dict(catalogue.jobs[job].settings)
    for law in _laws(catalogue, job):
        found.update(catalogue.settings_of(job, law))
    return found


def _option(name: str, setting: SettingDeclaration) -> click.Option:
    dashed = name.replace("_", "-")
    flag = f"--with-{dashed}" if name in RESERVED else f"--{dashed}"
    return click.Option([flag, name], metavar=example_of(setting).upper(), help=_help(setting))


def _help(setting: SettingDeclaration) -> str:
    parts = [setting.description.rstrip(".")]
    if setting.choices:
        parts.append(f"one of {', '.join(setting.choices)}")
    low, high = setting.minimum, setting.maximum
    if low is not None and high is not None:
        parts.append(f"{shown(setting, low)} to {shown(setting, high)}")
    elif low is not None:
        parts.append(f"from {shown(setting, low)}")
    elif high is not None:
        parts.append(f"up to {shown(setting, high)}")
    if setting.default is not None:
        parts.append(f"{shown(setting, setting.default)} where no plan says")
    return f"{'; '.join(parts)}."
