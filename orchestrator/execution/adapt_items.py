"""The schedule of a visit that is under way, by another revision (SEMANTICS rules 1 and 18).

A moment that a changed item had before the revision is not made up for, but where it can be
recomputed: then the newest such moment counts, whenever it was.
"""

from __future__ import annotations

from dataclasses import replace
from math import ceil

from orchestrator.control.curves import Shape
from orchestrator.control.shapes import LinearRamp
from orchestrator.execution.arguments import planned_move
from orchestrator.execution.describe import detail
from orchestrator.execution.layers import Ramp, Run, Value
from orchestrator.execution.occurrences import EPSILON_S, next_in_phase
from orchestrator.execution.program import PhaseProgram
from orchestrator.execution.run_state import RunState
from orchestrator.execution.setpoints import shape_of
from orchestrator.execution.state_entry import recomputed
from orchestrator.model.canonical import content_of
from orchestrator.model.expression import Const, Expression, fold
from orchestrator.model.key import ActionKey, seconds_text
from orchestrator.model.plan import (
    AtPlan,
    CronPlan,
    EveryPlan,
    ItemPlan,
    Moving,
    RampPlan,
    ShapePlan,
    StepPlan,
)

Written = dict[str, Value | Run]
_TIMES = ("at_s", "every_s", "from_s", "until_s", "count", "cron", "timezone")


def adapt_items(
    view: RunState, old: PhaseProgram, new: PhaseProgram, process_s: float, wall_s: float | None
) -> None:
    """Bring what items have set, and when they fall due, in line with the new revision."""
    for item in old.items.values():
        if item.item not in new.items and recomputed(item):
            _withdraw(view, item)
    for item in new.items.values():
        before = old.items.get(item.item)
        if before is not None and content_of(before) == content_of(item):
            continue
        if before is not None and recomputed(before) and not _goes_on(view, before, item):
            _withdraw(view, before)
            before = None
        if before is None or not _same_times(before, item):
            _count_from_here(view, item, process_s, wall_s)
    for own, is_state in (("on_enter", old.on_enter_is_state), ("do", old.do_is_state)):
        steps = getattr(new.plan, own)
        if is_state and content_of(getattr(old.plan, own)) != content_of(steps):
            key = ActionKey.parse(str(view.program.key(view.visit_text, own, "0")))
            view.layers.rewrite(str(key), written_by_steps(steps))


def written_by_steps(steps: tuple[StepPlan, ...]) -> Written:
    """What state entries set, one after the other."""
    found: Written = {}
    for step in steps:
        known = {name: _known(each) for name, each in step.settings.items()}
        settings = {name: value for name, value in known.items() if value is not None}
        if step.op == "set":
            found |= settings
        elif step.job is not None and step.op in ("start", "stop"):
            if step.automation is not None:
                found[step.job] = Run(on=True, automation=step.automation, settings=settings)
                continue
            found |= {f"{step.job}.{name}": value for name, value in settings.items()}
            found[step.job] = Run(on=step.op == "start")
    return found


def _goes_on(view: RunState, old: ItemPlan, new: ItemPlan) -> bool:
    """Rewrite what an item has set, if the moment at which it did so is still one of its own."""
    newest_s = view.items.get(new.item)
    if newest_s is None or old.kind != new.kind or not recomputed(new):
        return newest_s is None and recomputed(new)
    if isinstance(new, RampPlan | ShapePlan):
        return _recompute(view, old, new)
    if isinstance(new, CronPlan):
        if not _same_times(old, new):
            return False
    elif not _falls_on(new, newest_s):
        return False
    for owner in view.layers.owners(view.visit_text):
        if ActionKey.parse(owner).item == new.item:
            view.layers.rewrite(owner, written_by_steps(new.steps))
    return True


def _falls_on(item: AtPlan | EveryPlan, moment_s: float) -> bool:
    due_s = next_in_phase(item, moment_s - 2 * EPSILON_S, None)
    return due_s is not None and abs(due_s - moment_s) <= EPSILON_S


def _recompute(view: RunState, old: ItemPlan, new: Moving) -> bool:
    """Put another shape in the place of one, from its original start."""
    assert isinstance(old, RampPlan | ShapePlan)
    key = str(view.program.key(view.visit_text, new.item, seconds_text(old.at_s)))
    known = next((ramp for ramp in view.layers.ramps() if ramp.key == key), None)
    if known is None or (new.at_s, new.setting) != (old.at_s, old.setting):
        return False
    shape = _shape(view, new, known)
    if shape is None:
        return False
    ramp = replace(
        known,
        shape=shape,
        detail=detail(new.kind, planned_move(new), view.program.slice.units),
        timezone=new.timezone if isinstance(new, ShapePlan) else None,
    )
    view.layers.rewrite(key, {new.setting: ramp})
    view.ramps[key] = ramp
    return True


def _shape(view: RunState, new: Moving, known: Ramp) -> Shape | None:
    if isinstance(new, ShapePlan):
        return shape_of(new, view.clocks.entered_s or 0.0)
    if not isinstance(known.shape, LinearRamp):
        return None
    start = known.shape.from_value if new.from_ is None else _known(new.from_)
    to = _known(new.to)
    if type(start) is not float or type(to) is not float:
        return None
    return LinearRamp(from_value=start, to_value=to, over_s=new.over_s)


def _withdraw(view: RunState, item: ItemPlan) -> None:
    """What an item has set is taken back; a ramp under way is over."""
    for owner in view.layers.owners(view.visit_text):
        if ActionKey.parse(owner).item == item.item:
            view.layers.withdraw_owner(owner)
    for key, ramp in view.ramps.items():
        if ActionKey.parse(key).item == item.item:
            view.ramps[key] = replace(ramp, stopped=f"revision {view.program.revision}")
    view.items.pop(item.item, None)


def _count_from_here(
    view: RunState, item: ItemPlan, process_s: float, wall_s: float | None
) -> None:
    """Moments after the revision count; of what can be recomputed, the newest before it too."""
    if isinstance(item, CronPlan):
        if wall_s is not None:
            view.items[item.item] = wall_s
        return
    now_s = view.phase_s(process_s)
    if not recomputed(item):
        view.items[item.item] = max(now_s, view.items.get(item.item, now_s))
    elif isinstance(item, AtPlan | EveryPlan) and item.item not in view.items:
        newest_s = _newest(item, now_s)
        if newest_s is not None:
            view.items[item.item] = newest_s - 2 * EPSILON_S


def _newest(item: AtPlan | EveryPlan, now_s: float) -> float | None:
    """The newest moment of an item that has come."""
    if isinstance(item, AtPlan):
        return item.at_s if item.at_s <= now_s + EPSILON_S else None
    due_s = next_in_phase(item, now_s - item.every_s - EPSILON_S, None)
    if due_s is None:
        due_s = _last(item)
    return due_s if due_s is not None and due_s <= now_s + EPSILON_S else None


def _last(item: EveryPlan) -> float | None:
    """The last moment of an item that has a bound."""
    first_s = item.every_s if item.from_s is None else item.from_s
    bounds = [] if item.count is None else [item.count - 1]
    if item.until_s is not None:
        bounds.append(ceil((item.until_s - EPSILON_S - first_s) / item.every_s) - 1)
    number = min(bounds, default=-1)
    return first_s + number * item.every_s if number >= 0 else None


def _same_times(old: ItemPlan, new: ItemPlan) -> bool:
    return all(getattr(old, name, None) == getattr(new, name, None) for name in _TIMES)


def _known(expression: Expression) -> Value | None:
    """A value that needs nothing that is measured."""
    found = fold(expression)
    return found.value if isinstance(found, Const) else None
