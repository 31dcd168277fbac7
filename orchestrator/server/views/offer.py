"""What jobs and automations offer, plugins' too."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from orchestrator.model import catalogue
from orchestrator.model.units import symbol_of


class SettingOffer(msgspec.Struct, frozen=True, kw_only=True):
    """One thing about a job that may be set."""

    name: str
    type: str
    """A dimension, or integer, boolean, text, choice."""
    unit: str
    """In which the figures stand; empty for plain numbers and all else."""
    description: str
    default: float | bool | str | None
    minimum: float | None
    maximum: float | None
    choices: list[str]
    required: bool
    editable: bool
    """Whether it may change while the job runs."""


class SignalOffer(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a job measures or knows."""

    name: str
    """As charts and conditions call it."""
    type: str
    unit: str
    description: str


class AutomationOffer(msgspec.Struct, frozen=True, kw_only=True):
    """A law that a job may follow."""

    name: str
    description: str
    inputs: list[SettingOffer]
    needs: list[str]
    """Jobs that must run beside it."""
    needs_media: list[str]


class JobOffer(msgspec.Struct, frozen=True, kw_only=True):
    """A job, as this leader knows it."""

    name: str
    description: str
    settings: list[SettingOffer]
    signals: list[SignalOffer]
    automations: list[AutomationOffer]
    default_automation: str | None
    needs: list[str]
    """Jobs that must run beside it."""
    steps: list[str]
    """Of a profile, that it carries out."""


def offers_of(known: catalogue.Catalogue) -> list[JobOffer]:
    """All jobs, by name."""
    return [_job(known, known.jobs[name]) for name in sorted(known.jobs)]


def _job(known: catalogue.Catalogue, job: catalogue.JobDeclaration) -> JobOffer:
    return JobOffer(
        name=job.name,
        description=job.description,
        settings=_settings(job.settings.values()),
        signals=[
            SignalOffer(
                name=catalogue.canonical_name(f"{job.name}.{each.name}"),
                type=each.type,
                unit=symbol_of(each.type),
                description=each.description,
            )
            for each in job.signals.values()
        ],
        automations=[
            AutomationOffer(
                name=each.name,
                description=each.description,
                inputs=_settings(each.inputs.values()),
                needs=list(each.needs),
                needs_media=list(each.needs_media),
            )
            for each in known.automations_of(job.name).values()
        ],
        default_automation=job.default_automation,
        needs=list(job.needs),
        steps=list(job.steps),
    )


def _settings(declared: Iterable[catalogue.SettingDeclaration]) -> list[SettingOffer]:
    return [
        SettingOffer(
            name=each.name,
            type=each.type,
            unit=symbol_of(each.type),
            description=each.description,
            default=each.default if isinstance(each.default, float | int | str) else None,
            minimum=each.minimum,
            maximum=each.maximum,
            choices=list(each.choices),
            required=each.required,
            editable=each.editable,
        )
        for each in declared
    ]
