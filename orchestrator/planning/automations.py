"""Automations wholly in YAML, expanded into items and rules of the vessel that follows them.

Each is named `job.automation.name`, and asks whether the job still follows the automation, so that
what another automation, a `stop` or the end of the phase takes away, takes all of it (SEMANTICS
rule 14).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from orchestrator.documents.diagnostic import Site
from orchestrator.model.catalogue import Behaviour
from orchestrator.model.expression import And, Compare, Const, Expression, Member, Signal, Value
from orchestrator.model.plan import ItemPlan, RulePlan
from orchestrator.model.profile import (
    ChooseStep,
    IfStep,
    JobUse,
    ParallelStep,
    Phase,
    Profile,
    RepeatStep,
    Rule,
    StartStep,
    Step,
    WhenStart,
)
from orchestrator.planning.identity import Identities
from orchestrator.planning.jobs import plan_job
from orchestrator.planning.rules import plan_rules
from orchestrator.planning.schedule import plan_item
from orchestrator.planning.scope import Scope

Jobs = tuple[JobUse, ...]


@dataclass(frozen=True, slots=True)
class _Followed:
    """An automation that a job may follow somewhere, with the values that are fixed there."""

    job: str
    name: str
    behaviour: Behaviour
    fixed: Mapping[str, Value]
    use: JobUse

    @property
    def key(self) -> tuple[str, str, tuple[tuple[str, Value], ...]]:
        """What it is, whoever says so."""
        return self.job, self.name, tuple(sorted(self.fixed.items()))

    @property
    def is_followed(self) -> Expression:
        """Whether the job follows it at that moment."""
        return Compare(Signal(f"{self.job}.automation"), (("==", Const(self.name)),))


def automation_items(
    scope: Scope,
    profile: Profile,
    phase: Phase,
    jobs: Jobs,
    identities: Identities,
    length_s: float | None,
) -> Iterator[ItemPlan]:
    """Yield what the automations followed in a phase do on its clock; `jobs` are all that run."""
    for each in _followed(scope, profile, phase, jobs):
        inner = _scope(scope, each)
        for item in each.behaviour.schedule:
            gated = replace(
                item,
                name=_name(each, item.name),
                condition=_and(each.is_followed, item.condition),
            )
            planned = plan_item(inner, gated, jobs, identities, length_s)
            if planned is not None:
                yield planned


def automation_rules(scope: Scope, profile: Profile, jobs: Jobs) -> tuple[RulePlan, ...]:
    """Plan the rules of all automations that are followed somewhere."""
    places: dict[object, tuple[_Followed, list[str]]] = {}
    visited = [phase for phase in profile.phases if scope.concerns(phase.vessels)]
    for phase in visited:
        for each in _followed(scope, profile, phase, (*jobs, *phase.jobs)):
            places.setdefault(each.key, (each, []))[1].append(phase.name)
    planned: list[RulePlan] = []
    taken: set[str] = set()
    for each, phases in places.values():
        suffix = f".{phases[0]}" if f"{each.job}.{each.name}" in taken else ""
        taken.add(f"{each.job}.{each.name}")
        everywhere = len(phases) == len(visited)
        gate = each.is_followed if everywhere else And((_in(phases), each.is_followed))
        rules = tuple(_gated(each, rule, gate, suffix) for rule in each.behaviour.rules)
        planned += plan_rules(_scope(scope, each), rules, jobs)
    return tuple(planned)


def plan_laws(scope: Scope, profile: Profile, jobs: Jobs) -> tuple[str, ...]:
    """List the laws of plugins that a vessel's jobs may follow, `job.automation`."""
    guests = {key for key, each in scope.catalogue.automations.items() if each.plugin}
    uses = [*jobs]
    for phase in profile.phases if guests else ():
        if scope.concerns(phase.vessels):
            uses += [*phase.jobs, *_started(profile, phase)]
    followed = {(use.job, use.automation or "") for use in uses}
    return tuple(sorted(f"{job}.{name}" for job, name in followed & guests))


def _followed(scope: Scope, profile: Profile, phase: Phase, jobs: Jobs) -> list[_Followed]:
    """List what a phase's jobs follow from its beginning, and what a step may make them follow."""
    found: dict[tuple[str, str], _Followed] = {}
    for job in sorted({use.job for use in jobs}):
        uses = [use for use in jobs if use.job == job]
        _add(scope, found, uses)
    for use in _started(profile, phase):
        _add(scope, found, [*(each for each in jobs if each.job == use.job), use])
    return list(found.values())


def _started(profile: Profile, phase: Phase) -> list[JobUse]:
    """List what steps may start with an automation while a phase lasts."""
    started = [*_starts((*phase.on_enter, *phase.do, *phase.on_leave))]
    for item in phase.schedule:
        started += _starts(getattr(item, "do", ()))
    for rule in (*phase.rules, *profile.rules):
        started += _starts(rule.do)
    return started


def _add(scope: Scope, found: dict[tuple[str, str], _Followed], uses: list[JobUse]) -> None:
    catalogue, job = scope.catalogue, uses[-1].job
    name = next((use.automation for use in reversed(uses) if use.automation), None)
    name = name or catalogue.jobs[job].default_automation
    if name is None or (job, name) in found or (job, name) not in catalogue.behaviours:
        return
    quiet = replace(scope, problems=[], assigned=[])
    settings = plan_job(quiet, uses).settings
    inputs = catalogue.automations[job, name].inputs
    fixed: dict[str, Value] = {
        short: value.value
        for short, declared in inputs.items()
        if not declared.editable and isinstance(value := settings.get(short), Const)
    }
    use = next((each for each in reversed(uses) if each.automation == name), uses[-1])
    found[job, name] = _Followed(job, name, catalogue.behaviours[job, name], fixed, use)


def _starts(steps: Iterable[Step]) -> Iterator[JobUse]:
    """Yield the jobs that steps start with an automation, wherever they stand."""
    for step in steps:
        args = step.args
        if isinstance(args, StartStep) and args.job.automation is not None:
            yield args.job
        elif isinstance(args, RepeatStep):
            yield from _starts(args.do)
        elif isinstance(args, IfStep):
            yield from _starts((*args.then, *args.otherwise))
        elif isinstance(args, ChooseStep):
            for choice in args.choices:
                yield from _starts(choice.then)
            yield from _starts(args.otherwise)
        elif isinstance(args, ParallelStep):
            for branch in args.branches:
                yield from _starts(branch)


def _scope(scope: Scope, each: _Followed) -> Scope:
    """The automation's point of view: its own inputs, none of the profile's."""
    at = each.use.source
    return replace(
        scope,
        constants={
            "vessel": scope.vessel,
            **{f"inputs.{name}": value for name, value in each.fixed.items()},
        },
        expanded_from=Site(file=at.file, line=at.line, column=at.column, how="expanded"),
    )


def _gated(each: _Followed, rule: Rule, gate: Expression, suffix: str) -> Rule:
    """Let a condition only become true, and a time only start something, while it is followed."""
    starts = tuple(
        replace(start, when=replace(start.when, when=And((gate, start.when.when))))
        if isinstance(start, WhenStart)
        else start
        for start in rule.starts
    )
    name = f"{_name(each, rule.name)}{suffix}"
    return replace(rule, name=name, starts=starts, condition=_and(gate, rule.condition))


def _name(each: _Followed, name: str | None) -> str:
    return f"{each.job}.{each.name}.{name}"


def _and(gate: Expression, condition: Expression | None) -> Expression:
    return gate if condition is None else And((gate, condition))


def _in(phases: list[str]) -> Expression:
    return Member(Signal("phase"), tuple(phases))
