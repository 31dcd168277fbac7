"""What another profile would change in an experiment that runs."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence

from orchestrator.model.canonical import rebuild
from orchestrator.model.plan import Plan
from orchestrator.model.profile import Profile
from orchestrator.planning.diff import diff
from orchestrator.planning.difference import Difference as Found
from orchestrator.planning.rest import Position
from orchestrator.ports.check import Bundle, Check, Checked
from orchestrator.ports.office import ProfileRefused
from orchestrator.ports.records import Experiment
from orchestrator.server.api.coming import positions_of
from orchestrator.server.api.experiments import ONE
from orchestrator.server.api.profiles import AT_ONCE
from orchestrator.server.permission import found
from orchestrator.server.plans import plan_text
from orchestrator.server.routing import Call, NoQuery, Routes
from orchestrator.server.views.difference import Difference, difference_view
from orchestrator.server.views.experiments import Scalar
from orchestrator.server.views.profiles import CheckRequest

routes = Routes("experiments")


@routes.post(ONE + "/difference", writes=False, problems=(404, 422))
async def compare_experiment(call: Call[NoQuery, CheckRequest]) -> Difference:
    """Compare a profile with what an experiment runs; nothing is kept and nothing changes.

    Inputs that are not given are as they were chosen for the experiment. A profile with errors is
    refused with all `diagnostics`.
    """
    services, asked = call.services, call.body
    experiment = await found(services, call.named("id"))
    text = await plan_text(services.store, experiment.id)
    now_s = services.clock.now().wall_s
    positions = await positions_of(services, experiment, now_s)
    async with call.request.app[AT_ONCE]:
        difference = await asyncio.to_thread(
            _compare, services.check, asked, experiment, text, positions, now_s
        )
    return difference_view(difference, experiment.revision)


def _compare(
    check: Check,
    asked: CheckRequest,
    experiment: Experiment,
    old_text: str,
    positions: Sequence[Position | str],
    now_s: float,
) -> Found:
    checked = checked_or_refused(check, asked, experiment.inputs)
    assert checked.plan is not None
    old = rebuild(Plan, json.loads(old_text))
    attempt = experiment.attempt or f"{experiment.id}.1"
    return diff(old, checked.plan, positions, now_s, attempt=attempt)


def checked_or_refused(check: Check, asked: CheckRequest, chosen: Mapping[str, Scalar]) -> Checked:
    """A profile with its plan, by what was chosen before where it is not chosen anew.

    Raises:
        ProfileRefused: with all that is wrong.
    """
    checked = _checked(check, asked, chosen)
    if checked.plan is None or any(each.severity == "error" for each in checked.diagnostics):
        raise ProfileRefused(checked.diagnostics)
    return checked


def _checked(check: Check, asked: CheckRequest, chosen: Mapping[str, Scalar]) -> Checked:
    """Check with what was chosen before, as far as the profile still asks for it."""
    files = Bundle(asked.files)
    checked = check(asked.text, asked.file, asked.inputs, files)
    kept = {} if checked.profile is None else _still_asked(checked.profile, chosen)
    if not kept.keys() - asked.inputs.keys():
        return checked
    return check(asked.text, asked.file, {**kept, **asked.inputs}, files)


def _still_asked(profile: Profile, chosen: Mapping[str, Scalar]) -> dict[str, Scalar]:
    kept: dict[str, Scalar] = {}
    for name, value in chosen.items():
        vessel, _, short = name.rpartition(".")
        if short in profile.inputs and (not vessel or vessel in profile.vessels):
            kept[name] = value
    return kept
