"""`axenic trace`: why did it do that, and why did it not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import click

from orchestrator.cli import show
from orchestrator.cli.api import Api, ask, format_option, leader_option
from orchestrator.cli.exits import BadRequest

PAGE = 1000


@click.command()
@click.argument("experiment", required=False)
@click.option(
    "--rehearsal",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Of a rehearsal instead: the folder after --out of 'axenic simulate'.",
)
@click.option("--vessel", help="Only of this vessel.")
@click.option("--rule", help="Only of this rule.")
@click.option("--action", metavar="ID", help="Only of this action, and what it belongs to.")
@click.option(
    "--at",
    metavar="TIME",
    help="What happened then, and why each rule did or did not fire: 10:32, "
    "2025-01-06T10:32, or 2h30min since the beginning.",
)
@click.option(
    "--why-not", is_flag=True, help="Only what did not happen, or not as it was meant to."
)
@leader_option
@format_option
def trace(
    experiment: str | None,
    rehearsal: Path | None,
    vessel: str | None,
    rule: str | None,
    action: str | None,
    at: str | None,
    why_not: bool,
    leader_url: str,
    form: str,
) -> None:
    """Tell why EXPERIMENT did what it did, and why it did not."""
    asked = {"vessel": vessel, "rule": rule, "action": action, "at": at}
    if rehearsal is not None and experiment is None:
        found = _of_rehearsal(rehearsal, asked, why_not)
    elif experiment is not None and rehearsal is None:
        path = f"/experiments/{quote(experiment, safe='')}/trace"
        found = ask(leader_url, lambda api: of_leader(api, path, asked, why_not=why_not))
    else:
        raise BadRequest("name an experiment, or a rehearsal's folder with --rehearsal")
    if form == "json":
        show.print_json(found)
        return
    _print(found, several=len({each["vessel"] for each in found["items"]}) > 1)


async def of_leader(
    api: Api, path: str, asked: Mapping[str, str | None], *, why_not: bool
) -> dict[str, Any]:
    """All pages of a trace, with what is said of rules."""
    items: list[Any] = []
    cursor: str | None = None
    while True:
        page = await api.get(
            path, **asked, why_not="true" if why_not else None, limit=PAGE, cursor=cursor
        )
        items += page["items"]
        cursor = page["next"]
        if cursor is None:
            return {"verdicts": page["verdicts"], "items": items}


def _of_rehearsal(folder: Path, asked: Mapping[str, str | None], why_not: bool) -> dict[str, Any]:
    from orchestrator.cli.rehearsal.ledger import measured_at, read_ledger, read_plan
    from orchestrator.planning.explain.answer import Question, is_called, pick
    from orchestrator.planning.explain.moment import NoMoment, moment_of
    from orchestrator.planning.explain.story import story
    from orchestrator.planning.explain.told import Told, Verdict
    from orchestrator.planning.explain.why import rules_of, signals_for, verdicts

    plan, ledgers = read_plan(folder), read_ledger(folder)
    rule, at = asked["rule"] or "", asked["at"]
    slices = [each for each in plan.vessels if asked["vessel"] in (None, each.vessel)]
    names = [(each, name) for each in slices for name in rules_of(each)]
    names = [(each, name) for each, name in names if not rule or is_called(name, rule)]
    if rule and not names:
        raise BadRequest(f"no rule here is called {rule}")
    question = Question(rule=rule, action=asked["action"] or "", why_not=why_not)
    lines: list[Told] = []
    judged: list[Verdict] = []
    for slice_ in slices:
        entries = ledgers.get(slice_.vessel, ())
        if at is not None:
            try:
                question = replace(question, at_s=moment_of(at, entries, plan.timezone))
            except NoMoment as unclear:
                raise BadRequest(f"--at {at}: {unclear}") from unclear
        lines += pick(story(slice_, entries), question)
        if question.at_s is not None and not question.action:
            for name in (name for each, name in names if each is slice_):
                reads = signals_for(slice_, name)
                measured = measured_at(folder, slice_.vessel, reads, question.at_s)
                judged += verdicts(slice_, entries, question.at_s, measured, name)
    lines.sort(key=lambda line: line.process_s)
    return {
        "verdicts": [asdict(each) for each in judged if not (why_not and each.fired)],
        "items": [asdict(each) for each in lines],
    }


def _print(found: Mapping[str, Sequence[Mapping[str, Any]]], *, several: bool) -> None:
    vessels = {each["vessel"] for each in found["verdicts"]}
    for verdict in found["verdicts"]:
        where = f"{verdict['vessel']}: " if len(vessels) > 1 else ""
        click.echo(f"{where}{verdict['text']}")
    if found["verdicts"] and found["items"]:
        click.echo("")
    for line in found["items"]:
        where = f"{line['vessel']}  " if several else ""
        since, moment = show.span(line["process_s"]), show.wall(line["wall_s"])
        click.echo(f"{since:>12}  {moment}  {where}{line['text']}")
    if not found["verdicts"] and not found["items"]:
        click.echo("Nothing of that kind happened.")
