"""What jobs and automations offer: their declarations as values.

Documents read them from `contrib/jobs` and `contrib/automations`, and check profiles against them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from types import MappingProxyType
from typing import Final, TypeAlias

from orchestrator.model.calibration import OwnKind
from orchestrator.model.expression import Value
from orchestrator.model.lazy_dataclass import dataclass
from orchestrator.model.profile import AnyScheduleItem, Rule

SettingType: TypeAlias = str
"""A dimension of `units.DIMENSIONS`, or `integer`, `boolean`, `text`, `choice`."""

SHORT_NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "od_reading.od600": "od600",
        "growth_rate.growth_rate": "growth_rate",
        "dosing.volume": "volume",
    }
)
"""The signals that everybody needs have short names, which are the canonical ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextSignal:
    """Something that every vessel knows of itself, without a job."""

    name: str
    type: str
    description: str


CONTEXT_SIGNALS: Final[Mapping[str, ContextSignal]] = MappingProxyType(
    {
        each.name: each
        for each in (
            ContextSignal(name="vessel", type="text", description="the vessel's name"),
            ContextSignal(name="phase", type="text", description="the current phase's name"),
            ContextSignal(name="phase_time", type="time", description="time since it was entered"),
            ContextSignal(name="elapsed", type="time", description="time since the start"),
        )
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingDeclaration:
    """One thing about a job that a profile may set."""

    name: str
    type: SettingType
    description: str
    default: Value = None
    """In canonical units; None where there is none."""
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    required: bool = False
    editable: bool = True
    """Whether it may change while the job runs: by `set`, a ramp, or hand."""

    @property
    def is_number(self) -> bool:
        """Whether its value is a number."""
        return self.type not in ("text", "choice", "boolean")


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalDeclaration:
    """One thing that a job measures or knows."""

    name: str
    type: SettingType
    description: str
    max_age_s: float | None = None
    """Older than this, a condition on it is unknown; None for what does not age."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitDeclaration:
    """A bound that the job keeps below everything else."""

    name: str
    type: SettingType
    description: str
    default: float | None = None
    bounds: str | None = None
    """The setting of the same job that may not be set beyond it."""
    side: str = "maximum"


@dataclass(frozen=True, slots=True, kw_only=True)
class JobDeclaration:
    """What a job offers: `job/1`."""

    name: str
    description: str
    settings: Mapping[str, SettingDeclaration] = field(default_factory=dict)
    signals: Mapping[str, SignalDeclaration] = field(default_factory=dict)
    limits: Mapping[str, LimitDeclaration] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    """Jobs that must run beside it."""
    steps: Mapping[str, str] = field(default_factory=dict)
    """Steps of a profile that it carries out, with a sentence each."""
    default_automation: str | None = None
    actuator: bool = False
    """Whether it moves, heats or pumps something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AutomationDeclaration:
    """A law that a job follows: `automation/1`. Its inputs become settings `job.<input>`."""

    name: str
    job: str
    description: str
    inputs: Mapping[str, SettingDeclaration] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    """Jobs that must run beside it."""
    needs_media: tuple[str, ...] = ()
    """Bottles that the profile must declare, such as feed and waste."""
    variables: Mapping[str, SettingDeclaration] = field(default_factory=dict)
    """What it remembers from step to step: settings `job.<variable>` that it sets itself."""
    plugin: str = ""
    """That brings the class which is this law; the worker needs it too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """What an automation that is wholly in YAML does; one in Python is a law inside its job.

    Its inputs stand in it as settings of the job, which may change while it runs; those that may
    not stand in it as inputs, which planning puts in.
    """

    schedule: tuple[AnyScheduleItem, ...] = ()
    """On the clock of each phase in which the job follows it."""
    rules: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """All that is on offer, and how names in a profile resolve."""

    jobs: Mapping[str, JobDeclaration]
    automations: Mapping[tuple[str, str], AutomationDeclaration]
    """By (job, name)."""
    behaviours: Mapping[tuple[str, str], Behaviour] = field(default_factory=dict)
    """Of those that are wholly in YAML."""
    calibrations: Mapping[str, OwnKind] = field(default_factory=dict)
    """Device → how a plugin compares it."""

    def automations_of(self, job: str) -> dict[str, AutomationDeclaration]:
        """List a job's automations by name."""
        return {name: each for (owner, name), each in self.automations.items() if owner == job}

    def settings_of(self, job: str, automation: str | None = None) -> dict[str, SettingDeclaration]:
        """List a job's settings, with one automation's inputs, or with those of all."""
        found: dict[str, SettingDeclaration] = {}
        for name, declaration in self.automations_of(job).items():
            if automation in (None, name):
                found.update(declaration.inputs)
                found.update(declaration.variables)
        found.update(self.jobs[job].settings)
        return found

    def job_for(self, step: str) -> str | None:
        """Find the job that carries out a step."""
        return next((name for name, job in self.jobs.items() if step in job.steps), None)

    def setting(self, name: str) -> SettingDeclaration | None:
        """Find the setting `job.setting`, an automation's input included."""
        job, _, short = name.partition(".")
        if job not in self.jobs:
            return None
        return self.jobs[job].settings.get(short) or self.settings_of(job).get(short)

    def signal(self, name: str) -> SignalDeclaration | None:
        """Find the measured signal `job.signal`."""
        job, _, short = full_name(name).partition(".")
        return self.jobs[job].signals.get(short) if job in self.jobs else None

    def limit(self, name: str) -> LimitDeclaration | None:
        """Find the limit `job.limit`."""
        job, _, short = name.partition(".")
        return self.jobs[job].limits.get(short) if job in self.jobs else None

    def type_of(self, name: str) -> SettingType | None:
        """Tell what kind of value a readable name has: signal, setting or context."""
        if name in CONTEXT_SIGNALS:
            return CONTEXT_SIGNALS[name].type
        if self.is_automation(name):
            return "text"
        found = self.signal(name) or self.setting(name)
        return found.type if found is not None else None

    def is_automation(self, name: str) -> bool:
        """Tell whether a name asks for the automation that a job follows, `dosing.automation`."""
        job, _, short = name.partition(".")
        return short == "automation" and bool(job in self.jobs and self.automations_of(job))

    def readable_names(self) -> list[str]:
        """List every name that an expression may use for a signal or setting."""
        names = [*CONTEXT_SIGNALS, *SHORT_NAMES.values()]
        for job, declaration in self.jobs.items():
            names += [f"{job}.{name}" for name in declaration.signals]
            names += [f"{job}.{name}" for name in self.settings_of(job)]
            names += [f"{job}.automation"] if self.automations_of(job) else []
        return list(dict.fromkeys(names))


def canonical_name(name: str) -> str:
    """Give the name that trees, plans and signals use: `od600` for `od_reading.od600`."""
    return SHORT_NAMES.get(name, name)


def full_name(name: str) -> str:
    """Give the name with its job: `od_reading.od600` for `od600`."""
    return _FULL_NAMES.get(name, name)


_FULL_NAMES: Final[Mapping[str, str]] = {short: full for full, short in SHORT_NAMES.items()}
