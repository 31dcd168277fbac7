"""The whole profile, topic by topic."""

from __future__ import annotations

from orchestrator.documents.build.charts import build_charts
from orchestrator.documents.build.inputs import build_inputs
from orchestrator.documents.build.jobs import build_jobs, read_power_on
from orchestrator.documents.build.limits import build_limits
from orchestrator.documents.build.nested import build_sequences
from orchestrator.documents.build.own_signals import build_own_signals, with_job
from orchestrator.documents.build.phases import build_phases
from orchestrator.documents.build.reactions import build_rules
from orchestrator.documents.build.steps import build_steps
from orchestrator.documents.build.vessels import build_media, build_vessels
from orchestrator.documents.draft import Cursor, Draft
from orchestrator.model.media_signals import with_media_signals
from orchestrator.model.own_signals import with_own_signals
from orchestrator.model.profile import OnFailure, Profile


def build_profile(draft: Draft) -> Profile:
    """Build what can be built; it is only to be used if no error was found anywhere."""
    root = Cursor(draft, draft.document.data)
    timezone = root.text("timezone")
    if timezone is not None:
        place = root.get("timezone")
        root.mention("timezone", timezone, place.span if place else None)
    signals = build_own_signals(root.get("signals"))
    media = build_media(root.get("media"))
    draft.catalogue = with_media_signals(with_own_signals(draft.catalogue, signals), media)
    vessels = build_vessels(root.get("vessels"))
    phases, loops = build_phases(root.get("phases"))
    profile = Profile(
        name=root.text("name") or "",
        description=root.text("description") or "",
        tags=tuple(str(each.data) for each in _elements(root, "tags")),
        timezone=timezone,
        inputs=build_inputs(root.get("inputs")),
        vessels=vessels,
        media=media,
        jobs=with_job(signals, root.get("signals"), build_jobs(root.get("jobs"), "profile")),
        phases=phases,
        loops=loops,
        sequences=build_sequences(root.get("sequences"), build_steps),
        rules=build_rules(root.get("rules")),
        on_vessel_failure=_on_failure(root),
        power_on=read_power_on(root) or "resume",
        limits=build_limits(root.get("limits")),
        charts=build_charts(root.get("charts")),
        signals=signals,
    )
    draft.profile = profile
    return profile


def _on_failure(root: Cursor) -> OnFailure:
    return "stop_all" if root.text("on_vessel_failure") == "stop_all" else "continue"


def _elements(root: Cursor, key: str) -> list[Cursor]:
    found = root.get(key)
    return [] if found is None else list(found.elements())
