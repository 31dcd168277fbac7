"""The whole schema of a profile: the grammar with every job's settings in its slots."""

from __future__ import annotations

import copy
from typing import Any

from orchestrator.documents.catalogue import Offer, load_offer
from orchestrator.documents.describe import about_limit, about_setting, written
from orchestrator.documents.schema import read_schema
from orchestrator.model.catalogue import (
    AutomationDeclaration,
    Catalogue,
    JobDeclaration,
    LimitDeclaration,
    SettingDeclaration,
)


def compose_schema(offer: Offer | None = None) -> dict[str, Any]:
    """Compose grammar and catalogue, for editors, forms and CI (`axenic schema`)."""
    offer = offer or load_offer()
    catalogue = offer.catalogue
    schema = copy.deepcopy(read_schema("profile/1"))
    definitions = schema["$defs"]
    definitions["jobs"] = _jobs(definitions["jobs"], catalogue)
    definitions["limits"] = _limits(catalogue)
    steps = definitions["step"]["properties"]
    steps["set"] = {**steps["set"], **_settings_by_full_name(catalogue)}
    steps["stop"] = {**steps["stop"], "enum": sorted(catalogue.jobs)}
    steps["start"]["oneOf"] = [
        {"type": "string", "enum": sorted(catalogue.jobs)},
        {"$ref": "#/$defs/jobs", "minProperties": 1, "maxProperties": 1},
    ]
    items = definitions["schedule_item"]["properties"]
    for moves in ("ramp", "move"):
        items[moves] = {**items[moves], "enum": _movable(catalogue)}
    definitions["chart"]["properties"]["series"]["items"]["oneOf"][0] = {
        "type": "string",
        "examples": catalogue.readable_names(),
    }
    schema["properties"]["charts"]["items"]["oneOf"][0] = {
        "type": "string",
        "enum": sorted(offer.charts),
    }
    return schema


def setting_schema(setting: SettingDeclaration) -> dict[str, Any]:
    """Describe a setting's value for editors and forms."""
    described: dict[str, Any] = {"description": about_setting(setting), "x-dimension": setting.type}
    if setting.choices:
        expression = {"type": "string", "pattern": r"\{\{"}
        return {**described, "anyOf": [{"enum": list(setting.choices)}, expression]}
    if setting.default is not None:
        described["default"] = written(setting.default, setting.type)
    kinds = {"boolean": ["boolean", "string"], "text": ["string"]}
    return {**described, "type": kinds.get(setting.type, ["string", "number"])}


def _jobs(grammar: dict[str, Any], catalogue: Catalogue) -> dict[str, Any]:
    return {
        "description": grammar["description"],
        "type": "object",
        "properties": {name: _job(job, catalogue) for name, job in sorted(catalogue.jobs.items())},
        "additionalProperties": False,
    }


def _job(job: JobDeclaration, catalogue: Catalogue) -> dict[str, Any]:
    automations = catalogue.automations_of(job.name)
    properties: dict[str, Any] = {}
    if automations:
        properties["automation"] = _automation(job, automations)
    for name, setting in catalogue.settings_of(job.name).items():
        properties[name] = setting_schema(setting)
    properties["at_end"] = {
        "enum": ["keep", "stop"],
        "description": "What becomes of it when the experiment ends.",
    }
    properties["on_pause"] = {
        "enum": ["keep", "stop"],
        "description": "What becomes of it while the vessel is paused.",
    }
    properties["power_on"] = {
        "enum": ["resume", "off"],
        "description": "What becomes of it when power returns.",
    }
    return {
        "description": job.description,
        "type": ["object", "null"],
        "properties": properties,
        "additionalProperties": False,
    }


def _automation(
    job: JobDeclaration, automations: dict[str, AutomationDeclaration]
) -> dict[str, Any]:
    described = "; ".join(f"{name}: {each.description}" for name, each in automations.items())
    schema: dict[str, Any] = {"enum": sorted(automations), "description": described}
    if job.default_automation is not None:
        schema["default"] = job.default_automation
    return schema


def _limits(catalogue: Catalogue) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {
            name: {
                "type": "object",
                "properties": {each.name: _limit(each) for each in job.limits.values()},
                "additionalProperties": False,
            }
            for name, job in sorted(catalogue.jobs.items())
            if job.limits
        },
        "additionalProperties": False,
    }


def _limit(limit: LimitDeclaration) -> dict[str, Any]:
    described: dict[str, Any] = {"description": about_limit(limit), "x-dimension": limit.type}
    if limit.default is not None:
        described["default"] = written(limit.default, limit.type)
    return {**described, "type": ["string", "number"]}


def _settings_by_full_name(catalogue: Catalogue) -> dict[str, Any]:
    return {
        "properties": {
            f"{job}.{name}": setting_schema(setting)
            for job in sorted(catalogue.jobs)
            for name, setting in catalogue.settings_of(job).items()
            if setting.editable
        },
        "additionalProperties": False,
    }


def _movable(catalogue: Catalogue) -> list[str]:
    return [
        f"{job}.{name}"
        for job in sorted(catalogue.jobs)
        for name, setting in catalogue.settings_of(job).items()
        if setting.is_number and setting.editable
    ]
