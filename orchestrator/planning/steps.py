"""Steps of one vessel: inputs put in, what is for other vessels left out."""

from __future__ import annotations

from typing import Any

from orchestrator.model.expression import Expression
from orchestrator.model.plan import Branch, Condition, Late, StepPlan
from orchestrator.model.profile import (
    Arguments,
    AskStep,
    CallStep,
    ChooseStep,
    CirculateStep,
    EndStep,
    GoToStep,
    IfStep,
    JobUse,
    MessageStep,
    ParallelStep,
    PauseStep,
    PlainStep,
    RepeatStep,
    SampleStep,
    SetStep,
    SnapshotStep,
    StartStep,
    Step,
    StopStep,
    VolumeStep,
    WaitStep,
    WaitUntilStep,
)
from orchestrator.model.profile import Late as ProfileLate
from orchestrator.model.profile import Source as Place
from orchestrator.planning.conditions import plan_condition
from orchestrator.planning.jobs import plan_job
from orchestrator.planning.place import place
from orchestrator.planning.scope import Scope

Jobs = tuple[JobUse, ...]


def plan_steps(scope: Scope, steps: tuple[Step, ...], jobs: Jobs) -> tuple[StepPlan, ...]:
    """Plan the steps that concern this vessel; `jobs` are what runs where they stand."""
    planned = (_step(scope, step, jobs) for step in steps if scope.concerns(step.vessels))
    return tuple(step for step in planned if not _is_idle(step))


def plan_late(scope: Scope, late: ProfileLate, source: Place) -> Late:
    """Put the inputs into a late policy."""
    return Late(within_s=scope.number(late.within_s, source, "within"), then=late.then)


def _step(scope: Scope, step: Step, jobs: Jobs) -> StepPlan:
    return StepPlan(
        op=step.op,
        source=place(step.source),
        name=step.name,
        timeout_s=scope.maybe_number(step.timeout_s, step.source, "the timeout"),
        remind_s=scope.maybe_number(step.remind_s, step.source, "the reminder"),
        late=None if step.late is None else plan_late(scope, step.late, step.source),
        if_=scope.maybe(step.condition),
        **_arguments(scope, step.args, step.source, jobs),
    )


def _arguments(scope: Scope, args: Arguments, source: Place, jobs: Jobs) -> dict[str, Any]:
    match args:
        case SetStep(settings=settings):
            return {"settings": _settings(scope, settings, source)}
        case StartStep(job=use):
            return _start(scope, use, jobs)
        case StopStep(job=job):
            return {"job": job}
        case VolumeStep(volume_ml=volume_ml, medium=medium):
            return {"volume_ml": scope.fold(volume_ml), "medium": medium}
        case SampleStep(volume_ml=volume_ml, label=label):
            return {"volume_ml": scope.fold(volume_ml), "text": scope.text(label)}
        case MessageStep(text=text, severity=severity):
            return {"text": scope.text(text), "severity": severity}
        case AskStep():
            return _ask(scope, args)
        case SnapshotStep(label=text, camera=camera):
            which = {"camera": camera} if camera else {}
            return {
                "job": scope.catalogue.job_for("snapshot"),
                "text": scope.text(text),
                **which,
            }
        case EndStep(reason=text):
            return {"text": scope.text(text)}
        case WaitStep(duration_s=duration_s):
            return {"duration_s": scope.fold(duration_s)}
        case WaitUntilStep(until=until):
            return {"condition": plan_condition(scope, until, source)}
        case CirculateStep(duration_s=duration_s, medium=medium):
            return {"duration_s": scope.fold(duration_s), "medium": medium}
        case RepeatStep():
            return _repeat(scope, args, jobs)
        case IfStep():
            return _if(scope, args, jobs)
        case ChooseStep():
            return _choose(scope, args, jobs)
        case CallStep():
            return _call(scope, args, jobs)
        case ParallelStep(branches=branches):
            lists = [plan_steps(scope, steps, jobs) for steps in branches]
            return {"branches": tuple(Branch(steps=steps) for steps in lists if steps)}
        case GoToStep(phase=phase):
            return {"phase": phase}
        case PauseStep(all_vessels=all_vessels):
            return {"all_vessels": all_vessels}
        case PlainStep():
            return {}


def _repeat(scope: Scope, args: RepeatStep, jobs: Jobs) -> dict[str, Any]:
    steps = plan_steps(scope, args.do, jobs)
    if args.loop == "for_each":
        values = tuple(scope.fold(each) for each in args.values)
        return {"loop": args.loop, "values": values, "variable": args.variable, "steps": steps}
    if args.condition is None:
        return {"loop": args.loop, "count": scope.maybe(args.count), "steps": steps}
    condition = Condition(when=scope.fold(args.condition))
    return {"loop": args.loop, "condition": condition, "max": args.max, "steps": steps}


def _ask(scope: Scope, args: AskStep) -> dict[str, Any]:
    return {
        "text": scope.text(args.question),
        "answer_type": args.answer_type,
        "choices": args.choices,
        "default": scope.maybe(args.default),
        "then": None if args.then == "next" else args.then,
        "variable": args.variable,
    }


def _call(scope: Scope, args: CallStep, jobs: Jobs) -> dict[str, Any]:
    """Plan a sequence's steps where it is called; what is known already is put in."""
    variables = {name: scope.fold(value) for name, value in args.variables.items()}
    steps = plan_steps(scope.within_call(variables), args.do, jobs)
    return {"sequence": args.sequence, "variables": variables, "steps": steps}


def _choose(scope: Scope, args: ChooseStep, jobs: Jobs) -> dict[str, Any]:
    branches = [
        Branch(when=scope.fold(each.condition), steps=plan_steps(scope, each.then, jobs))
        for each in args.choices
    ]
    otherwise = plan_steps(scope, args.otherwise, jobs)
    return {"branches": tuple(branches), "otherwise": otherwise}


def _if(scope: Scope, args: IfStep, jobs: Jobs) -> dict[str, Any]:
    then = plan_steps(scope, args.then, jobs)
    return {
        "branches": (Branch(when=scope.fold(args.condition), steps=then),),
        "otherwise": plan_steps(scope, args.otherwise, jobs),
    }


def _is_idle(step: StepPlan) -> bool:
    """Whether everything that a step consists of is for other vessels."""
    if step.op not in ("repeat", "parallel", "if", "choose", "call"):
        return False
    return not (step.steps or step.otherwise or any(each.steps for each in step.branches))


def _settings(scope: Scope, settings: Any, source: Place) -> dict[str, Expression]:
    folded = {name: scope.fold(value) for name, value in settings.items()}
    for name, value in folded.items():
        scope.assign(name, value, source)
    return folded


def _start(scope: Scope, use: JobUse, jobs: Jobs) -> dict[str, Any]:
    """A job that runs where the step stands only needs what is written, any other needs all."""
    under = [each for each in jobs if each.job == use.job]
    if under and use.automation is None:
        settings = {name: scope.fold(value) for name, value in use.settings.items()}
        for name, value in settings.items():
            scope.assign(f"{use.job}.{name}", value, use.source)
        return {"job": use.job, "settings": settings}
    planned = plan_job(scope, [*under, use])
    return {"job": use.job, "automation": planned.automation, "settings": planned.settings}
