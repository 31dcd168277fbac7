"""A shape that goes by anything but the clocks, or that goes beyond what its setting takes.

A setpoint is a pure function of plan and clock, so that it can be shown before the run and worked
out anew after a power cut. `shape:` may use `elapsed`, `phase_time` and inputs. Its values are
tried over the length of the phase (30 days if none is known).

A setting that follows a measurement is written where the job is: `stirring: {target: "{{ 300 + 100
* od600 }}"}`.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from typing import Final

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Draft
from orchestrator.documents.reach import defaults_of, known
from orchestrator.documents.values import NOTHING
from orchestrator.model.catalogue import SettingDeclaration
from orchestrator.model.expression import fold, inputs_of, signals_of
from orchestrator.model.profile import FormulaShape, Move, Phase, Profile
from orchestrator.model.units import DIMENSIONS, format_quantity

LENGTH_S: Final = 30 * 86_400.0
_CLOCKS: Final = frozenset({"elapsed", "phase_time"})


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Report formulas that read signals, and those that leave their setting's range."""
    if draft.profile is None:
        return
    for phase in draft.profile.phases:
        for item in phase.schedule:
            if isinstance(item, Move) and isinstance(item.shape, FormulaShape):
                yield from _judge(draft, draft.profile, phase, item, item.shape)


def _judge(
    draft: Draft, profile: Profile, phase: Phase, item: Move, shape: FormulaShape
) -> Iterator[Diagnostic]:
    if shape.value == NOTHING:
        return
    span = draft.span_of(shape.source)
    foreign = sorted(signals_of(shape.value) - _CLOCKS)
    if foreign:
        message = f"a shape goes by elapsed and phase_time, not by {', '.join(foreign)}"
        yield draft.error(span, "shape-reads", message)
        return
    value = fold(shape.value, defaults_of(profile))
    declared = draft.catalogue.setting(item.setting)
    if declared is None or inputs_of(value):
        return
    # The plan's model takes as long to import as a check takes, and few profiles have a formula.
    from orchestrator.execution.setpoints import sampled

    length_s = known(phase.duration_s, profile) or LENGTH_S
    found = [each for each in sampled(value, length_s) if each is not None]
    if not found:
        message = "this shape has no value: something is divided by zero, or it is no number"
        yield draft.error(span, "shape-reads", message)
    elif (beyond := _beyond(draft, profile, item.setting, declared, found)) is not None:
        yield draft.error(span, "shape-reads", beyond)


def _beyond(
    draft: Draft,
    profile: Profile,
    setting: str,
    declared: SettingDeclaration,
    found: list[float],
) -> str | None:
    """Say which bound the lowest or the highest value breaks."""
    job, _, short = setting.partition(".")
    least = -inf if declared.minimum is None else declared.minimum
    most = inf if declared.maximum is None else declared.maximum
    for limit in draft.catalogue.jobs[job].limits.values():
        bound = known(profile.limits.get(f"{job}.{limit.name}"), profile)
        if limit.bounds == short and bound is not None:
            if limit.side == "maximum":
                most = min(most, bound)
            else:
                least = max(least, bound)
    kind = declared.type if declared.type in DIMENSIONS else "number"
    for value, bound, word in ((min(found), least, "below"), (max(found), most, "above")):
        if (value < bound) if word == "below" else (value > bound):
            reached, allowed = format_quantity(value, kind), format_quantity(bound, kind)
            return f"this shape reaches {reached}, {word} the {allowed} that {setting} may have"
    return None
