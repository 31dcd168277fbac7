"""What a job of theirs is started with becomes settings of ours, with units."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from orchestrator.documents.draft import Cursor
from orchestrator.documents.importing.pioreactor.conditions import inner_of, speak
from orchestrator.documents.importing.pioreactor.names import (
    AUTOMATIONS,
    DENSITIES,
    JOBS,
    SETTINGS,
    Setting,
)
from orchestrator.documents.importing.pioreactor.report import choose, error
from orchestrator.documents.importing.pioreactor.translate import Scope, Spoken
from orchestrator.documents.importing.pioreactor.write import scalar
from orchestrator.documents.suggest import closest, listed
from orchestrator.model.units import DIMENSIONS


@dataclass(slots=True)
class Running:
    """What is known of a job as it runs: its law, and what its settings are."""

    automation: str | None = None
    settings: dict[str, str] = field(default_factory=dict)
    """Ours, as they are written."""
    theirs: dict[str, Spoken] = field(default_factory=dict)
    """A chemostat's volume and interval, from which its rate is worked out."""


@dataclass(frozen=True, slots=True)
class Given:
    """Values for a job."""

    automation: str | None
    settings: dict[str, str]
    is_live: bool

    def written(self) -> dict[str, str]:
        """Write what stands below the job's name."""
        law = {} if self.automation is None else {"automation": self.automation}
        return {**law, **self.settings}


def our_job(cursor: Cursor, name: str) -> str | None:
    """Find the job of ours; report one that does not exist here."""
    if name in JOBS:
        return JOBS[name]
    known = cursor.draft.catalogue.jobs
    if name in known:
        return name
    message = f"the job '{name}' does not exist here; known are {listed(known)}"
    cursor.complain("import-name", message, closest(name, known), cursor.key_span)
    return None


def read_given(where: Cursor, job: str, running: Running, volume_ml: float, scope: Scope) -> Given:
    """Read options and configuration of a start or an update, and keep in mind what was set."""
    values = dict(options_of(where))
    automation = _automation(values.pop("automation_name", None), job, scope)
    if automation is not None:
        running.automation, running.settings, running.theirs = automation, {}, {}
    given: dict[str, str] = {}
    live = False
    for name, cursor in values.items():
        for ours, spoken in _setting(name, cursor, job, running, volume_ml, scope):
            given[ours.name] = _written(ours, spoken)
            live = live or spoken.is_live
            if not spoken.is_live:
                running.settings[ours.name] = given[ours.name]
    return Given(automation, given, live)


def options_of(where: Cursor) -> Iterator[tuple[str, Cursor]]:
    """Yield what a job is started with, or changed to."""
    for key in ("options", "config_overrides"):
        given = where.get(key)
        if given is not None:
            if given.data is not None and not isinstance(given.data, dict):
                error(given, "import-shape", f"{key} are names with values")
            yield from given.items()


def _automation(cursor: Cursor | None, job: str, scope: Scope) -> str | None:
    if cursor is None:
        return None
    name = str(cursor.data)
    known = scope.catalogue.automations_of(job)
    found = AUTOMATIONS.get((job, name), name)
    if found in known:
        return found
    message = f"{job} has no automation '{name}' here; it has {listed(known) or 'none'}"
    error(cursor, "import-name", message, closest(name, known))
    return None


def _setting(
    name: str, cursor: Cursor, job: str, running: Running, volume_ml: float, scope: Scope
) -> list[tuple[Setting, Spoken]]:
    spoken = value_of(cursor, scope)
    if spoken is None:
        return []
    if job == "dosing" and running.automation == "chemostat":
        return _chemostat(name, cursor, running, volume_ml, spoken)
    if job == "dosing" and name in DENSITIES:
        return _density(name, cursor, spoken, scope)
    if job == "dosing" and name == "biomass_signal":
        return _biomass(cursor)
    if job == "dosing" and name == "duration" and running.automation in ("turbidostat", "silent"):
        choose(cursor, "how often it looks is not asked here: it looks at every reading")
        return []
    ours = SETTINGS.get((job, name)) or _of_the_same_name(job, name, scope)
    if ours is None:
        known = [each for kind, each in SETTINGS if kind == job]
        message = f"'{name}' of {scope.job} has no counterpart here"
        cursor.complain("import-name", message, closest(name, known), cursor.key_span)
        return []
    return [(ours, _once_per(spoken) if ours.per else spoken)]


def value_of(cursor: Cursor, scope: Scope) -> Spoken | None:
    """Read an option's value: a number, a word, or an expression."""
    data = cursor.data
    if isinstance(data, bool):
        return Spoken("true" if data else "false")
    if isinstance(data, (int, float)):
        return Spoken(f"{data:.15g}")
    if not isinstance(data, str):
        error(cursor, "import-shape", "an option is a number, a word, true or false")
        return None
    inner = inner_of(data)
    return Spoken(data.strip(), is_text=True) if inner is None else speak(cursor, inner, scope)


def _chemostat(
    name: str, cursor: Cursor, running: Running, volume_ml: float, spoken: Spoken
) -> list[tuple[Setting, Spoken]]:
    """Turn so much every so many minutes into a dilution rate."""
    if name not in ("volume", "exchange_volume_ml", "duration"):
        message = f"a chemostat has no '{name}' here"
        cursor.complain("import-name", message, None, cursor.key_span)
        return []
    running.theirs["every" if name == "duration" else "exchange"] = spoken
    found = [] if name == "duration" else [(Setting("exchange", "mL"), spoken)]
    exchange, every = running.theirs.get("exchange"), running.theirs.get("every")
    if exchange is None or every is None:
        return found
    rate = _quotient(exchange, every, 60.0 / volume_ml)
    message = f"so much every so many minutes became a dilution rate, of {volume_ml:g} mL"
    choose(cursor, message)
    return [*found, (Setting("dilution_rate", "/h"), rate)]


def _quotient(above: Spoken, below: Spoken, factor: float) -> Spoken:
    try:
        return Spoken(f"{float(above.text) / float(below.text) * factor:.4g}")
    except (ValueError, ZeroDivisionError):
        text = f"{factor:.6g} * {above.within(7)} / {below.within(7)}"
        return Spoken(text, 6, above.is_live or below.is_live)


def _once_per(spoken: Spoken) -> Spoken:
    return _quotient(Spoken("1"), spoken, 1.0)


def _density(
    name: str, cursor: Cursor, spoken: Spoken, scope: Scope
) -> list[tuple[Setting, Spoken]]:
    ours = Setting("target_od600")
    if name != "target_normalized_od":
        choose(cursor, "the density to hold is taken to be an OD600")
        return [(ours, spoken)]
    if scope.initial_od is None:
        message = (
            "a normalised density counts from the density at the start; give the OD600 that the "
            "culture starts with: --initial-od 0.05"
        )
        error(cursor, "import-lost", message)
        return []
    return [(ours, _quotient(spoken, Spoken("1"), scope.initial_od))]


def _biomass(cursor: Cursor) -> list[tuple[Setting, Spoken]]:
    if cursor.data == "normalized_od":
        message = "a turbidostat holds an OD600 here, not a multiple of the density at the start"
        error(cursor, "import-lost", message)
    else:
        choose(cursor, "a turbidostat goes by od600 here")
    return []


def _of_the_same_name(job: str, name: str, scope: Scope) -> Setting | None:
    """A setting that a plugin brought here under its own name."""
    if job in JOBS.values():
        return None
    declared = scope.catalogue.settings_of(job).get(name)
    if declared is None:
        return None
    kind = DIMENSIONS.get(declared.type)
    return Setting(name, kind.symbol if kind is not None else "")


def _written(setting: Setting, spoken: Spoken) -> str:
    try:
        float(spoken.text)
    except ValueError:
        if spoken.is_text:
            return scalar(spoken.text)
        is_truth = spoken.text in ("true", "false")
        return spoken.text if is_truth else f'"{{{{ {spoken.text} }}}}"'
    return f"{float(spoken.text):.15g} {setting.unit}".strip()
