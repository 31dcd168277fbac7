"""Experiments and workers, seen and steered from the command line."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import click

from orchestrator.cli import show
from orchestrator.cli.api import Api, Refused, ask, format_option, leader_option
from orchestrator.cli.event_text import event_text
from orchestrator.cli.exits import BadRequest
from orchestrator.cli.moments import moment_option
from orchestrator.cli.pairs import pairs


@click.command()
@click.argument("profile", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--input", "inputs", multiple=True, metavar="K=V", help="A value for an input.")
@click.option(
    "--on",
    "bindings",
    multiple=True,
    metavar="VESSEL=REACTOR|tag:TAG|pool:POOL",
    help="Where a vessel runs; one that is not named takes any free reactor.",
)
@click.option("--name", help="What to call it, if not as the profile is called.")
@click.option("--description", default="", help="The profile's, if it is not said.")
@click.option("--tag", "tags", multiple=True, help="To find it by; the profile's, if none.")
@click.option("--label", "labels", multiple=True, metavar="VESSEL=TEXT", help="What vessels hold.")
@click.option("--priority", type=int, default=0, help="From -9 to 9; for administrators.")
@moment_option("--not-before", help="It starts then or later: 2026-12-01T08:00, or +2h.")
@click.option("--every", default="", metavar="CRON", help="Start it at each such moment.")
@click.option("--zone", default="", help="Where that cron entry lives; the cluster's, if not said.")
@click.option("--hold", metavar="NOTE", help="It waits until 'axenic queue release'.")
@leader_option
@format_option
def submit(
    profile: Path,
    inputs: tuple[str, ...],
    bindings: tuple[str, ...],
    leader_url: str,
    form: str,
    **terms: Any,
) -> None:
    """Submit PROFILE; it starts as soon as its reactors are free and its turn has come."""
    from orchestrator.cli.prepare import upload_of

    upload = upload_of(profile)
    body = {
        **upload,
        "inputs": pairs(inputs, "--input"),
        "bindings": pairs(bindings, "--on"),
        **_terms(**terms),
    }
    try:
        made = ask(leader_url, lambda api: api.post("/experiments", body))
    except Refused as refusal:
        explain(refusal, {upload["file"]: upload["text"], **upload["files"]}, form)
        raise SystemExit(1) from None
    if form == "json":
        show.print_json(made)
    else:
        click.echo(f"{made['id']}  {made['name']}  {made['state']}  {made['reason']}".rstrip())


def _terms(**said: Any) -> dict[str, Any]:
    """On which terms it starts, and what is said of it."""
    others = {
        "tags": list(said.pop("tags")),
        "labels": pairs(said.pop("labels"), "--label"),
        "not_before_wall_s": said.pop("not_before"),
        "every_zone": said.pop("zone"),
    }
    return {**said, **others}


def explain(refusal: Refused, texts: Mapping[str, str], form: str) -> None:
    """Print what is wrong with a profile; what was refused for another reason is raised."""
    found = refusal.problem.get("diagnostics")
    if not found:
        raise refusal
    if form == "json":
        show.print_json(found)
        return
    from orchestrator.documents.excerpt import text_of
    from orchestrator.documents.report import from_data

    for each in map(from_data, found):
        click.echo(text_of(each, texts.get(each.file, "")), nl=False, err=True)


@click.command()
@click.option("--state", metavar="STATE", help="Only these: queued, running, paused, …")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
@leader_option
@format_option
def experiments(state: str | None, limit: int, leader_url: str, form: str) -> None:
    """List experiments, newest first."""
    found = ask(leader_url, lambda api: api.get("/experiments", state=state, limit=limit))["items"]
    if form == "json":
        show.print_json(found)
        return
    if not found:
        click.echo("There are no experiments yet; 'axenic submit PROFILE' makes one.")
        return
    show.table(
        ("experiment", "state", "name", "vessels", "started", "by"),
        [
            (
                one["id"],
                one["state"],
                one["name"],
                ", ".join(f"{v} on {one['bindings'].get(v, '–')}" for v in one["vessels"]),
                show.wall(one["started_wall_s"]),
                one["actor"],
            )
            for one in found
        ],
    )


def _control(verb: str, done: str) -> click.Command:
    @click.command(name=verb)
    @click.argument("experiment")
    @leader_option
    def command(experiment: str, leader_url: str) -> None:
        ask(leader_url, lambda api: api.post(f"/experiments/{experiment}/{verb}"))
        click.echo(f"{experiment}: {done}; workers that are away follow when they return")

    command.help = f"{verb.capitalize()} EXPERIMENT."
    return command


pause = _control("pause", "to be paused")
resume = _control("resume", "to be resumed")
cancel = _control("cancel", "to be cancelled")
finish = _control("finish", "to be finished as completed")


@click.command()
@click.argument("experiment")
@click.argument("button", required=False)
@click.option("--vessel", help="Only there; otherwise every vessel with a rule that starts on it.")
@leader_option
@format_option
def press(
    experiment: str, button: str | None, vessel: str | None, leader_url: str, form: str
) -> None:
    """Press BUTTON of EXPERIMENT; without BUTTON, list what can be pressed."""
    path = f"/experiments/{quote(experiment, safe='')}"
    if button is None:
        known = ask(leader_url, lambda api: api.get(path))["buttons"]
        _list_buttons(known, form)
        return
    body = {"button": button, "vessel": vessel}
    told = ask(leader_url, lambda api: api.post(f"{path}/press", body))["vessels"]
    if form == "json":
        show.print_json(told)
        return
    for each in told:
        said = ", ".join(filter(None, (each["outcome"], each["reason"])))
        click.echo(f"{each['vessel']}: {said}")


def _list_buttons(known: list[dict[str, Any]], form: str) -> None:
    if form == "json":
        show.print_json(known)
    elif not known:
        click.echo("No rule of it starts on a button.")
    else:
        show.table(
            ("button", "vessels"), [(each["name"], ", ".join(each["vessels"])) for each in known]
        )


@click.command()
@click.argument("key", required=False)
@click.argument("text", required=False, default="yes")
@leader_option
@format_option
def answer(key: str | None, text: str, leader_url: str, form: str) -> None:
    """Answer the question KEY with TEXT; without KEY, list what is being asked."""
    if key is not None:
        body = {"key": key, "answer": text}
        said = ask(leader_url, lambda api: api.post("/questions/answer", body))
        if said["outcome"] != "done":
            raise BadRequest(f"{text!r} is no answer: {said['reason'] or said['outcome']}")
        click.echo("answered")
        return
    asked = ask(leader_url, lambda api: api.get("/questions", open="true"))["items"]
    if form == "json":
        show.print_json(asked)
    elif not asked:
        click.echo("Nobody is asking anything.")
    else:
        show.table(
            ("vessel", "question", "answers", "asked", "key"),
            [
                (q["vessel"], q["text"], _answers(q), show.wall(q["asked_wall_s"]), q["key"])
                for q in asked
            ],
        )


def _answers(question: dict[str, Any]) -> str:
    """What may be answered, and what stands for an answer that nobody gives."""
    kind, unit = question["answer_type"], question["unit"]
    fits = " | ".join(question["choices"]) or ("yes | no" if kind == "boolean" else kind)
    if unit:
        fits = f"{kind} ({unit})"
    default = question["default"]
    if default is None:
        return fits
    shown = ("yes" if default else "no") if isinstance(default, bool) else f"{default} {unit}"
    return f"{fits}, else {shown.rstrip()}"


@click.command()
@leader_option
@format_option
def workers(leader_url: str, form: str) -> None:
    """List workers, their reactors and what runs on them."""
    found = ask(leader_url, lambda api: api.get("/workers"))["items"]
    if form == "json":
        show.print_json(found)
        return
    show.table(
        ("worker", "state", "last heard", "runs"),
        [
            (
                one["worker"],
                _standing(one),
                show.wall(one["seen_wall_s"]),
                ", ".join(
                    f"{run['vessel']} of {run['experiment']} ({run['phase']})"
                    for run in one["runs"]
                    if run["state"] in ("running", "paused")
                )
                or "free",
            )
            for one in found
        ],
    )


def _standing(worker: dict[str, Any]) -> str:
    """Its state, and what of it an emergency stop keeps still."""
    stopped = worker["stopped"]
    if not stopped:
        return str(worker["state"])
    names = "" if [*stopped] == [*worker["reactors"]] else f" {', '.join(stopped)}"
    by = ", ".join(dict.fromkeys(stop["by"] for stop in stopped.values()))
    return f"STOPPED{names} by {by}"


@click.command()
@click.option("--experiment", metavar="ID", help="Only of this experiment.")
@click.option("--follow/--no-follow", default=True, show_default=True, help="Go on as they come.")
@leader_option
@format_option
def events(experiment: str | None, follow: bool, leader_url: str, form: str) -> None:
    """Print the event log: the last fifty, then each as it happens."""
    try:
        ask(leader_url, _follow(experiment, follow, form))
    except KeyboardInterrupt:
        return


def _follow(experiment: str | None, follow: bool, form: str) -> Callable[[Api], Awaitable[None]]:
    async def work(api: Api) -> None:
        past = (await api.get("/events", experiment=experiment, limit=50))["items"]
        for event in past:
            _print_event(event, form)
        if not follow:
            return
        last = str(past[-1]["id"]) if past else "0"
        path = f"/stream?experiment={experiment}" if experiment else "/stream"
        name = b""
        async for raw in api.lines(path, **{"Last-Event-ID": last}):
            line = raw.strip()
            if line.startswith(b"event:"):
                name = line[6:].strip()
            elif line.startswith(b"data:") and name != b"readings":
                _print_event(json.loads(line[5:]), form)
            elif not line:
                name = b""

    return work


def _print_event(event: dict[str, Any], form: str) -> None:
    if form == "json":
        click.echo(json.dumps(event, ensure_ascii=False))
        return
    data = event["data"]
    said = event_text(data)
    ending = " ".join(str(data[name]) for name in ("outcome", "reason") if data.get(name))
    where = event.get("vessel") or event.get("experiment") or data.get("worker") or ""
    moment = show.wall(event["at_wall_s"])
    click.echo(f"{moment}  {event['kind']:<10} {where:<12} {said}  {ending}".rstrip())
