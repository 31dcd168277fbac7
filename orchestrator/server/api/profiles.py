"""`/api/profiles`: those that come with Axenic, and checking one's own."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Final

import msgspec
from aiohttp import web

from orchestrator.model.profile import InputDeclaration, Profile
from orchestrator.model.units import DIMENSIONS
from orchestrator.planning.timetable import timetable
from orchestrator.ports.check import Bundle, Check, Checked, Folder
from orchestrator.server.problems import Problem, kind_of
from orchestrator.server.routing import Call, NoQuery, Routes
from orchestrator.server.services import Services
from orchestrator.server.views.common import Listing
from orchestrator.server.views.profiles import (
    CheckRequest,
    CheckResult,
    Diagnostic,
    Input,
    ProfileSummary,
    ProfileText,
    ShippedProfile,
)
from orchestrator.server.views.timetable import row_view

routes = Routes("profiles")
LOOK_AHEAD_S: Final = 14 * 86400.0
ROWS_MAX: Final = 2000
AT_ONCE: Final = web.AppKey("checks_at_once", asyncio.Semaphore)
"""Checking takes a thread; a crowd waits for the few there are."""
DESCRIBED: Final = web.AppKey("described", dict[tuple[str, int], ShippedProfile])
"""Shipped profiles by name and time of their last change, so that each is looked at once."""


@routes.get("/api/profiles")
async def list_profiles(call: Call[NoQuery, None]) -> Listing[ShippedProfile]:
    """List the profiles that come with Axenic."""
    return Listing(items=await shipped_profiles(call.request, call.services))


@routes.get("/api/profiles/{file}", problems=(404,))
async def get_profile(call: Call[NoQuery, None]) -> ProfileText:
    """Read one of them."""
    name = call.named("file")
    path = dict(_shipped(call.services.profiles)).get(name)
    if path is None:
        raise Problem(404, f"there is no profile '{name}'", kind=kind_of("not-found"))
    return await asyncio.to_thread(_whole, call.services.check, path)


@routes.post("/api/profiles/check", writes=False)
async def check_profile(call: Call[NoQuery, CheckRequest]) -> CheckResult:
    """Say everything that is to be said of a profile; nothing is kept and nothing runs."""
    asked, now_s = call.body, call.services.clock.now().wall_s
    async with call.request.app[AT_ONCE]:
        return await asyncio.to_thread(_checked, call.services.check, asked, now_s)


async def shipped_profiles(request: web.Request, services: Services) -> list[ShippedProfile]:
    """Names and descriptions of the shipped profiles."""
    async with request.app[AT_ONCE]:
        return await asyncio.to_thread(_described, services, request.app[DESCRIBED])


def _described(
    services: Services, known: dict[tuple[str, int], ShippedProfile]
) -> list[ShippedProfile]:
    found = {(file, path.stat().st_mtime_ns): path for file, path in _shipped(services.profiles)}
    for (file, changed), path in found.items():
        if (file, changed) not in known:
            known[file, changed] = _describe(services.check, path)
    for gone in known.keys() - found.keys():
        del known[gone]
    return [known[each] for each in found]


def _whole(check: Check, path: Path) -> ProfileText:
    text = path.read_text(encoding="utf-8")
    files = check(text, path.name, {}, Folder(path.parent)).files if "!include" in text else {}
    return ProfileText(file=path.name, text=text, files=dict(files))


def _describe(check: Check, path: Path) -> ShippedProfile:
    file = path.name
    profile = check(path.read_text(encoding="utf-8"), file, {}, Folder(path.parent)).profile
    if profile is None:
        return ShippedProfile(file=file, name=file, description="", tags=[])
    return ShippedProfile(
        file=file, name=profile.name, description=profile.description, tags=list(profile.tags)
    )


def _shipped(folder: Path) -> list[tuple[str, Path]]:
    return [(path.name, path) for path in sorted(folder.glob("*.yaml"))]


def _checked(check: Check, asked: CheckRequest, now_s: float) -> CheckResult:
    checked = check(asked.text, asked.file, asked.inputs, Bundle(asked.files))
    diagnostics = [
        msgspec.convert(each, Diagnostic, from_attributes=True) for each in checked.diagnostics
    ]
    return CheckResult(
        ok=all(each.severity != "error" for each in diagnostics) and checked.plan is not None,
        diagnostics=diagnostics,
        profile=_summary(checked),
        timetable=None
        if checked.plan is None
        else [
            row_view(row, time_s=row.time_s)
            for row in timetable(checked.plan, now_s, LOOK_AHEAD_S)[:ROWS_MAX]
        ],
    )


def _summary(checked: Checked) -> ProfileSummary | None:
    profile = checked.profile
    if profile is None:
        return None
    return ProfileSummary(
        name=profile.name,
        description=profile.description,
        tags=list(profile.tags),
        vessels=list(profile.vessels),
        inputs=[_input(each, profile) for each in profile.inputs.values()],
    )


def _input(declared: InputDeclaration, profile: Profile) -> Input:
    kind = DIMENSIONS.get(declared.type)
    return Input(
        name=declared.name,
        type=declared.type,
        unit=kind.symbol if kind else "",
        default=declared.default,
        minimum=declared.minimum,
        maximum=declared.maximum,
        choices=list(profile.vessels) if declared.type == "vessel" else list(declared.choices),
        description=declared.description,
        step=declared.step,
        section=declared.section,
        vessels={
            each.name: value
            for each in profile.vessels.values()
            if (value := each.inputs.get(declared.name)) is not None
        },
    )
