"""What jobs and automations offer, as pages: settings, signals and limits with units."""

from __future__ import annotations

from typing import Any

from orchestrator.model.units import DIMENSIONS
from tools.reference.markdown import code, codes, page, table

Declaration = dict[str, Any]


def job_page(job: Declaration, automations: list[Declaration], where: str) -> str:
    """The page of one job."""
    followed = [
        [_automation_line(one, job)] for one in automations if one.get("job") == job["name"]
    ]
    return page(
        job["name"],
        [job["description"]],
        [f"Source: [`{where}`](../../../{where})"],
        _needs(job),
        *_titled("Settings", _settings(job.get("settings", {}))),
        *_titled("Signals", _signals(job)),
        *_titled("Limits", _limits(job.get("limits", {}))),
        *_titled("Automations", [line for lines in followed for line in lines]),
    )


def automation_page(automation: Declaration, where: str) -> str:
    """The page of one automation."""
    job = automation["job"]
    return page(
        automation["name"],
        [automation["description"]],
        [f"Of the job [`{job}`](../jobs/{job}.md). Source: [`{where}`](../../../{where})"],
        _needs(automation),
        *_titled("Inputs", _settings(automation.get("inputs", {}))),
        *_titled("Variables", _settings(automation.get("variables", {}))),
        *_titled("Signals", _signals({"name": job, "signals": automation.get("signals", {})})),
    )


def units_page() -> str:
    """Every kind of quantity with the spellings that are understood."""
    rows = [
        (code(kind.name), code(kind.symbol) or "plain number", codes(kind.units))
        for kind in DIMENSIONS.values()
    ]
    explained = [
        "In expressions quantities are plain numbers in the canonical unit. Any other unit of the",
        "same kind is understood as well (`1 gal`, `3 nL/s`); these are the usual ones.",
    ]
    return page("Units", explained, table(("type", "canonical", "understood"), rows))


def _titled(title: str, lines: list[str]) -> list[list[str]]:
    return [[f"## {title}"], lines] if lines else []


def _needs(declaration: Declaration) -> list[str]:
    jobs, media = declaration.get("needs", ()), declaration.get("needs_media", ())
    sentences = [f"Needs the jobs {codes(jobs)}."] if jobs else []
    return sentences + ([f"Needs the media {codes(media)}."] if media else [])


def _settings(settings: dict[str, Declaration]) -> list[str]:
    return table(
        ("setting", "type", "unit", "default", "range", "meaning"),
        [
            (
                code(name) + (" (required)" if setting.get("required") else ""),
                setting["type"].replace("_", " "),
                _unit(setting["type"]),
                code(setting.get("default")),
                _range(setting),
                setting["description"],
            )
            for name, setting in settings.items()
        ],
    )


def _signals(declaration: Declaration) -> list[str]:
    return table(
        ("signal", "unit", "unknown after", "meaning"),
        [
            (
                code(f"{declaration['name']}.{name}"),
                _unit(signal["type"]),
                code(signal.get("max_age")),
                signal["description"],
            )
            for name, signal in declaration.get("signals", {}).items()
        ],
    )


def _limits(limits: dict[str, Declaration]) -> list[str]:
    return table(
        ("limit", "unit", "default", "meaning"),
        [
            (code(name), _unit(limit["type"]), code(limit.get("default")), limit["description"])
            for name, limit in limits.items()
        ],
    )


def _automation_line(automation: Declaration, job: Declaration) -> str:
    name = automation["name"]
    usual = " The usual one." if job.get("default_automation") == name else ""
    return f"- [`{name}`](../automations/{name}.md): {automation['description']}{usual}"


def _unit(kind: str) -> str:
    dimension = DIMENSIONS.get(kind)
    return code(dimension.symbol) if dimension is not None else ""


def _range(setting: Declaration) -> str:
    if choices := setting.get("choices"):
        return codes(choices)
    low, high = setting.get("minimum"), setting.get("maximum")
    if low is not None and high is not None:
        return f"{code(low)} to {code(high)}"
    return f"from {code(low)}" if low is not None else f"up to {code(high)}" if high else ""
