"""Compile a checked profile into a plan: inputs put in, defaults filled in, one slice a vessel."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from orchestrator.documents.diagnostic import Diagnostic, in_order
from orchestrator.documents.inputs import choose_inputs
from orchestrator.model.catalogue import Catalogue
from orchestrator.model.expression import Value
from orchestrator.model.media_signals import with_media_signals
from orchestrator.model.own_signals import with_own_signals
from orchestrator.model.plan import WARN_BEFORE_S, Bottle, Plan, Slice
from orchestrator.model.profile import Medium, Profile, Vessel
from orchestrator.planning.automations import automation_rules, plan_laws
from orchestrator.planning.charts import plan_charts
from orchestrator.planning.jobs import plan_at_end, plan_jobs, plan_on_pause, plan_power_on
from orchestrator.planning.limits import check_settings, plan_limits
from orchestrator.planning.loops import plan_loops
from orchestrator.planning.phases import plan_phases
from orchestrator.planning.refusal import PlanningRefused
from orchestrator.planning.rules import plan_rules
from orchestrator.planning.scope import Scope
from orchestrator.planning.units import units_of, units_of_signals


def compile_profile(
    profile: Profile,
    *,
    catalogue: Catalogue,
    profile_hash: str,
    inputs: Mapping[str, str | float | bool] | None = None,
    timezone: str = "UTC",
) -> Plan:
    """Answer the plan of a profile with chosen inputs; the same arguments give the same plan.

    `inputs` are as a person gave them: text with units (`42 °C`), or numbers in canonical units.

    Raises:
        PlanningRefused: with every diagnostic, where an input does not fit its declaration or a
            value is out of range with these inputs.
    """
    chosen, problems = choose_inputs(profile, inputs or {})
    if problems:
        raise PlanningRefused(in_order(problems))
    zone = profile.timezone or timezone
    catalogue = with_media_signals(with_own_signals(catalogue, profile.signals), profile.media)
    slices = tuple(
        _slice(profile, vessel, chosen, _scope(vessel, chosen, catalogue, zone, problems))
        for vessel in profile.vessels.values()
    )
    if problems:
        raise PlanningRefused(in_order(problems))
    return Plan(
        name=profile.name,
        description=profile.description,
        tags=profile.tags,
        profile_hash=profile_hash,
        timezone=zone,
        inputs={name: value for name, value in sorted(chosen.items()) if value is not None},
        vessels=slices,
        charts=plan_charts(profile.charts),
    )


def own_inputs(vessel: Vessel, chosen: Mapping[str, Value]) -> dict[str, Value]:
    """The inputs that are a vessel's own: by the profile, and before that as chosen for it."""
    prefix = f"{vessel.name}."
    picked = {
        key.removeprefix(prefix): value for key, value in chosen.items() if key.startswith(prefix)
    }
    return {**vessel.inputs, **picked}


def _scope(
    vessel: Vessel,
    chosen: Mapping[str, Value],
    catalogue: Catalogue,
    timezone: str,
    problems: list[Diagnostic],
) -> Scope:
    """What is a vessel's own comes before what was chosen for all."""
    inputs = {**chosen, **own_inputs(vessel, chosen)}
    constants: dict[str, Value] = {f"inputs.{name}": value for name, value in inputs.items()}
    return Scope(
        vessel=vessel.name,
        constants={**constants, "vessel": vessel.name},
        catalogue=catalogue,
        timezone=timezone,
        problems=problems,
    )


def _media(profile: Profile, vessel: Vessel) -> Iterator[Medium]:
    """The bottles of a vessel; of its own it warns like of the others, unless it says otherwise."""
    for name, each in {**profile.media, **vessel.media}.items():
        if each.warn_before_s is None and name in profile.media:
            each = replace(each, warn_before_s=profile.media[name].warn_before_s)
        yield each


def _slice(profile: Profile, vessel: Vessel, chosen: Mapping[str, Value], scope: Scope) -> Slice:
    uses = (*profile.jobs, *vessel.jobs)
    everywhere = [*uses, *(job for phase in profile.phases for job in phase.jobs)]
    limits = plan_limits(scope, {**profile.limits, **vessel.limits}, vessel.source)
    slice_ = Slice(
        vessel=vessel.name,
        volume_ml=scope.number(vessel.volume_ml, vessel.source, "the volume"),
        media=tuple(
            Bottle(
                medium=each.name,
                volume_ml=scope.number(each.bottle_ml, each.source, "the bottle's volume"),
                shared=each.shared,
                warn_before_s=WARN_BEFORE_S
                if each.warn_before_s is None
                else scope.number(each.warn_before_s, each.source, "the time of the warning"),
            )
            for each in _media(profile, vessel)
        ),
        jobs=plan_jobs(scope, uses, ()),
        phases=plan_phases(scope, profile, uses),
        rules=(
            *plan_rules(scope, profile.rules, uses),
            *automation_rules(scope, profile, uses),
        ),
        limits=limits,
        at_end=plan_at_end(everywhere),
        on_pause=plan_on_pause(everywhere),
        power_on=plan_power_on(scope, everywhere, profile.power_on),
        on_vessel_failure="stop_all" if profile.on_vessel_failure == "stop_all" else "go_on",
        loops=plan_loops(scope, profile),
        worker=vessel.worker,
        inputs={
            name: value
            for name, value in sorted(own_inputs(vessel, chosen).items())
            if value is not None
        },
        units={
            **units_of(scope.catalogue, {name for name, _, _ in scope.assigned}),
            **units_of_signals(profile.signals),
        },
        laws=plan_laws(scope, profile, uses),
    )
    check_settings(scope, limits)
    return slice_
