"""What people do by hand: jobs run and rest, settings change, liquid moves, bottles are changed."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final, TypeVar

import click

from orchestrator.cli.api import format_option, leader_option
from orchestrator.cli.at_workers import (
    Workers,
    all_option,
    direct_option,
    on_option,
    tell_what_came,
)
from orchestrator.cli.exits import BadRequest
from orchestrator.cli.hand_values import DURATION, VOLUME, offer, setting_named
from orchestrator.cli.services.options import data_option

_NEGATIVE: Final = re.compile(r"-\.?\d")
F = TypeVar("F", bound=Callable[..., Any])


def where_options(command: F) -> F:
    """Whom it is for, and the way there."""
    for option in (
        format_option,
        data_option,
        leader_option,
        direct_option,
        all_option,
        on_option,
    ):
        command = option(command)
    return command


for_option = click.option(
    "--for", "for_s", type=DURATION, metavar="TIME", help="So long, such as 15m; then it is over."
)
vessel_option = click.option(
    "--vessel-holds",
    "vessel_holds_ml",
    type=VOLUME,
    metavar="VOLUME",
    help="What is in the vessel, where no experiment runs; it counts as full until you say.",
)
medium_option = click.option("--medium", default="feed", show_default=True)


def tell(where: dict[str, Any], name: str, done: str, /, **args: Any) -> None:
    """Have the workers do it, and print what they said."""
    form = where.pop("form")
    workers = Workers(where.pop("places"), **where)
    given = {key: value for key, value in args.items() if value is not None}
    tell_what_came(workers.tell(name, given), done, form)


class BelowZero(click.Command):
    """One whose value may begin with a minus, which is no option then."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As Click does it; what is misspelt gets its suggestion, as everywhere."""
        ctx.ignore_unknown_options = any(_NEGATIVE.match(each) for each in args)
        return super().parse_args(ctx, args)


@click.command("set", cls=BelowZero)
@click.argument("name", metavar="JOB.SETTING")
@click.argument("value", nargs=-1, required=True)
@for_option
@where_options
def set_(name: str, value: tuple[str, ...], for_s: float | None, **where: Any) -> None:
    """Hold JOB.SETTING at VALUE by hand: axenic set stirring.target '300 rpm'.

    It holds until its time is over, until 'axenic unset', or until the experiment's plan writes
    that setting anew.
    """
    setting = setting_named(name)
    said = " ".join(value)
    number = offer(setting, said, name)
    tell(where, "set", f"{name} is {said}", setting=name, value=number, for_s=for_s)


@click.command()
@click.argument("name", metavar="JOB[.SETTING]")
@where_options
def unset(name: str, **where: Any) -> None:
    """Give JOB.SETTING, or all of JOB that hands hold, back to the plan."""
    tell(where, "release", f"{name} is given back", setting=name)


@click.command()
@click.argument("job")
@for_option
@where_options
def off(job: str, for_s: float | None, **where: Any) -> None:
    """Turn one JOB off by hand. (Everything at once, in an emergency: 'axenic stop'.)

    Where an experiment runs it stays off until its time is over or until 'axenic unset JOB'.
    """
    tell(where, "stop", f"{job} is off", job=job, for_s=for_s)


@click.command()
@click.argument("job")
@for_option
@click.option("--release", "releases", is_flag=True, help="End it now.")
@where_options
def hold(job: str, for_s: float | None, releases: bool, **where: Any) -> None:
    """Hold JOB while you work at the vessel: axenic hold dosing --for 15m.

    It stands still as in a pause, and goes on by itself when the time is over; also after a
    restart.
    """
    if releases:
        tell(where, "release", f"{job} goes on", setting=job)
        return
    if for_s is None:
        raise click.UsageError("say for how long, such as --for 15m; --release ends it sooner")
    tell(where, "hold", f"{job} is held", job=job, for_s=for_s)


@click.command(cls=BelowZero)
@click.argument("medium")
@click.argument("volume", type=VOLUME)
@vessel_option
@where_options
def dose(medium: str, volume: float, vessel_holds_ml: float | None, **where: Any) -> None:
    """Add VOLUME of MEDIUM: axenic dose feed '1 mL'. Limits hold for it as for any dose."""
    more = {"volume_ml": volume, "medium": medium, "vessel_holds_ml": vessel_holds_ml}
    tell(where, "dose", f"{medium} was dosed", **more)


@click.command(cls=BelowZero)
@click.argument("volume", type=VOLUME)
@medium_option
@vessel_option
@where_options
def dilute(volume: float, medium: str, vessel_holds_ml: float | None, **where: Any) -> None:
    """Take VOLUME out, then add as much of a medium."""
    more = {"volume_ml": volume, "medium": medium, "vessel_holds_ml": vessel_holds_ml}
    tell(where, "dilute", "diluted", **more)


@click.command(cls=BelowZero)
@click.argument("duration", type=DURATION)
@medium_option
@where_options
def circulate(duration: float, medium: str, **where: Any) -> None:
    """Exchange liquid in portions for a DURATION. Its end is told by 'axenic events'."""
    tell(where, "circulate", "it circulates", duration_s=duration, medium=medium)


@click.command(cls=BelowZero)
@click.argument("volume", type=VOLUME)
@click.option("--label", default="", help="What it is called.")
@where_options
def sample(volume: float, label: str, **where: Any) -> None:
    """Say that you took a sample of VOLUME: it comes off the account of the vessel."""
    tell(where, "sample", "noted", volume_ml=volume, label=label)


@click.command()
@where_options
def blank(**where: Any) -> None:
    """Take the blank of the optical density now."""
    tell(where, "blank", "blanked")


@click.command()
@click.argument("camera", default="")
@click.option("--label", default="", help="What it is called.")
@click.option("--job", default="camera", show_default=True, help="Who takes it.")
@where_options
def snapshot(camera: str, label: str, job: str, **where: Any) -> None:
    """Take a picture now, by CAMERA where the reactor has several."""
    tell(where, "snapshot", "taken", job=job, camera=camera, label=label)


class JobGroup(click.Group):
    """`axenic run`: one command for each job that is declared, with its settings as options."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """All jobs, those of plugins too."""
        from orchestrator.documents.catalogue import load_catalogue

        return sorted(load_catalogue().jobs)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command of one job."""
        from orchestrator.cli.hand_jobs import job_command
        from orchestrator.documents.catalogue import load_catalogue

        catalogue = load_catalogue()
        return job_command(catalogue, cmd_name) if cmd_name in catalogue.jobs else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As Click does it, with a suggestion for a job that there is not."""
        known = self.list_commands(ctx)
        if args and args[0] not in known and not args[0].startswith("-"):
            raise BadRequest(no_such("job", args[0], known))
        return super().resolve_command(ctx, args)


def no_such(what: str, name: str, known: list[str]) -> str:
    """In words, with what was probably meant."""
    import difflib

    near = difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}"
    return f"there is no {what} '{name}'; {hint}"


@click.command(cls=JobGroup)
def run() -> None:
    """Let a JOB run by hand: axenic run stirring --target '500 rpm'.

    Beside an experiment, or where none runs. It runs until 'axenic off JOB' (beside an experiment
    'axenic unset JOB', which gives it back to the plan), or until its time is over.
    """
